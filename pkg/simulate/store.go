package simulate

import (
	"errors"
	"slices"
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// transaction answers the writes of one sync as the API server would, without
// doing them: each write meets what the earlier ones of the sync left. So a second
// write of an object with its old resourceVersion is a conflict.
type transaction struct {
	world   *world
	version int64
	// pending is what each object would be; nil where it is deleted.
	pending map[cluster.Ref]cluster.Object
	// stored is the result of each accepted write, in order.
	stored []cluster.Object
}

func (w *world) begin() *transaction {
	return &transaction{world: w, version: w.version, pending: map[cluster.Ref]cluster.Object{}}
}

// Admit implements controller.API: no quota is assumed.
func (t *transaction) Admit(_ *corev1.Pod, count int) (int, error) { return count, nil }

// Answer implements controller.API.
func (t *transaction) Answer(write controller.Write) (cluster.Object, error) {
	if write.Object.Kind == "Pod" {
		return nil, nil
	}
	current := t.current(write.Object)
	var stored cluster.Object
	switch write.Verb {
	case controller.Create:
		if current != nil {
			return nil, apierrors.NewAlreadyExists(appsv1.Resource("replicasets"), write.Object.Name)
		}
		stored = t.world.born(write.Body)
	case controller.Delete, controller.Patch:
		if current == nil {
			return nil, apierrors.NewNotFound(appsv1.Resource("replicasets"), write.Object.Name)
		}
		if write.Reason == controller.AdoptOrphan && cluster.ControllerOf(current) != nil {
			return nil, apierrors.NewConflict(appsv1.Resource("replicasets"), write.Object.Name, errors.New("it has an owner"))
		}
	default:
		if current == nil {
			return nil, apierrors.NewNotFound(appsv1.Resource("replicasets"), write.Object.Name)
		}
		if current.GetResourceVersion() != write.Body.GetResourceVersion() {
			return nil, apierrors.NewConflict(appsv1.Resource("replicasets"), write.Object.Name,
				errors.New("the object has been modified"))
		}
		stored = merge(current, write)
	}
	if stored != nil {
		t.version++
		stored.SetResourceVersion(strconv.FormatInt(t.version, 10))
	}
	if write.Verb != controller.Patch {
		t.pending[write.Object] = stored
	}
	t.stored = append(t.stored, stored)
	return stored, nil
}

// take returns the stored object of the next accepted write.
func (t *transaction) take() cluster.Object {
	first := t.stored[0]
	t.stored = t.stored[1:]
	if first != nil {
		t.world.version++
	}
	return first
}

// answer lets the API server answer one write now.
func (w *world) answer(write controller.Write) (cluster.Object, error) {
	tx := w.begin()
	stored, err := tx.Answer(write)
	w.version = tx.version
	return stored, err
}

func (t *transaction) current(ref cluster.Ref) cluster.Object {
	if object, ok := t.pending[ref]; ok {
		return object
	}
	return t.world.object(ref)
}

func (w *world) object(ref cluster.Ref) cluster.Object {
	if ref.Kind == "Deployment" {
		if r := w.rollouts[ref]; r != nil && r.deployment != nil {
			return r.deployment
		}
		return nil
	}
	if s := w.sets[types.NamespacedName{Namespace: ref.Namespace, Name: ref.Name}]; s != nil {
		return s.rs
	}
	return nil
}

// born is an object as the API server stores it when it is created.
func (w *world) born(object cluster.Object) cluster.Object {
	created := object.DeepCopyObject().(cluster.Object)
	ref := cluster.RefOf(created)
	if created.GetUID() == "" {
		created.SetUID(types.UID("predicted:" + ref.Kind + "/" + ref.Namespace + "/" + ref.Name))
	}
	created.SetCreationTimestamp(metav1.NewTime(w.now.Truncate(time.Second)))
	created.SetGeneration(1)
	return created
}

// merge is an object after an update or a status update. The generation counts
// changes of the spec, a Deployment's also those of its annotations in an ordinary
// update; a status update keeps the spec but stores annotations.
// Follows pkg/registry/apps/{deployment,replicaset}/strategy.go, v1.37.0.
func merge(current cluster.Object, write controller.Write) cluster.Object {
	stored := shallow(write.Body)
	status := write.Verb == controller.UpdateStatus
	switch after := stored.(type) {
	case *appsv1.Deployment:
		before := current.(*appsv1.Deployment)
		if status {
			after.Spec = before.Spec
			after.Labels = before.Labels
			after.Status.Conditions = cutConditionTimes(after.Status.Conditions)
			return after
		}
		after.Status = before.Status
		after.Generation = before.Generation
		if !equality.Semantic.DeepEqual(before.Spec, after.Spec) ||
			!equality.Semantic.DeepEqual(before.Annotations, after.Annotations) {
			after.Generation++
		}
	case *appsv1.ReplicaSet:
		before := current.(*appsv1.ReplicaSet)
		if status {
			after.Spec = before.Spec
			return after
		}
		after.Status = before.Status
		after.Generation = before.Generation
		if !equality.Semantic.DeepEqual(before.Spec, after.Spec) {
			after.Generation++
		}
	}
	return stored
}

// cutConditionTimes cuts times to whole seconds, as JSON holds them.
func cutConditionTimes(conditions []appsv1.DeploymentCondition) []appsv1.DeploymentCondition {
	cut := slices.Clone(conditions)
	for i := range cut {
		c := &cut[i]
		c.LastUpdateTime = metav1.NewTime(c.LastUpdateTime.Truncate(time.Second))
		c.LastTransitionTime = metav1.NewTime(c.LastTransitionTime.Truncate(time.Second))
	}
	return cut
}

// shallow copies an object whose parts are shared: nobody changes them in place.
func shallow(object cluster.Object) cluster.Object {
	switch o := object.(type) {
	case *appsv1.Deployment:
		copied := *o
		return &copied
	case *appsv1.ReplicaSet:
		copied := *o
		return &copied
	}
	return object.DeepCopyObject().(cluster.Object)
}
