package simulate

import (
	"fmt"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// change makes the writes that start a simulation. Pods are deleted when all of them are
// made.
func (w *world) change(changes []Change) error {
	for _, c := range changes {
		w.version++
		var err error
		pod, isPod := c.Before.(*corev1.Pod)
		nodeBefore, _ := c.Before.(*corev1.Node)
		nodeAfter, _ := c.After.(*corev1.Node)
		switch {
		case nodeBefore != nil || nodeAfter != nil:
			w.changeNode(nodeBefore, nodeAfter)
		case isPod && c.After == nil:
			err = w.deletedByHand(pod)
		case c.Before == nil:
			err = w.create(c.After)
		case c.After == nil:
			err = fmt.Errorf("%s: deleting a workload is not planned yet", cluster.RefOf(c.Before))
		default:
			err = w.update(c.After)
		}
		if err != nil {
			return err
		}
	}
	for _, s := range w.daemons() {
		s.follow(w)
	}
	return nil
}

func (w *world) create(object cluster.Object) error {
	ref := cluster.RefOf(object)
	if ref.Kind == "DaemonSet" {
		if err := w.needNodes(ref); err != nil {
			return err
		}
	}
	create := w.kinds[ref.Kind].create
	if create == nil {
		return fmt.Errorf("%s: kind %s is not planned", ref, ref.Kind)
	}
	created := w.born(ref, object)
	created.SetResourceVersion(strconv.FormatInt(w.version, 10))
	create(w, created)
	return nil
}

func (w *world) update(object cluster.Object) error {
	ref := cluster.RefOf(object)
	current := w.object(ref)
	update := w.kinds[ref.Kind].update
	if current == nil || update == nil {
		return fmt.Errorf("%s: it is not in the state", ref)
	}
	body := object.DeepCopyObject().(cluster.Object)
	body.SetUID(current.GetUID())
	body.SetCreationTimestamp(current.GetCreationTimestamp())
	update(w, current, body)
	return nil
}

// updated is what the API server stores of a change.
func (w *world) updated(current, body cluster.Object) cluster.Object {
	stored := w.merge(current, controller.Write{Verb: controller.Update, Object: cluster.RefOf(current), Body: body})
	stored.SetResourceVersion(strconv.FormatInt(w.version, 10))
	return stored
}

// asked is the reason of what the change itself does.
const asked controller.Reason = "Asked"

// deletedByHand plans what a user does who deletes a pod.
func (w *world) deletedByHand(pod *corev1.Pod) error {
	because := controller.Write{Reason: asked, Message: "the change deletes the pod"}
	if found, ok := w.named[keyOf(pod)]; ok && found.owner != nil {
		w.atStart = append(w.atStart, func() { found.owner.deletePod(w, found.pod, because) })
		return nil
	}
	if s, found := w.daemonPod(keyOf(pod)); found != nil {
		w.atStart = append(w.atStart, func() { s.deletePod(w, found, because) })
		return nil
	}
	for _, s := range w.sets {
		pods := s.pods.Active()
		at := slices.IndexFunc(pods, func(p *controller.Pod) bool { return p.Name == pod.Name })
		if at >= 0 && s.rs.Namespace == pod.Namespace {
			w.atStart = append(w.atStart, func() { w.deletePods(s, pods[at:at+1], because) })
			return nil
		}
	}
	return fmt.Errorf("%s: it is not in the state, or nothing planned here owns it", cluster.RefOf(pod))
}
