package deployment

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// recreate stops every old pod before the first new one starts.
// Follows recreate.go rolloutRecreate, v1.37.0.
func (s *sync) recreate(sets []*appsv1.ReplicaSet) error {
	f, err := s.identify(sets, false)
	if err != nil {
		return err
	}
	stopped, err := s.stopOld(active(f.old))
	if err != nil {
		return err
	}
	if stopped || s.oldPodsRunning(sets, f) {
		return s.writeRolloutStatus(f)
	}
	if f.newest == nil {
		if f, err = s.identify(sets, true); err != nil {
			return err
		}
	}
	_, _, err = s.scale(f.newest, *s.d.Spec.Replicas, why{controller.RecreateUp,
		fmt.Sprintf("no old pod is left: the new ReplicaSet starts %d", *s.d.Spec.Replicas)})
	if err != nil {
		return err
	}
	if s.isComplete(&s.d.Status) {
		if err := s.cleanUp(f.old); err != nil {
			return err
		}
	}
	return s.writeRolloutStatus(f)
}

// stopOld follows recreate.go scaleDownOldReplicaSetsForRecreate, v1.37.0.
func (s *sync) stopOld(old []*appsv1.ReplicaSet) (bool, error) {
	any := false
	for _, rs := range old {
		scaled, _, err := s.scale(rs, 0, why{controller.RecreateDown,
			"strategy Recreate: all old pods stop first"})
		if err != nil {
			return false, err
		}
		any = any || scaled
	}
	return any, nil
}

// oldPodsRunning reports whether an old ReplicaSet says that it has pods, or has
// one that is not finished, terminating ones included.
// Follows recreate.go oldPodsRunning, v1.37.0.
func (s *sync) oldPodsRunning(sets []*appsv1.ReplicaSet, f family) bool {
	if statusReplicas(f.old) > 0 {
		return true
	}
	for _, rs := range sets {
		if (f.newest == nil || rs.UID != f.newest.UID) && s.HasPods(rs.UID) {
			return true
		}
	}
	return false
}
