package simulate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// protection keeps a claim that is deleted until no pod uses it.
const protection = "kubernetes.io/pvc-protection"

// bind gives a new claim its volume: that happens at once.
func bind(object cluster.Object) {
	claim := object.(*corev1.PersistentVolumeClaim)
	claim.Finalizers = []string{protection}
	claim.Spec.VolumeName = "volume-of-" + claim.Name
	claim.Status = corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound}
}

// claims are the PersistentVolumeClaims by namespace and stem, and below that by what
// comes after the last dash: data-db-2 is "data-db" and "2". So those of a StatefulSet
// are together.
type claims map[types.NamespacedName]map[string]*corev1.PersistentVolumeClaim

func stemOf(key types.NamespacedName) (stem types.NamespacedName, rest string) {
	at := strings.LastIndexByte(key.Name, '-') + 1
	return types.NamespacedName{Namespace: key.Namespace, Name: key.Name[:at]}, key.Name[at:]
}

func (c claims) find(key types.NamespacedName) *corev1.PersistentVolumeClaim {
	stem, rest := stemOf(key)
	return c[stem][rest]
}

func (c claims) put(claim *corev1.PersistentVolumeClaim) {
	stem, rest := stemOf(keyOf(claim))
	if c[stem] == nil {
		c[stem] = map[string]*corev1.PersistentVolumeClaim{}
	}
	c[stem][rest] = claim
}

func (c claims) remove(key types.NamespacedName) {
	stem, rest := stemOf(key)
	delete(c[stem], rest)
}

// of returns the claims that have the names of those of a StatefulSet, in the order of
// their names.
func (c claims) of(set *appsv1.StatefulSet) []*corev1.PersistentVolumeClaim {
	var list []*corev1.PersistentVolumeClaim
	for _, template := range set.Spec.VolumeClaimTemplates {
		stem := types.NamespacedName{Namespace: set.Namespace, Name: template.Name + "-" + set.Name + "-"}
		for _, claim := range c[stem] {
			list = append(list, claim)
		}
	}
	slices.SortFunc(list, func(a, b *corev1.PersistentVolumeClaim) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func claimRef(claim *corev1.PersistentVolumeClaim) cluster.Ref {
	return cluster.Ref{
		APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: claim.Namespace, Name: claim.Name,
	}
}

// claimsOf returns the claims of a pod that the StatefulSet's templates describe and
// that exist.
func (s *stateful) claimsOf(w *world, pod *controller.Pod) []*corev1.PersistentVolumeClaim {
	ordinal, ok := statefulset.Ordinal(pod.Name)
	if !ok {
		return nil
	}
	var claims []*corev1.PersistentVolumeClaim
	for _, template := range s.set.Spec.VolumeClaimTemplates {
		key := types.NamespacedName{
			Namespace: s.set.Namespace,
			Name:      statefulset.ClaimName(template.Name, s.set.Name, ordinal),
		}
		if claim := w.claims.find(key); claim != nil {
			claims = append(claims, claim)
		}
	}
	return claims
}

// blocked says why a pod cannot start with its claims as they are; nothing where it
// can. A claim of which a file does not say whether it is bound is taken as bound.
func (s *stateful) blocked(w *world, pod *controller.Pod) string {
	for _, claim := range s.claimsOf(w, pod) {
		switch {
		case claim.DeletionTimestamp != nil:
			return fmt.Sprintf("claim %s is being deleted", claim.Name)
		case claim.Status.Phase == corev1.ClaimPending:
			return fmt.Sprintf("claim %s is not bound to a volume", claim.Name)
		case claim.Status.Phase == corev1.ClaimLost:
			return fmt.Sprintf("claim %s has lost its volume", claim.Name)
		}
	}
	return ""
}

// collect lets claims go whose owners are gone, and those that are being deleted once
// no pod uses them. Both happen at once, before any controller looks again.
// Follows garbagecollector.go attemptToDeleteItem and pvc_protection_controller.go
// processPVC, v1.37.0.
func (s *stateful) collect(w *world, claims []*corev1.PersistentVolumeClaim) {
	for _, claim := range claims {
		because := controller.Write{
			Object: claimRef(claim), Reason: "ClaimUnused",
			Message: "it was being deleted, and no pod uses it any more",
		}
		if claim.DeletionTimestamp == nil {
			owner, ok := w.lastOwner(claim)
			if !ok {
				continue
			}
			because.Reason = "OwnerGone"
			because.Message = fmt.Sprintf("%s, to which the claim belonged, is gone", owner)
			claim = w.terminate(claim)
		}
		if len(claim.Finalizers) > 0 || w.inUse(s, claim) {
			continue
		}
		w.claims.remove(keyOf(claim))
		w.changed(s)
		s.tellOf(w, timeline.GarbageCollector, timeline.Delete, because)
	}
}

// terminate gives a claim a deletionTimestamp. The finalizer that protects it while
// pods use it is left out: inUse stands for that.
func (w *world) terminate(claim *corev1.PersistentVolumeClaim) *corev1.PersistentVolumeClaim {
	deleted := *claim
	if deleted.DeletionTimestamp == nil {
		at := metav1.NewTime(w.now.Truncate(time.Second))
		deleted.DeletionTimestamp = &at
	}
	deleted.Finalizers = unprotected(claim)
	w.claims.put(&deleted)
	return &deleted
}

func unprotected(claim *corev1.PersistentVolumeClaim) []string {
	return slices.DeleteFunc(slices.Clone(claim.Finalizers), func(f string) bool { return f == protection })
}

// lastOwner returns the name of an owner of a claim; ok reports that it has owners and
// none of them exists any more. Owners of other kinds are taken to exist.
func (w *world) lastOwner(claim *corev1.PersistentVolumeClaim) (owner string, ok bool) {
	for _, ref := range claim.OwnerReferences {
		if w.exists(claim.Namespace, ref) {
			return "", false
		}
		owner = strings.ToLower(ref.Kind) + " " + ref.Name
	}
	return owner, owner != ""
}

// exists reports whether an owner exists. A StatefulSet that a file describes, which has
// no UID, is taken for the one of its name.
func (w *world) exists(namespace string, ref metav1.OwnerReference) bool {
	switch ref.Kind {
	case "Pod":
		found, ok := w.named[types.NamespacedName{Namespace: namespace, Name: ref.Name}]
		return ok && found.pod.UID == ref.UID
	case "StatefulSet":
		owner := w.object(cluster.Ref{APIVersion: ref.APIVersion, Kind: ref.Kind, Namespace: namespace, Name: ref.Name})
		return owner != nil && (owner.GetUID() == ref.UID || owner.GetUID() == predictedUID(cluster.RefOf(owner)))
	}
	return true
}

// inUse reports whether a pod that has a node uses a claim.
// Follows pvc_protection_controller.go podUsesPVCForDeletion, v1.37.0.
func (w *world) inUse(s *stateful, claim *corev1.PersistentVolumeClaim) bool {
	if w.usedElsewhere[keyOf(claim)] {
		return true
	}
	ordinal, ok := statefulset.Ordinal(claim.Name)
	if !ok {
		return false
	}
	pod := s.pods.Pod(ordinal)
	return pod != nil && pod.Node != ""
}
