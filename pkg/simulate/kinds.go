package simulate

import (
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// kind is what the API server of a simulation does with objects of one kind.
type kind struct {
	resource schema.GroupResource
	// find returns an object as it is stored, or nil.
	find func(*world, cluster.Ref) cluster.Object
	// copied returns a copy that shares its parts: nobody changes them in place.
	copied func(cluster.Object) cluster.Object
	// complete fills in what a new object has as soon as it is there; nil: nothing.
	complete func(cluster.Object)
	// keep puts back into an object what an update does not change, or a status update;
	// nil: all of it changes.
	keep func(before, after cluster.Object, status bool)
	// create and update do what a change does; nil where it cannot.
	create func(*world, cluster.Object)
	update func(w *world, current, body cluster.Object)
}

func kinds() map[string]kind {
	return map[string]kind{
		"Deployment": {
			resource: appsv1.Resource("deployments"),
			find: func(w *world, ref cluster.Ref) cluster.Object {
				if r, ok := w.workloads[ref].(*rollout); ok {
					return orNil(r.deployment)
				}
				return nil
			},
			copied:   copied[appsv1.Deployment],
			complete: firstGeneration,
			keep:     keepOfDeployment,
			create:   (*world).createDeployment,
			update:   (*world).updateDeployment,
		},
		"ReplicaSet": {
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
		},
		"StatefulSet": {
			resource: appsv1.Resource("statefulsets"),
			find: func(w *world, ref cluster.Ref) cluster.Object {
				if s, ok := w.workloads[ref].(*stateful); ok {
					return s.set
				}
				return nil
			},
			copied:   copied[appsv1.StatefulSet],
			complete: firstGeneration,
			keep:     keepOfStateful,
			create:   (*world).createStateful,
			update:   (*world).updateStateful,
		},
		"ControllerRevision": {
			resource: appsv1.Resource("controllerrevisions"),
			find:     func(w *world, ref cluster.Ref) cluster.Object { return orNil(w.revisions[keyAt(ref)]) },
			copied:   copied[appsv1.ControllerRevision],
		},
		"PersistentVolumeClaim": {
			resource: corev1.Resource("persistentvolumeclaims"),
			find:     func(w *world, ref cluster.Ref) cluster.Object { return orNil(w.claims.find(keyAt(ref))) },
			copied:   copied[corev1.PersistentVolumeClaim],
			complete: bind,
		},
	}
}

type pointer[T any] interface {
	*T
	cluster.Object
}

// orNil makes a nil pointer a nil object.
func orNil[T any, P pointer[T]](object P) cluster.Object {
	if object == nil {
		return nil
	}
	return object
}

func copied[T any, P pointer[T]](object cluster.Object) cluster.Object {
	c := *object.(P)
	return P(&c)
}

func firstGeneration(object cluster.Object) { object.SetGeneration(1) }

// keepOfDeployment counts changes of the spec, and also those of the annotations in an
// ordinary update; a status update keeps the spec but stores annotations.
// Follows pkg/registry/apps/deployment/strategy.go, v1.37.0.
func keepOfDeployment(stored, written cluster.Object, status bool) {
	before, after := stored.(*appsv1.Deployment), written.(*appsv1.Deployment)
	if status {
		after.Spec = before.Spec
		after.Labels = before.Labels
		after.Status.Conditions = cutConditionTimes(after.Status.Conditions)
		return
	}
	after.Status = before.Status
	after.Generation = before.Generation
	if !equality.Semantic.DeepEqual(before.Spec, after.Spec) ||
		!equality.Semantic.DeepEqual(before.Annotations, after.Annotations) {
		after.Generation++
	}
}

// keepOfSet counts changes of the spec.
// Follows pkg/registry/apps/replicaset/strategy.go, v1.37.0.
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

// keepOfStateful counts changes of the spec.
// Follows pkg/registry/apps/statefulset/strategy.go, v1.37.0.
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

func cutTransitionTimes(conditions []appsv1.StatefulSetCondition) []appsv1.StatefulSetCondition {
	cut := slices.Clone(conditions)
	for i := range cut {
		cut[i].LastTransitionTime = metav1.NewTime(cut[i].LastTransitionTime.Truncate(time.Second))
	}
	return cut
}
