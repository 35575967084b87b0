package simulate

import (
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// set is a ReplicaSet with its pods.
type set struct {
	rs      *appsv1.ReplicaSet
	roll    *rollout
	pods    *controller.PodSet
	strays  []*controller.Pod
	created int         // pods created in the forecast
	events  *api.Bucket // about its pods, with a limit
	going   int         // pods of the set that are deleted but not gone
	look    look
	lastErr error
	deleted bool
}

// newSet counts the pods of a ReplicaSet; attach makes it part of a workload.
func (w *world) newSet(rs *appsv1.ReplicaSet, pods []*controller.Pod) *set {
	s := &set{rs: rs, pods: controller.NewPodSet(countingOf(rs, w.cfg.Profile), pods, w.now), events: api.Events().Bucket()}
	s.look.enter = func() { w.replicaSets.add(s) }
	w.sets[keyOf(rs)] = s
	w.byUID[rs.UID] = s
	return s
}

func countingOf(rs *appsv1.ReplicaSet, profile kubeversion.Profile) controller.Counting {
	return controller.Counting{
		MinReady:       time.Duration(rs.Spec.MinReadySeconds) * time.Second,
		AtBoundary:     profile.AvailableAtBoundary(),
		TemplateLabels: rs.Spec.Template.Labels,
	}
}

// attach makes a set part of a workload.
func (w *world) attach(s *set, r *rollout) {
	s.roll = r
	r.sets = append(r.sets, s)
	for _, pod := range s.pods.Active() {
		r.moveNode(pod, 1)
	}
	if cluster.ControllerOf(s.rs) == nil {
		w.bare[s.rs.Namespace] = append(w.bare[s.rs.Namespace], s)
	}
}

// detach takes a set out of its workload.
func (w *world) detach(s *set) {
	r := s.roll
	r.sets = slices.DeleteFunc(r.sets, func(other *set) bool { return other == s })
	for _, pod := range s.pods.Active() {
		r.moveNode(pod, -1)
	}
	bare := w.bare[s.rs.Namespace]
	w.bare[s.rs.Namespace] = slices.DeleteFunc(bare, func(other *set) bool { return other == s })
	if r.deployment == nil && len(r.sets) == 0 {
		r.deleted = true
	}
}

// remove deletes a set. Its pods, all of them on their way out, stay its own.
func (w *world) remove(s *set) {
	w.detach(s)
	s.deleted = true
	delete(w.sets, keyOf(s.rs))
	delete(w.byUID, s.rs.UID)
	s.roll.findNewest()
}
