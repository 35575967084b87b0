package simulate

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// rollout is a workload that a plan has an entry for: a Deployment with its
// ReplicaSets, or a ReplicaSet of its own.
type rollout struct {
	entry
	deployment *appsv1.Deployment // nil for a ReplicaSet
	sets       []*set             // oldest first
	newest     *set               // has the current template; nil where there is none
	nodes      map[string]int     // active pods by node, for those with a known node

	deadlineAt *time.Duration
}

func (w *world) newRollout(ref cluster.Ref) *rollout {
	r := &rollout{entry: newEntry(ref), nodes: map[string]int{}}
	r.look.enter = func() { w.deployments.add(r) }
	w.workloads[ref] = r
	return r
}

// state implements workload.
func (r *rollout) state(now time.Time) timeline.State {
	state := timeline.State{Desired: r.desired()}
	for _, s := range r.sets {
		counts := s.pods.Counts(now)
		state.Total += counts.Active
		state.Ready += counts.Ready
		state.Available += counts.Available
		state.Terminating += counts.Terminating
		if s == r.newest {
			state.Updated += counts.Active
		}
	}
	return state
}

// begins implements workload.
func (r *rollout) begins(_ *world, b *Beginning) {
	for _, s := range r.sets {
		if *s.rs.Spec.Replicas > 0 {
			b.Sets++
		}
		if s == r.newest {
			b.NewSize += *s.rs.Spec.Replicas
		} else {
			b.OldSize += *s.rs.Spec.Replicas
		}
	}
	if r.asked != nil {
		b.NewSize = r.asked.From
	}
}

func (r *rollout) desired() int32 {
	switch {
	case r.deployment != nil:
		return *r.deployment.Spec.Replicas
	case len(r.sets) > 0:
		return *r.sets[0].rs.Spec.Replicas
	}
	return 0
}

// findNewest tells again which set has the Deployment's template.
func (r *rollout) findNewest() {
	r.newest = nil
	if r.deployment == nil {
		if len(r.sets) > 0 {
			r.newest = r.sets[0]
		}
		return
	}
	found := deployment.NewReplicaSet(r.deployment, r.replicaSets())
	for _, s := range r.sets {
		if s.rs == found {
			r.newest = s
		}
	}
}

func (r *rollout) replicaSets() []*appsv1.ReplicaSet {
	var list []*appsv1.ReplicaSet
	for _, s := range r.sets {
		list = append(list, s.rs)
	}
	return list
}

// neighbours counts the active pods of the workload on a node. Pods of a ReplicaSet
// that nobody owns have none: upstream looks for siblings through the owner.
func (r *rollout) neighbours(node string) int {
	switch {
	case r.deployment == nil:
		return 0
	case node == controller.UnknownNode:
		return 1
	}
	return r.nodes[node]
}

func (r *rollout) moveNode(pod *controller.Pod, by int) {
	if pod.Node != controller.UnknownNode {
		r.nodes[pod.Node] += by
	}
}
