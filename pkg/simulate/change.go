package simulate

import (
	"fmt"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// change makes one of the writes that start a simulation.
func (w *world) change(c Change) error {
	w.version++
	switch {
	case c.Before == nil:
		return w.create(c.After)
	case c.After == nil:
		return fmt.Errorf("%s: deleting a workload is not planned yet", cluster.RefOf(c.Before))
	}
	return w.update(c.After)
}

func (w *world) create(object cluster.Object) error {
	created := w.born(object)
	created.SetResourceVersion(strconv.FormatInt(w.version, 10))
	r := w.newRollout(cluster.RefOf(created))
	switch o := created.(type) {
	case *appsv1.Deployment:
		r.deployment = o
		w.dirtyRollouts.add(r)
	case *appsv1.ReplicaSet:
		s := w.newSet(o, nil)
		w.attach(s, r)
		w.dirtySets.add(s)
		r.asks(timeline.Create, 0, *o.Spec.Replicas)
	default:
		return fmt.Errorf("%s: kind %s is not planned", r.ref, r.ref.Kind)
	}
	r.findNewest()
	return nil
}

func (w *world) update(object cluster.Object) error {
	ref := cluster.RefOf(object)
	current := w.object(ref)
	if current == nil {
		return fmt.Errorf("%s: it is not in the state", ref)
	}
	body := object.DeepCopyObject().(cluster.Object)
	body.SetUID(current.GetUID())
	body.SetCreationTimestamp(current.GetCreationTimestamp())
	if d, ok := body.(*appsv1.Deployment); ok {
		restoreRevision(d, current)
	}
	stored := merge(current, controller.Write{Verb: controller.Update, Body: body})
	stored.SetResourceVersion(strconv.FormatInt(w.version, 10))
	switch o := stored.(type) {
	case *appsv1.Deployment:
		r := w.rollouts[ref]
		r.deployment = o
		r.findNewest()
		w.dirtyRollouts.add(r)
	case *appsv1.ReplicaSet:
		s := w.sets[keyOf(o)]
		if from, to := *s.rs.Spec.Replicas, *o.Spec.Replicas; from != to {
			s.roll.asks(timeline.Scale, from, to)
		}
		w.storeSet(s, o)
	}
	return nil
}

// restoreRevision gives a Deployment whose ReplicaSet was made up the revision that
// goes with it.
func restoreRevision(d *appsv1.Deployment, current cluster.Object) {
	const key = revision.Annotation
	number, ok := current.GetAnnotations()[key]
	if _, has := d.Annotations[key]; has || !ok {
		return
	}
	if d.Annotations == nil {
		d.Annotations = map[string]string{}
	}
	d.Annotations[key] = number
}

// asks notes that the change itself gives a ReplicaSet its size: no controller
// does.
func (r *rollout) asks(action timeline.Action, from, to int32) {
	r.asked = &timeline.Event{
		Actor: timeline.User, Action: action, Object: r.ref, Sized: true, From: from, To: to,
		Reason: "Asked", Message: fmt.Sprintf("the change asks for %d", to),
	}
}
