package simulate

import (
	"encoding/json"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

func statefulKind() kind {
	return kind{
		resource: appsv1.Resource("statefulsets"),
		find: func(w *world, ref cluster.Ref) cluster.Object {
			if s, ok := w.workloads[ref].(*stateful); ok {
				return s.set
			}
			return nil
		},
		copied:   copied[appsv1.StatefulSet],
		complete: newOfStateful,
		keep:     keepOfStateful,
		create:   (*world).createStateful,
		update:   (*world).updateStateful,
	}
}

// revisionKind is of ControllerRevisions. They have no generation and no status. A sync
// that adopts one and makes it the newest meets a conflict: it knows the version before.
func revisionKind() kind {
	return kind{
		resource: appsv1.Resource("controllerrevisions"),
		find:     func(w *world, ref cluster.Ref) cluster.Object { return orNil(w.revisions[keyAt(ref)]) },
		copied:   copied[appsv1.ControllerRevision],
		patched:  withOwners,
	}
}

// withOwners gives a revision the owners that a patch adds.
func withOwners(object cluster.Object, patch []byte) cluster.Object {
	var added struct {
		Metadata struct{ OwnerReferences []metav1.OwnerReference }
	}
	// The patch is our own.
	_ = json.Unmarshal(patch, &added)
	adopted := object.DeepCopyObject().(*appsv1.ControllerRevision)
	adopted.OwnerReferences = append(adopted.OwnerReferences, added.Metadata.OwnerReferences...)
	return adopted
}

func claimKind() kind {
	return kind{
		resource: corev1.Resource("persistentvolumeclaims"),
		find:     func(w *world, ref cluster.Ref) cluster.Object { return orNil(w.claims.find(keyAt(ref))) },
		copied:   copied[corev1.PersistentVolumeClaim],
		complete: bind,
	}
}

// newOfStateful forgets the status that somebody sent along.
// Follows pkg/registry/apps/statefulset/strategy.go PrepareForCreate, v1.37.0.
func newOfStateful(object cluster.Object) {
	firstGeneration(object)
	object.(*appsv1.StatefulSet).Status = appsv1.StatefulSetStatus{}
}

// keepOfStateful counts changes of the spec.
// Follows pkg/registry/apps/statefulset/strategy.go PrepareForUpdate, v1.37.0.
func keepOfStateful(stored, written cluster.Object, status bool) {
	before, after := stored.(*appsv1.StatefulSet), written.(*appsv1.StatefulSet)
	if status {
		after.Spec = before.Spec
		after.Status.Conditions = cutTransitionTimes(after.Status.Conditions)
		return
	}
	after.Status = before.Status
	after.Generation = before.Generation
	if !equality.Semantic.DeepEqual(before.Spec, after.Spec) {
		after.Generation++
	}
}

func cutTransitionTimes(conditions []appsv1.StatefulSetCondition) []appsv1.StatefulSetCondition {
	cut := slices.Clone(conditions)
	for i := range cut {
		cut[i].LastTransitionTime = metav1.NewTime(cut[i].LastTransitionTime.Truncate(time.Second))
	}
	return cut
}

func (w *world) createStateful(object cluster.Object) {
	s := w.newStateful(object.(*appsv1.StatefulSet), nil)
	s.enter(w)
}

func (w *world) updateStateful(current, body cluster.Object) {
	s := w.workloads[cluster.RefOf(current)].(*stateful)
	before := s.minReady()
	s.set = w.updated(current, body).(*appsv1.StatefulSet)
	s.findNewest(w)
	w.statefulSets.add(s)
	if s.minReady() == before {
		return
	}
	s.recount(w)
	for _, pod := range s.pods.All() {
		if pod.Ready && pod.ReadyAt.Add(s.minReady()).After(w.now) {
			s.awaitAvailable(w, pod)
		}
	}
}
