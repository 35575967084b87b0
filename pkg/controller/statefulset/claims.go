package statefulset

import (
	"fmt"
	"maps"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// ClaimName is the name of the PersistentVolumeClaim of a pod: data-db-0.
// Follows stateful_set_utils.go getPersistentVolumeClaimName, v1.37.0.
func ClaimName(template, set string, ordinal int) string {
	return template + "-" + set + "-" + strconv.Itoa(ordinal)
}

func (s *sync) claimName(template *corev1.PersistentVolumeClaim, m member) string {
	return ClaimName(template.Name, s.set.Name, m.ordinal)
}

// newClaim is the claim that a template describes for a pod.
// Follows stateful_set_utils.go getPersistentVolumeClaims, v1.37.0.
func (s *sync) newClaim(template *corev1.PersistentVolumeClaim, m member) *corev1.PersistentVolumeClaim {
	claim := template.DeepCopy()
	claim.Name = s.claimName(template, m)
	claim.Namespace = s.set.Namespace
	if claim.Labels == nil {
		claim.Labels = maps.Clone(s.set.Spec.Selector.MatchLabels)
		return claim
	}
	maps.Copy(claim.Labels, s.set.Spec.Selector.MatchLabels)
	return claim
}

// createClaims creates the claims of a pod that do not exist. One that is being
// deleted is an error: the pod has to wait until it is gone.
// Follows stateful_pod_control.go createPersistentVolumeClaims, v1.37.0.
func (s *sync) createClaims(m member) error {
	var errs []error
	for i := range s.set.Spec.VolumeClaimTemplates {
		template := &s.set.Spec.VolumeClaimTemplates[i]
		name := s.claimName(template, m)
		existing := s.Claim(name)
		switch {
		case existing != nil && existing.DeletionTimestamp != nil:
			s.waitFor(m, controller.StaleClaim, fmt.Sprintf("claim %s is being deleted and has to be gone first", name))
			errs = append(errs, fmt.Errorf("pvc %s is being deleted", name))
		case existing == nil:
			_, err := s.send(controller.Write{
				Verb:    controller.Create,
				Object:  s.claimRef(name),
				Body:    s.newClaim(template, m),
				Reason:  controller.MissingClaim,
				Message: fmt.Sprintf("pod %s needs it and it does not exist", m.name),
			})
			if err != nil {
				errs = append(errs, fmt.Errorf("failed to create PVC %s: %w", name, err))
			}
		}
	}
	// Also of a single one an aggregate: nobody tries again because of its kind.
	return utilerrors.NewAggregate(errs)
}

// createMissingClaims is for a pod that is still pending.
// Follows stateful_pod_control.go createMissingPersistentVolumeClaims, v1.37.0.
func (s *sync) createMissingClaims(m member) error {
	if err := s.createClaims(m); err != nil {
		return err
	}
	return s.giveClaims(m)
}

// ownership tells who has to own a claim of a pod.
func (s *sync) ownership(claim *corev1.PersistentVolumeClaim, m member) owned {
	return owned{
		claim:     claim,
		set:       holder{setKind(), s.set.Name, s.set.UID},
		pod:       holder{podKind(), m.name, m.uid()},
		policy:    s.pods.shape.policy,
		condemned: !s.pods.shape.wants(m.ordinal),
	}
}

// claimsOwned reports whether the owners of a pod's claims are as the policy wants
// them. Follows stateful_pod_control.go ClaimsMatchRetentionPolicy, v1.37.0.
func (s *sync) claimsOwned(m member) bool {
	if !s.Profile.Enabled(kubeversion.StatefulSetAutoDeletePVC) {
		return true
	}
	for i := range s.set.Spec.VolumeClaimTemplates {
		claim := s.Claim(s.claimName(&s.set.Spec.VolumeClaimTemplates[i], m))
		if claim != nil && !s.ownersUpToDate(s.ownership(claim, m)) {
			return false
		}
	}
	return true
}

// ownersUpToDate differs up to v1.30, which knew no controllers of claims.
// Follows stateful_set_utils.go claimOwnerMatchesSetAndPod, v1.29.6.
func (s *sync) ownersUpToDate(o owned) bool {
	if s.Profile.ControlsClaims() {
		return o.upToDate()
	}
	return o.asWanted()
}

// giveClaims makes the owners of a pod's claims what the policy wants.
// Follows stateful_pod_control.go UpdatePodClaimForRetentionPolicy, v1.37.0.
func (s *sync) giveClaims(m member) error {
	if !s.Profile.Enabled(kubeversion.StatefulSetAutoDeletePVC) {
		return nil
	}
	for i := range s.set.Spec.VolumeClaimTemplates {
		name := s.claimName(&s.set.Spec.VolumeClaimTemplates[i], m)
		claim := s.Claim(name)
		if claim == nil {
			continue
		}
		o := s.ownership(claim, m)
		if s.ownersUpToDate(o) {
			continue
		}
		if err := s.giveClaim(o, name); err != nil {
			return fmt.Errorf("could not update claim %s for delete policy ownerRefs: %w", name, err)
		}
	}
	return nil
}

func (s *sync) giveClaim(o owned, name string) error {
	given := *o.claim
	if s.Profile.ControlsClaims() {
		given.OwnerReferences = o.owners()
	} else {
		given.OwnerReferences = o.plainOwners()
	}
	_, err := s.send(controller.Write{
		Verb:    controller.Update,
		Object:  s.claimRef(name),
		Body:    &given,
		Reason:  controller.ClaimOwners,
		Message: o.sentence(),
	})
	return err
}

// sentence says what will become of a claim.
func (o owned) sentence() string {
	switch {
	case o.wantsPod():
		return fmt.Sprintf("whenScaled is Delete: the claim goes with pod %s", o.pod.name)
	case o.wantsSet():
		return "whenDeleted is Delete: the claim goes with the StatefulSet"
	}
	return "the claim stays when pods or the StatefulSet go"
}

// staleClaim reports whether a claim of a pod that does not exist still belongs to
// an earlier pod of its name, and will go with that one.
// Follows stateful_pod_control.go PodClaimIsStale, v1.37.0.
func (s *sync) staleClaim(m member) (name string, stale bool) {
	if !s.Profile.Enabled(kubeversion.StatefulSetAutoDeletePVC) || s.pods.shape.policy.WhenScaled == keep {
		return "", false
	}
	for i := range s.set.Spec.VolumeClaimTemplates {
		name := s.claimName(&s.set.Spec.VolumeClaimTemplates[i], m)
		if claim := s.Claim(name); claim != nil && s.isStale(s.ownership(claim, m)) {
			return name, true
		}
	}
	return "", false
}

// isStale differs up to v1.30, where a name was enough.
// Follows stateful_set_utils.go hasStaleOwnerRef, v1.37.0 and v1.29.6.
func (s *sync) isStale(o owned) bool {
	if s.Profile.ControlsClaims() {
		return o.stale(o.pod)
	}
	for _, ref := range o.claim.OwnerReferences {
		if ref.Name == o.pod.name && ref.UID != o.pod.uid {
			return true
		}
	}
	return false
}

// claimsExist reports whether all claims of a pod are there to stay.
func (s *sync) claimsExist(m member) bool {
	for i := range s.set.Spec.VolumeClaimTemplates {
		claim := s.Claim(s.claimName(&s.set.Spec.VolumeClaimTemplates[i], m))
		if claim == nil || claim.DeletionTimestamp != nil {
			return false
		}
	}
	return true
}

func (s *sync) claimRef(name string) cluster.Ref {
	return cluster.Ref{APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: s.set.Namespace, Name: name}
}
