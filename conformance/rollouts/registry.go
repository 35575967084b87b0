package rollouts

import (
	"encoding/json"
	"errors"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

var errOld = errors.New("the object has been modified")

func groupResource(resource string) schema.GroupResource {
	if resource == pods {
		return corev1.Resource(resource)
	}
	return appsv1.Resource(resource)
}

func emptyOf(resource string) cluster.Object {
	switch resource {
	case deployments:
		return &appsv1.Deployment{}
	case replicaSets:
		return &appsv1.ReplicaSet{}
	}
	return &corev1.Pod{}
}

// asStored is an object after a way through JSON: times are cut to seconds, empty
// lists are nil.
func asStored(object cluster.Object) cluster.Object {
	var stored cluster.Object
	switch object.(type) {
	case *appsv1.Deployment:
		stored = &appsv1.Deployment{}
	case *appsv1.ReplicaSet:
		stored = &appsv1.ReplicaSet{}
	default:
		stored = &corev1.Pod{}
	}
	if err := json.Unmarshal(encode(object), stored); err != nil {
		panic(err)
	}
	stored.GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{})
	return stored
}

func encode(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return data
}

// prepareForCreate drops the status that a client sent.
// Follows pkg/registry/{apps,core} strategy.go PrepareForCreate, v1.37.0.
func prepareForCreate(object cluster.Object) {
	switch o := object.(type) {
	case *appsv1.Deployment:
		o.Status = appsv1.DeploymentStatus{}
	case *appsv1.ReplicaSet:
		o.Status = appsv1.ReplicaSetStatus{}
	case *corev1.Pod:
		o.Status = corev1.PodStatus{Phase: corev1.PodPending}
	}
}

// keepIdentity restores what no update changes.
func keepIdentity(object, current cluster.Object) {
	object.SetUID(current.GetUID())
	object.SetCreationTimestamp(current.GetCreationTimestamp())
	object.SetDeletionTimestamp(current.GetDeletionTimestamp())
	object.SetResourceVersion(current.GetResourceVersion())
	object.SetNamespace(current.GetNamespace())
}

// prepareForUpdate keeps the part that the request may not change, and counts the
// generation. A status update stores annotations.
// Follows pkg/registry/apps/{deployment,replicaset}/strategy.go, v1.37.0.
func prepareForUpdate(object, current cluster.Object, status bool) {
	object.SetGeneration(current.GetGeneration())
	changed := false
	switch after := object.(type) {
	case *appsv1.Deployment:
		before := current.(*appsv1.Deployment)
		if status {
			after.Spec, after.Labels = before.Spec, before.Labels
			return
		}
		after.Status = before.Status
		changed = !equality.Semantic.DeepEqual(before.Spec, after.Spec) ||
			!equality.Semantic.DeepEqual(before.Annotations, after.Annotations)
	case *appsv1.ReplicaSet:
		before := current.(*appsv1.ReplicaSet)
		if status {
			after.Spec = before.Spec
			return
		}
		after.Status = before.Status
		changed = !equality.Semantic.DeepEqual(before.Spec, after.Spec)
	}
	if changed {
		object.SetGeneration(current.GetGeneration() + 1)
	}
}
