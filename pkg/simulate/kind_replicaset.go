package simulate

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

func setKind() kind {
	return kind{
		resource: appsv1.Resource("replicasets"),
		find: func(w *world, ref cluster.Ref) cluster.Object {
			if s := w.sets[keyAt(ref)]; s != nil {
				return s.rs
			}
			return nil
		},
		copied:   copied[appsv1.ReplicaSet],
		complete: firstGeneration,
		keep:     keepOfSet,
		create:   (*world).createSet,
		update:   (*world).updateSet,
	}
}

// keepOfSet counts changes of the spec.
// Follows pkg/registry/apps/replicaset/strategy.go PrepareForUpdate, v1.37.0.
func keepOfSet(stored, written cluster.Object, status bool) {
	before, after := stored.(*appsv1.ReplicaSet), written.(*appsv1.ReplicaSet)
	if status {
		after.Spec = before.Spec
		return
	}
	after.Status = before.Status
	after.Generation = before.Generation
	if !equality.Semantic.DeepEqual(before.Spec, after.Spec) {
		after.Generation++
	}
}

func (w *world) createSet(object cluster.Object) {
	r := w.newRollout(cluster.RefOf(object))
	s := w.newSet(object.(*appsv1.ReplicaSet), nil)
	w.attach(s, r)
	w.replicaSets.add(s)
	r.asks(timeline.Create, 0, *s.rs.Spec.Replicas)
	r.findNewest()
}

func (w *world) updateSet(current, body cluster.Object) {
	rs := w.updated(current, body).(*appsv1.ReplicaSet)
	s := w.sets[keyOf(rs)]
	if from, to := *s.rs.Spec.Replicas, *rs.Spec.Replicas; from != to {
		s.roll.asks(timeline.Scale, from, to)
	}
	w.storeSet(s, rs)
}

// asks notes that the change itself gives a ReplicaSet its size: no controller
// does.
func (r *rollout) asks(action timeline.Action, from, to int32) {
	r.asked = &timeline.Event{
		Actor: timeline.User, Action: action, Object: r.ref, Sized: true, From: from, To: to,
		Reason: string(asked), Message: fmt.Sprintf("the change asks for %d", to),
	}
}
