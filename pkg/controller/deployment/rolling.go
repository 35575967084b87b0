package deployment

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// rollingUpdate takes one step: the new ReplicaSet grows if it may, else old ones
// shrink if they may. Creating the new ReplicaSet does not count as a step, so the
// first sync can do both. Follows rolling.go rolloutRolling, v1.37.0.
func (s *sync) rollingUpdate(sets []*appsv1.ReplicaSet) error {
	f, err := s.identify(sets, true)
	if err != nil {
		return err
	}
	grown, err := s.growNew(f)
	if err != nil {
		return err
	}
	if grown || s.shrinkOld(f) {
		return s.writeRolloutStatus(f)
	}
	if s.isComplete(&s.d.Status) {
		if err := s.cleanUp(f.old); err != nil {
			return err
		}
	}
	return s.writeRolloutStatus(f)
}

// growNew follows rolling.go reconcileNewReplicaSet, v1.37.0.
func (s *sync) growNew(f family) (bool, error) {
	desired := *s.d.Spec.Replicas
	if *f.newest.Spec.Replicas > desired {
		scaled, _, err := s.scale(f.newest, desired, why{controller.AboveDesired,
			"the Deployment wants only " + counted(desired, "replica", "replicas")})
		return scaled, err
	}
	if *f.newest.Spec.Replicas == desired {
		return false, nil
	}
	size, err := newSize(s.d, f.all(), f.newest)
	if err != nil {
		return false, err
	}
	because := why{controller.SurgeAllowed, s.surgeSentence(specReplicas(f.all()))}
	scaled, _, err := s.scale(f.newest, size, because)
	return scaled, err
}

// surgeSentence says why the new ReplicaSet may grow.
func (s *sync) surgeSentence(total int32) string {
	desired, surge := *s.d.Spec.Replicas, MaxSurge(s.d)
	return fmt.Sprintf("%s, %d allowed (%s + maxSurge %d)",
		counted(total, "pod exists", "pods exist"), desired+surge,
		counted(desired, "replica", "replicas"), surge)
}

// counted is "1 pod" or "2 pods".
func counted(n int32, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// shrinkOld removes old pods: first those that are not available, then as many
// available ones as can be missed. A refused write and the brake in cleanUpUnhealthy
// end it silently. Follows rolling.go reconcileOldReplicaSets, v1.37.0.
//
// Example, 10 replicas with surge 3 and 2 unavailable, all 5 new pods broken and
// one of 8 old ones gone bad: 13 pods - 8 that must be available - 5 new that are
// not = 0, so nothing is removed. After an undo only that one pod is not
// available, 13 - 8 - 1 = 4, and 4 of the broken pods go.
func (s *sync) shrinkOld(f family) bool {
	old := active(f.old)
	if specReplicas(old) == 0 {
		return false
	}
	newUnavailable := *f.newest.Spec.Replicas - f.newest.Status.AvailableReplicas
	removable := specReplicas(f.all()) - s.minAvailable() - newUnavailable
	if removable <= 0 {
		return false
	}
	cleaned, err := s.cleanUpUnhealthy(old, removable)
	if err != nil {
		return false
	}
	removed, err := s.removeAvailable(old, f.newest)
	if err != nil {
		return false
	}
	return cleaned+removed > 0
}

func (s *sync) minAvailable() int32 {
	return *s.d.Spec.Replicas - MaxUnavailable(s.d)
}

// cleanUpUnhealthy takes pods that are not available off old ReplicaSets, oldest
// first, and puts the smaller ones into the slice.
// Follows rolling.go cleanupUnhealthyReplicas, v1.37.0.
//
// The brake: right after a scale-down a ReplicaSet may report more available pods
// than it should have. The count of pods to remove is then negative, upstream
// takes it for an invalid request, and nothing more is removed in this sync.
func (s *sync) cleanUpUnhealthy(old []*appsv1.ReplicaSet, most int32) (int32, error) {
	sortOldestFirst(old)
	removed := int32(0)
	for i, rs := range old {
		if removed >= most {
			break
		}
		size := *rs.Spec.Replicas
		if size == 0 || size == rs.Status.AvailableReplicas {
			continue
		}
		count := min(most-removed, size-rs.Status.AvailableReplicas)
		if count < 0 {
			return 0, fmt.Errorf("invalid request to scale down %s from %d to %d", rs.Name, size, size-count)
		}
		_, scaled, err := s.scale(rs, size-count, why{controller.UnhealthyOld, fmt.Sprintf(
			"%d of %s not available", size-rs.Status.AvailableReplicas,
			counted(size, "old pod is", "old pods are"))})
		if err != nil {
			return removed, err
		}
		old[i] = scaled
		removed += count
	}
	return removed, nil
}

// removeAvailable removes old pods, oldest ReplicaSet first, as far as the rest
// that is available suffices.
// Follows rolling.go scaleDownOldReplicaSetsForRollingUpdate, v1.37.0.
func (s *sync) removeAvailable(old []*appsv1.ReplicaSet, newest *appsv1.ReplicaSet) (int32, error) {
	available := availableReplicas(old) + newest.Status.AvailableReplicas
	budget := available - s.minAvailable()
	removed := int32(0)
	for _, rs := range old {
		if removed >= budget {
			break
		}
		size := *rs.Spec.Replicas
		if size == 0 {
			continue
		}
		count := min(size, budget-removed)
		_, _, err := s.scale(rs, size-count, why{controller.EnoughAvailable, fmt.Sprintf(
			"%s available, %d must stay (%s - maxUnavailable %d)",
			counted(available, "pod is", "pods are"), s.minAvailable(),
			counted(*s.d.Spec.Replicas, "replica", "replicas"), MaxUnavailable(s.d))})
		if err != nil {
			return removed, err
		}
		removed += count
	}
	return removed, nil
}
