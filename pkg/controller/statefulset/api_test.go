package statefulset

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// Answer implements controller.API: names of revisions are taken once, some writes are
// refused, all else is stored as sent.
func (w *world) Answer(write controller.Write) (cluster.Object, error) {
	revision := write.Object.Kind == "ControllerRevision"
	if revision && write.Verb == controller.Create && w.revision(write.Object.Name) != nil {
		return nil, apierrors.NewAlreadyExists(schema.GroupResource{Resource: "controllerrevisions"}, write.Object.Name)
	}
	return write.Body, w.refuse[string(write.Verb)+" "+write.Object.Name]
}

func conflict() error {
	return apierrors.NewConflict(schema.GroupResource{}, "it", errors.New("changed meanwhile"))
}

func alreadyExists() error { return apierrors.NewAlreadyExists(schema.GroupResource{}, "it") }

func notFound() error { return apierrors.NewNotFound(schema.GroupResource{}, "it") }

// Admit implements controller.API.
func (w *world) Admit(_ *corev1.Pod, count int) (int, error) { return count, nil }

// carryOut does what a write asks for.
func (w *world) carryOut(write controller.Write) {
	if write.Verb != controller.UpdateStatus {
		w.tell("%s %s %s(%s: %s)", write.Verb, write.Object.Name, detail(write), write.Reason, write.Message)
	}
	if write.Err != nil {
		return
	}
	switch write.Object.Kind {
	case "StatefulSet":
		w.set = write.Body.(*appsv1.StatefulSet)
	case "ControllerRevision":
		w.revisions = slices.DeleteFunc(slices.Clone(w.revisions), func(r *appsv1.ControllerRevision) bool {
			return r.Name == write.Object.Name
		})
		if write.Verb != controller.Delete {
			w.revisions = append(w.revisions, write.Body.(*appsv1.ControllerRevision))
		}
	case "PersistentVolumeClaim":
		w.claims[write.Object.Name] = write.Body.(*corev1.PersistentVolumeClaim)
	case "Pod":
		w.carryOutPod(write)
	}
}

// detail says whose a claim is from now on, or which image a pod has.
func detail(write controller.Write) string {
	switch body := write.Body.(type) {
	case *corev1.Pod:
		return body.Spec.Containers[0].Image + " "
	case *corev1.PersistentVolumeClaim:
		var owners []string
		for _, ref := range body.OwnerReferences {
			owners = append(owners, ref.Kind+" "+ref.Name)
		}
		if write.Verb == controller.Update {
			return fmt.Sprintf("owners [%s] ", strings.Join(owners, ", "))
		}
	}
	return ""
}

func (w *world) carryOutPod(write controller.Write) {
	ordinal, _ := Ordinal(write.Object.Name)
	pod := w.pods.Pod(ordinal)
	switch write.Verb {
	case controller.Create:
		w.serial++
		body := write.Body.(*corev1.Pod)
		pod = &controller.Pod{
			Name: body.Name, UID: types.UID(fmt.Sprintf("pod-%d", w.serial)), Labels: body.Labels,
			CreatedAt: w.now, Object: body,
		}
		w.images[pod.UID] = body.Spec.Containers[0].Image
		w.pods.Add(pod)
	case controller.Delete:
		w.pods.Terminate(pod)
	case controller.Update:
		w.pods.Remove(pod)
		changed := *pod
		changed.Labels, changed.Object = write.Body.GetLabels(), write.Body.(*corev1.Pod)
		pod = &changed
		w.pods.Add(pod)
	}
	w.live(pod)
}
