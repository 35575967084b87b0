package planner

import (
	"bytes"
	"fmt"
	"math"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// statefulSetKind is what a plan knows of StatefulSets; statefulset_pods.go has what it
// says of their pods, statefulset_facts.go what the checks need.
type statefulSetKind struct{ *appsv1.StatefulSet }

func (s statefulSetKind) replicas() int32                   { return *s.Spec.Replicas }
func (s statefulSetKind) template() *corev1.PodTemplateSpec { return &s.Spec.Template }

func (s statefulSetKind) mostPods() int64 {
	return int64(max(*s.Spec.Replicas, s.Status.Replicas))
}

// rolls: besides a new template, an update that may go further than before, where pods
// are still at old revisions. Another first ordinal makes pods come and go.
func (s statefulSetKind) rolls(m move) (plan.Verdict, bool) {
	before, _ := kindOf(m.Before).(statefulSetKind)
	further := s.updated() > before.updated() && m.begin.OldSize > 0
	if !s.newRevision(before, m.profile) && !further {
		moved := statefulset.StartOrdinal(s.StatefulSet, m.profile) != statefulset.StartOrdinal(before.StatefulSet, m.profile)
		return plan.Scale, moved
	}
	switch s.Spec.UpdateStrategy.Type {
	case appsv1.OnDeleteStatefulSetStrategyType:
		return plan.OnDelete, true
	case appsv1.RollingUpdateStatefulSetStrategyType:
		return plan.RollingUpdate, true
	}
	return plan.Recreate, true
}

// newRevision compares what a ControllerRevision would hold. Unlike templates of
// Deployments, "1" and "1e0" are two revisions.
func (s statefulSetKind) newRevision(before statefulSetKind, profile kubeversion.Profile) bool {
	old, err := revision.Data(&before.Spec.Template, profile)
	if err != nil {
		return true
	}
	data, err := revision.Data(&s.Spec.Template, profile)
	return err != nil || !bytes.Equal(old, data)
}

// partition is how many of the first pods a rolling update leaves alone.
func (s statefulSetKind) partition() int32 {
	if rolling := s.Spec.UpdateStrategy.RollingUpdate; s.rollsPods() && rolling != nil && rolling.Partition != nil {
		return max(*rolling.Partition, 0)
	}
	return 0
}

func (s statefulSetKind) rollsPods() bool {
	return s.Spec.UpdateStrategy.Type == appsv1.RollingUpdateStatefulSetStrategyType
}

// updated is how many pods an update replaces by itself.
func (s statefulSetKind) updated() int32 {
	if s.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType {
		return 0
	}
	return max(*s.Spec.Replicas-s.partition(), 0)
}

// restarts are the pods at old revisions that are wanted and that the update reaches.
func (s statefulSetKind) restarts(m move) int32 {
	if m.verdict == plan.Create || m.verdict == plan.NoChange {
		return 0
	}
	if m.begin.Pods == nil || m.end.StatefulSet == nil {
		return min(m.begin.OldSize, s.updated())
	}
	var count int32
	for name, at := range m.begin.Pods {
		reached := s.wants(name, *s.Spec.Replicas-s.updated(), m.profile)
		if reached && at != m.end.StatefulSet.Status.UpdateRevision {
			count++
		}
	}
	return count
}

// floor is what an update leaves available. In order it takes pods only while all are.
// Where maxUnavailable counts, those that are missing anyway use it up. A Parallel update
// without maxUnavailable does not look at the pods below the one it is at, so it takes one
// more than are missing; and up to 1.33 it goes on as soon as pods are ready.
func (s statefulSetKind) floor(m move) int32 {
	kept, available := m.smaller(), max(m.begin.Before.Available-m.begin.Condemned, 0)
	kept = min(kept, available)
	if s.updated() == 0 || m.replaced == 0 {
		return kept
	}
	most := s.maxUnavailable(m.profile)
	ordered := s.Spec.PodManagementPolicy != appsv1.ParallelPodManagement
	switch {
	case !s.rollsPods():
		return 0
	case ordered:
		return max(min(kept, *s.Spec.Replicas-min(most, m.replaced)), 0)
	case m.profile.Enabled(kubeversion.MaxUnavailableStatefulSet):
		return max(min(kept, max(*s.Spec.Replicas-most, available-m.replaced)), 0)
	case !m.profile.WaitsForAvailablePods() && s.Spec.MinReadySeconds > 0:
		return 0
	}
	return max(min(kept, available-1), 0)
}

// maxUnavailable is how many pods an update may miss; 1 where the version knows of no
// other number.
func (s statefulSetKind) maxUnavailable(profile kubeversion.Profile) int32 {
	if !profile.Enabled(kubeversion.MaxUnavailableStatefulSet) {
		return 1
	}
	most, err := statefulset.MaxUnavailable(s.StatefulSet)
	if err != nil {
		return math.MaxInt32 // nothing rolls: the controller fails
	}
	return int32(most)
}

func (s statefulSetKind) strategy(profile kubeversion.Profile) *plan.Strategy {
	strategy := &plan.Strategy{
		Type:           string(s.Spec.UpdateStrategy.Type),
		MaxUnavailable: s.maxUnavailable(profile),
		Order:          "one after the other",
	}
	if s.Spec.PodManagementPolicy == appsv1.ParallelPodManagement {
		strategy.Order = "all at once"
	}
	if !s.rollsPods() {
		return strategy
	}
	written := ""
	if rolling := s.Spec.UpdateStrategy.RollingUpdate; rolling != nil && rolling.MaxUnavailable != nil {
		written = percent(rolling.MaxUnavailable.String(), " down")
	}
	strategy.Words = fmt.Sprintf("from the top, %d missing allowed%s", strategy.MaxUnavailable, written)
	if !profile.Enabled(kubeversion.MaxUnavailableStatefulSet) {
		strategy.Words = "from the top, one at a time"
	}
	return strategy
}

// wants reports whether a pod has an ordinal that is wanted, from so many of the lowest
// on.
func (s statefulSetKind) wants(pod string, skipped int32, profile kubeversion.Profile) bool {
	ordinal, ok := statefulset.Ordinal(pod)
	start := statefulset.StartOrdinal(s.StatefulSet, profile)
	return ok && ordinal >= start+int(skipped) && ordinal < start+int(*s.Spec.Replicas)
}

func (s statefulSetKind) ref() cluster.Ref { return cluster.RefOf(s.StatefulSet) }
