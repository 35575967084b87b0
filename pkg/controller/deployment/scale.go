package deployment

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// scaleAll changes sizes without rolling: the one ReplicaSet with pods takes the
// Deployment's size; several share the difference.
// Follows sync.go scale, v1.37.0.
func (s *sync) scaleAll(f family) error {
	if only := onlyActiveOrLatest(f); only != nil {
		// Equal sizes end it here: annotations stay stale, and every later sync is a
		// scaling event again.
		if *only.Spec.Replicas == *s.d.Spec.Replicas {
			return nil
		}
		_, _, err := s.scale(only, *s.d.Spec.Replicas, why{controller.OnlyActive,
			"the Deployment wants " + counted(*s.d.Spec.Replicas, "replica", "replicas")})
		return err
	}
	if s.isSaturated(f.newest) {
		return s.emptyOld(f)
	}
	if isRollingUpdate(s.d) {
		return s.scaleProportionally(active(f.all()))
	}
	return nil
}

// onlyActiveOrLatest returns the one ReplicaSet with pods; without any, the new or
// else the youngest one; nil where several have pods or there is none. It leaves
// the old ones youngest first, and that is the order in which the clean-up of a
// paused Deployment finds them.
// Follows deployment_util.go FindActiveOrLatest, v1.37.0.
func onlyActiveOrLatest(f family) *appsv1.ReplicaSet {
	sortNewestFirst(f.old)
	running := active(f.all())
	switch {
	case len(running) == 1:
		return running[0]
	case len(running) > 1:
		return nil
	case f.newest != nil:
		return f.newest
	case len(f.old) > 0:
		return f.old[0]
	}
	return nil
}

// isSaturated reports whether the new ReplicaSet holds everything, by its size, by
// what it remembers of the Deployment's size, and by what is available.
// Follows deployment_util.go IsSaturated, v1.37.0.
func (s *sync) isSaturated(rs *appsv1.ReplicaSet) bool {
	if rs == nil {
		return false
	}
	desired, ok := rememberedSize(rs)
	want := *s.d.Spec.Replicas
	return ok && *rs.Spec.Replicas == want && desired == want && rs.Status.AvailableReplicas == want
}

func (s *sync) emptyOld(f family) error {
	for _, rs := range active(f.old) {
		_, _, err := s.scale(rs, 0, why{controller.Saturated,
			fmt.Sprintf("all %d replicas of the new ReplicaSet are available", *s.d.Spec.Replicas)})
		if err != nil {
			return err
		}
	}
	return nil
}

// why is the reason of a write, for machines and for people.
type why struct {
	reason  controller.Reason
	message string
}

// scale gives a ReplicaSet a size, and returns it as stored and whether the size
// changed. Follows sync.go scaleReplicaSet, v1.37.0, without forceUpdate.
func (s *sync) scale(rs *appsv1.ReplicaSet, size int32, because why) (bool, *appsv1.ReplicaSet, error) {
	if *rs.Spec.Replicas == size {
		return false, rs, nil
	}
	return s.resizeOne(rs, size, because)
}

// resizeOne also refreshes the annotations where the size stays.
// Follows sync.go scaleReplicaSet, v1.37.0, with forceUpdate.
func (s *sync) resizeOne(rs *appsv1.ReplicaSet, size int32, because why) (bool, *appsv1.ReplicaSet, error) {
	from, desired := *rs.Spec.Replicas, *s.d.Spec.Replicas
	most := desired + MaxSurge(s.d)
	if from == size && hasSizeAnnotations(rs, desired, most) {
		return false, rs, nil
	}
	scaled := copyOfSet(rs)
	*scaled.Spec.Replicas = size
	setSizeAnnotations(scaled, desired, most)
	stored, err := s.updateReplicaSet(controller.Write{
		From: from, To: size, Reason: because.reason, Message: because.message,
	}, scaled)
	return err == nil && from != size, stored, err
}
