package planner

import (
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// only returns the part of the state that the edited workloads can see: they
// themselves, their ReplicaSets and revisions and those that nobody owns, the pods and
// their claims. So the cost follows what is asked for, not what there is.
func (r Request) only(edits []change.Edit) *cluster.Snapshot {
	asked := map[cluster.Ref]bool{}
	for _, e := range edits {
		asked[e.Ref] = true
	}
	part := &cluster.Snapshot{At: r.State.At, Version: r.State.Version, Pods: r.State.Pods, Claims: r.State.Claims,
		Nodes: r.State.Nodes, Others: r.State.Others}
	owners := map[string]bool{}
	for _, d := range r.State.Deployments {
		if asked[cluster.RefOf(d)] {
			part.Deployments = append(part.Deployments, d)
			owners[string(d.UID)] = true
		}
	}
	for _, set := range r.State.StatefulSets {
		if asked[cluster.RefOf(set)] {
			part.StatefulSets = append(part.StatefulSets, set)
			owners[string(set.UID)] = true
		}
	}
	for _, set := range r.State.DaemonSets {
		if asked[cluster.RefOf(set)] {
			part.DaemonSets = append(part.DaemonSets, set)
			owners[string(set.UID)] = true
		}
	}
	for _, revision := range r.State.Revisions {
		if owner := cluster.ControllerOf(revision); owner == nil || owners[string(owner.UID)] {
			part.Revisions = append(part.Revisions, revision)
		}
	}
	for _, rs := range r.State.ReplicaSets {
		if owner := cluster.ControllerOf(rs); owner == nil || owners[string(owner.UID)] || asked[cluster.RefOf(rs)] {
			part.ReplicaSets = append(part.ReplicaSets, rs)
		}
	}
	return part
}

// setsByOwner returns the ReplicaSets of the state by the UID of their controller.
func (r Request) setsByOwner() map[types.UID][]*appsv1.ReplicaSet {
	sets := map[types.UID][]*appsv1.ReplicaSet{}
	for _, rs := range r.State.ReplicaSets {
		if owner := cluster.ControllerOf(rs); owner != nil {
			sets[owner.UID] = append(sets[owner.UID], rs)
		}
	}
	return sets
}
