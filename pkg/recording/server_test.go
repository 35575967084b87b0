package recording_test

import (
	"errors"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
)

// server answers the writes of one sync as the recorded API server did. Each write
// that it accepts is the next recorded one, and equal to it.
type server struct {
	history *history
	own     []int // the events that are writes of the controller
	next    int   // the next of own that is not explained yet
	// ignoresPods: the sync does not touch pods, since the controller still waits to
	// see those that it created or deleted.
	ignoresPods bool
	// anyPod: which of several pods is deleted is left open.
	anyPod bool
	// parallel: writes of pods and claims are sent at the same time, and stored in any
	// order. early are those of own after next that are explained.
	parallel bool
	early    map[int]bool
	refused  int // conflicts, of which a recording has no trace
	// unexpected is the first write that nobody recorded.
	unexpected *controller.Write
}

// expected is the next recorded write of the controller.
func (s *server) expected() (recording.Event, bool) {
	if s.next == len(s.own) {
		return recording.Event{}, false
	}
	return s.history.Events[s.own[s.next]], true
}

// until is how many events there are before the next recorded write: a write that
// was refused came before that.
func (s *server) until() int {
	if s.next == len(s.own) {
		return len(s.history.Events)
	}
	return s.own[s.next]
}

// Answer implements controller.API.
func (s *server) Answer(w controller.Write) (cluster.Object, error) {
	if s.anyPod && w.Object.Kind == "Pod" {
		return nil, s.deletePod(w)
	}
	if e, ok := s.take(w); ok {
		return e.After, nil
	}
	current := s.history.stored(w.Object, s.until())
	switch {
	case s.unexpected != nil:
	case w.Verb == controller.Create && current != nil:
		return nil, apierrors.NewAlreadyExists(appsv1.Resource("replicasets"), w.Object.Name)
	case w.Verb == controller.Delete && current != nil && current.GetDeletionTimestamp() != nil:
		return nil, nil // It was deleted before, and another time changes nothing.
	case w.Verb == controller.Create || w.Body == nil || current == nil:
	case current.GetResourceVersion() != w.Body.GetResourceVersion():
		s.refused++
		modified := errors.New("it was modified")
		return nil, apierrors.NewConflict(appsv1.Resource("replicasets"), w.Object.Name, modified)
	case equal(storedAs(current, w), current):
		return current, nil // Nothing changes, so nobody hears of it.
	}
	return nil, s.fail(w)
}

// take finds the event that a write explains.
func (s *server) take(w controller.Write) (recording.Event, bool) {
	last := s.next
	if kind := w.Object.Kind; s.parallel && (kind == "Pod" || kind == "PersistentVolumeClaim") {
		last = len(s.own) - 1
	}
	for n := s.next; n <= last && n < len(s.own) && s.unexpected == nil; n++ {
		e := s.history.Events[s.own[n]]
		if s.early[n] || !isStored(e, w) {
			continue
		}
		s.explained(n)
		return e, true
	}
	return recording.Event{}, false
}

// explained goes on behind what is explained without a gap.
func (s *server) explained(n int) {
	if s.early == nil {
		s.early = map[int]bool{}
	}
	s.early[n] = true
	for s.early[s.next] {
		delete(s.early, s.next)
		s.next++
	}
}

func (s *server) fail(w controller.Write) error {
	if s.unexpected == nil {
		s.unexpected = &w
	}
	return errors.New("nobody recorded that")
}

// deletePod accepts any pod where one is deleted: which of several equal ones goes
// is random.
func (s *server) deletePod(w controller.Write) error {
	if s.ignoresPods {
		return nil
	}
	e, ok := s.expected()
	if _, pod := e.Before.(*corev1.Pod); !ok || !pod || w.Verb != controller.Delete {
		return s.fail(w)
	}
	s.next++
	return nil
}

// Admit implements controller.API.
func (s *server) Admit(pod *corev1.Pod, count int) (int, error) {
	for n := range count {
		e, ok := s.expected()
		created, isPod := e.After.(*corev1.Pod)
		if s.ignoresPods {
			continue
		}
		if !ok || !isPod || e.Before != nil || !isCreatedAs(created, pod) {
			return n, s.fail(controller.Write{Verb: controller.Create, Body: pod, Count: count})
		}
		s.next++
	}
	return count, nil
}

// isCreatedAs compares what a recording keeps of a pod.
func isCreatedAs(created, sent *corev1.Pod) bool {
	var kept cluster.Snapshot
	recording.Put(&kept, sent)
	return created.GenerateName == sent.GenerateName &&
		equality.Semantic.DeepEqual(created.Spec, kept.Pods[0].Spec) &&
		equality.Semantic.DeepEqual(created.Labels, sent.Labels) &&
		equality.Semantic.DeepEqual(created.Annotations, sent.Annotations) &&
		equality.Semantic.DeepEqual(created.OwnerReferences, sent.OwnerReferences)
}

// isStored reports whether an event is what the API server made of a write.
func isStored(e recording.Event, w controller.Write) bool {
	if e.Ref() != w.Object {
		return false
	}
	switch w.Verb {
	case controller.Create:
		return e.Before == nil && e.After != nil && isBornAs(e.After, w.Body)
	case controller.Delete:
		return e.After == nil || e.Before != nil && e.Before.GetDeletionTimestamp() == nil &&
			e.After.GetDeletionTimestamp() != nil
	case controller.Update, controller.UpdateStatus:
		return e.Before != nil && e.After != nil && isCurrent(e, w) && isUpdatedAs(e, w)
	}
	return false
}

// isCurrent reports whether a write has the version that it replaces. The status of all
// but a Deployment is sent again with the current one where it met a conflict.
func isCurrent(e recording.Event, w controller.Write) bool {
	return e.Ref().Kind != "Deployment" && w.Verb == controller.UpdateStatus ||
		e.Before.GetResourceVersion() == w.Body.GetResourceVersion()
}

func isUpdatedAs(e recording.Event, w controller.Write) bool {
	stored := storedAs(e.Before, w)
	stored.SetResourceVersion(e.After.GetResourceVersion())
	return equal(e.After, stored)
}

func isBornAs(created, sent cluster.Object) bool {
	if pod, ok := created.(*corev1.Pod); ok {
		return isCreatedAs(pod, sent.(*corev1.Pod))
	}
	return equal(created, bornAs(created, sent))
}

// bornAs is an object that is created with what the server itself gave it.
func bornAs(created, sent cluster.Object) cluster.Object {
	body := sent.DeepCopyObject().(cluster.Object)
	body.GetObjectKind().SetGroupVersionKind(created.GetObjectKind().GroupVersionKind())
	body.SetNamespace(created.GetNamespace())
	body.SetUID(created.GetUID())
	body.SetResourceVersion(created.GetResourceVersion())
	body.SetCreationTimestamp(created.GetCreationTimestamp())
	body.SetGeneration(created.GetGeneration())
	body.SetFinalizers(created.GetFinalizers())
	return body
}

// storedAs is what an update or status update makes of an object.
// Follows pkg/registry/apps/{deployment,replicaset}/strategy.go, v1.37.0.
func storedAs(before cluster.Object, w controller.Write) cluster.Object {
	stored := before.DeepCopyObject().(cluster.Object)
	switch o := stored.(type) {
	case *appsv1.Deployment:
		sent := w.Body.(*appsv1.Deployment)
		o.Annotations = sent.Annotations
		if w.Verb == controller.UpdateStatus {
			o.Status = sent.Status
			return o
		}
		o.Spec, o.Labels, o.OwnerReferences = sent.Spec, sent.Labels, sent.OwnerReferences
	case *appsv1.ReplicaSet:
		sent := w.Body.(*appsv1.ReplicaSet)
		if w.Verb == controller.UpdateStatus {
			o.Status = sent.Status
			return o
		}
		o.Spec, o.Labels, o.OwnerReferences = sent.Spec, sent.Labels, sent.OwnerReferences
		o.Annotations = sent.Annotations
	default:
		return storedWithSet(stored, w)
	}
	if !equality.Semantic.DeepEqual(specOf(before), specOf(stored)) {
		stored.SetGeneration(before.GetGeneration() + 1)
	}
	return stored
}

// storedWithSet is storedAs for what the controllers of StatefulSets and DaemonSets write.
func storedWithSet(stored cluster.Object, w controller.Write) cluster.Object {
	switch o := stored.(type) {
	case *appsv1.DaemonSet:
		o.Status = w.Body.(*appsv1.DaemonSet).Status
		return o
	case *appsv1.StatefulSet:
		o.Status = w.Body.(*appsv1.StatefulSet).Status
	case *appsv1.ControllerRevision:
		o.Revision = w.Body.(*appsv1.ControllerRevision).Revision
	}
	stored.SetLabels(w.Body.GetLabels())
	stored.SetAnnotations(w.Body.GetAnnotations())
	stored.SetOwnerReferences(w.Body.GetOwnerReferences())
	return stored
}

func specOf(object cluster.Object) any {
	switch o := object.(type) {
	case *appsv1.Deployment:
		return o.Spec
	case *appsv1.ReplicaSet:
		return o.Spec
	}
	return nil
}
