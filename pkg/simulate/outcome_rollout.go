package simulate

import (
	"fmt"
	"strconv"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// stored implements workload.
func (r *rollout) stored(_ *world, o *Outcome) {
	o.DeadlineAt = r.deadlineAt
	o.Deployment = r.deployment
	o.ReplicaSets = r.replicaSets()
}

// explain implements workload.
func (r *rollout) explain(w *world, o *Outcome) {
	o.NewBroken = r.newBroken()
	o.Held = r.deployment != nil && r.deployment.Spec.Paused
	o.Cause = w.cause(r, o.Last)
	if o.HorizonReached {
		o.Cause = w.pending(r, o.Last)
	}
}

// complete implements workload.
func (r *rollout) complete(_ *world, o *Outcome) bool {
	if o.Last.Terminating > 0 {
		return false
	}
	if r.deployment != nil {
		return deployment.IsComplete(r.deployment, &r.deployment.Status)
	}
	rs := r.sets[0].rs
	want := *rs.Spec.Replicas
	return rs.Status.Replicas == want && rs.Status.AvailableReplicas == want &&
		rs.Status.ObservedGeneration >= rs.Generation
}

// cause says why a workload does not get further.
func (w *world) cause(r *rollout, last timeline.State) string {
	if r.lastErr != nil {
		return fmt.Sprintf("the controller fails: %v", r.lastErr)
	}
	for _, s := range r.sets {
		if s.lastErr != nil {
			return fmt.Sprintf("ReplicaSet %s cannot be synced: %v", s.rs.Name, s.lastErr)
		}
	}
	if r.deployment != nil && r.deployment.DeletionTimestamp != nil {
		return "the Deployment is being deleted: the controller only writes its status"
	}
	if r.deployment != nil && r.deployment.Spec.Paused {
		return "the Deployment is paused: nothing rolls until it is resumed"
	}
	if r.newest != nil {
		counts := r.newest.pods.Counts(w.now)
		if broken := counts.Active - counts.Ready; broken > 0 {
			return never(broken, counts.Active, last.Total, "ready")
		}
		if waiting := counts.Ready - counts.Available; waiting > 0 {
			return never(waiting, counts.Active, last.Total, "available")
		}
	}
	if s := r.stale(); s != nil {
		return fmt.Sprintf("ReplicaSet %s remembers another number of replicas, so the controller takes each look "+
			"for a change of size and never rolls: scaling to any other number ends that", s.rs.Name)
	}
	if notReady := last.Total - last.Ready; notReady > 0 {
		return fmt.Sprintf("%d of %d pods are not ready", notReady, last.Total)
	}
	return fmt.Sprintf("%d pods exist, %d wanted, %d available: no controller has anything to do",
		last.Total, last.Desired, last.Available)
}

// stale returns a set with pods that was last sized for another number of replicas.
// The Deployment controller takes that for a change of size.
func (r *rollout) stale() *set {
	if r.deployment == nil {
		return nil
	}
	want := strconv.Itoa(int(*r.deployment.Spec.Replicas))
	for _, s := range r.sets {
		has, ok := s.rs.Annotations[revision.DesiredReplicasAnnotation]
		if ok && *s.rs.Spec.Replicas > 0 && has != want {
			return s
		}
	}
	return nil
}

// never says what does not happen to some of the newest ReplicaSet's pods, which are
// new ones only where there are others.
func never(some, of, all int32, what string) string {
	pods, become := "pods", "become"
	if of < all {
		pods = "new pods"
	}
	if some == 1 {
		become = "becomes"
	}
	return fmt.Sprintf("%d of %d %s never %s %s", some, of, pods, become, what)
}

// pending says what is still to come where a simulation is ended from outside.
func (w *world) pending(r *rollout, last timeline.State) string {
	if r.newest != nil {
		counts := r.newest.pods.Counts(w.now)
		if waiting := counts.Active - counts.Available; waiting > 0 {
			return fmt.Sprintf("%d of %d new pods are not available yet", waiting, counts.Active)
		}
	}
	return fmt.Sprintf("%d pods exist, %d wanted, %d available, %d terminating",
		last.Total, last.Desired, last.Available, last.Terminating)
}

func (r *rollout) newBroken() int32 {
	var count int32
	for _, s := range r.sets {
		for _, pod := range s.pods.Active() {
			if pod.Ordinal > 0 && !pod.Ready {
				count++
			}
		}
	}
	return count
}
