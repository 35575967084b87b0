package planner

import (
	"fmt"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/check"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

func (s statefulSetKind) facts(around surroundings) check.WorkloadFacts {
	f := check.WorkloadFacts{HistoryLimit: math.MaxInt32, Autoscalers: around.autoscalers(s.ref())}
	if limit := s.Spec.RevisionHistoryLimit; limit != nil {
		f.HistoryLimit = *limit
	}
	for _, entry := range revision.OfStatefulSet(s.StatefulSet, around.state.Revisions) {
		f.Revisions = append(f.Revisions, check.Revision{Name: entry.ControllerRevision.Name, Number: entry.Number})
	}
	set := &check.StatefulSet{
		Service:           s.Spec.ServiceName,
		ServicesUnchecked: around.unread("services"),
		Partition:         int(s.partition()),
		Rolls:             s.rollsPods(),
		NoBlock:           s.Spec.UpdateStrategy.RollingUpdate == nil,
		Claims:            s.claimTroubles(around),
	}
	if service := around.service(s.Namespace, s.Spec.ServiceName); service != nil {
		set.Found, set.Headless = true, service.Spec.ClusterIP == corev1.ClusterIPNone
	}
	set.Missing, set.Ignored = s.ignoredMaxUnavailable(around.profile)
	f.StatefulSet = set
	return f
}

// ignoredMaxUnavailable is maxUnavailable as it is written, and why nobody looks at it.
func (s statefulSetKind) ignoredMaxUnavailable(profile kubeversion.Profile) (written, why string) {
	rolling := s.Spec.UpdateStrategy.RollingUpdate
	if rolling == nil || rolling.MaxUnavailable == nil || profile.Enabled(kubeversion.MaxUnavailableStatefulSet) {
		return "", ""
	}
	return rolling.MaxUnavailable.String(), fmt.Sprintf("feature gate %s is off in Kubernetes %s",
		kubeversion.MaxUnavailableStatefulSet, profile.Version)
}

// claimTroubles are the claims in the state that keep pods that are wanted from starting.
func (s statefulSetKind) claimTroubles(around surroundings) []check.ClaimTrouble {
	var troubles []check.ClaimTrouble
	for _, claim := range around.claims[s.Namespace] {
		why := troubleOf(claim)
		if why == "" {
			continue
		}
		for i := range s.Spec.VolumeClaimTemplates {
			template := s.Spec.VolumeClaimTemplates[i].Name
			ordinal, _ := statefulset.Ordinal(claim.Name)
			pod := statefulset.PodName(s.StatefulSet, ordinal)
			if claim.Name == statefulset.ClaimName(template, s.Name, ordinal) && s.wants(pod, 0, around.profile) {
				troubles = append(troubles, check.ClaimTrouble{Name: claim.Name, Pod: pod, Why: why, KeptBy: keptBy(claim)})
			}
		}
	}
	return troubles
}

// keptBy are the finalizers of a claim besides that which waits for its pods.
func keptBy(claim *corev1.PersistentVolumeClaim) []string {
	return slices.DeleteFunc(slices.Clone(claim.Finalizers), func(finalizer string) bool {
		return finalizer == "kubernetes.io/pvc-protection"
	})
}

func troubleOf(claim *corev1.PersistentVolumeClaim) string {
	if claim.DeletionTimestamp != nil {
		return "Terminating"
	}
	if phase := claim.Status.Phase; phase == corev1.ClaimPending || phase == corev1.ClaimLost {
		return string(phase)
	}
	return ""
}
