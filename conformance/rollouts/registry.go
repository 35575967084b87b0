package rollouts

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
)

var errOld = errors.New("the object has been modified")

// kind is what the store knows about the objects of a resource.
type kind struct {
	schema.GroupVersionKind
	empty func() cluster.Object
}

// kindOf tells the kind of a resource.
func kindOf(resource string) kind {
	apps := appsv1.SchemeGroupVersion.WithKind
	switch resource {
	case deployments:
		return kind{apps("Deployment"), func() cluster.Object { return &appsv1.Deployment{} }}
	case replicaSets:
		return kind{apps("ReplicaSet"), func() cluster.Object { return &appsv1.ReplicaSet{} }}
	case statefulSets:
		return kind{apps("StatefulSet"), func() cluster.Object { return &appsv1.StatefulSet{} }}
	case daemonSets:
		return kind{apps("DaemonSet"), func() cluster.Object { return &appsv1.DaemonSet{} }}
	case machines:
		return kind{corev1.SchemeGroupVersion.WithKind("Node"), func() cluster.Object { return &corev1.Node{} }}
	case revisions:
		return kind{apps("ControllerRevision"), func() cluster.Object { return &appsv1.ControllerRevision{} }}
	case claims:
		return kind{corev1.SchemeGroupVersion.WithKind("PersistentVolumeClaim"),
			func() cluster.Object { return &corev1.PersistentVolumeClaim{} }}
	}
	return kind{corev1.SchemeGroupVersion.WithKind("Pod"), func() cluster.Object { return &corev1.Pod{} }}
}

// resourceOf tells the resource that an object belongs to.
func resourceOf(object cluster.Object) string {
	for _, resource := range resources() {
		if reflect.TypeOf(emptyOf(resource)) == reflect.TypeOf(object) {
			return resource
		}
	}
	panic(fmt.Sprintf("the store keeps no %T", object))
}

// namespaceOf is where the objects of a resource are: nodes are in none.
func namespaceOf(resource string) string {
	if resource == machines {
		return ""
	}
	return namespace
}

func groupResource(resource string) schema.GroupResource {
	return schema.GroupResource{Group: kindOf(resource).Group, Resource: resource}
}

func emptyOf(resource string) cluster.Object { return kindOf(resource).empty() }

// asStored is an object after a way through JSON: times are cut to seconds, empty
// lists are nil.
func asStored(object cluster.Object) cluster.Object {
	stored := emptyOf(resourceOf(object))
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
	case *appsv1.StatefulSet:
		o.Status = appsv1.StatefulSetStatus{}
	case *appsv1.DaemonSet:
		o.Status = appsv1.DaemonSetStatus{}
		defaults.CountTemplates(nil, o)
	case *corev1.Pod:
		o.Status = corev1.PodStatus{Phase: corev1.PodPending}
	case *corev1.PersistentVolumeClaim:
		bind(o)
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
// Follows pkg/registry/apps/{deployment,replicaset,statefulset,daemonset}/strategy.go, v1.37.0.
func prepareForUpdate(object, current cluster.Object, status bool) {
	changed := false
	switch after := object.(type) {
	case *appsv1.Deployment:
		before := current.(*appsv1.Deployment)
		if status {
			after.Labels = before.Labels
		}
		changed = keepOther(status, partsOf(&after.Spec, &after.Status), partsOf(&before.Spec, &before.Status)) ||
			!status && !equality.Semantic.DeepEqual(before.Annotations, after.Annotations)
	case *appsv1.ReplicaSet:
		before := current.(*appsv1.ReplicaSet)
		changed = keepOther(status, partsOf(&after.Spec, &after.Status), partsOf(&before.Spec, &before.Status))
	case *appsv1.StatefulSet:
		before := current.(*appsv1.StatefulSet)
		changed = keepOther(status, partsOf(&after.Spec, &after.Status), partsOf(&before.Spec, &before.Status))
	case *appsv1.DaemonSet:
		before := current.(*appsv1.DaemonSet)
		changed = keepOther(status, partsOf(&after.Spec, &after.Status), partsOf(&before.Spec, &before.Status))
		if !status {
			defaults.CountTemplates(before, after)
		}
	case *corev1.Pod:
		// A controller may send the Pod as it was before it had a node.
		before := current.(*corev1.Pod)
		after.Status, after.Spec.NodeName = before.Status, before.Spec.NodeName
	case *corev1.PersistentVolumeClaim:
		after.Status = current.(*corev1.PersistentVolumeClaim).Status
	}
	object.SetGeneration(current.GetGeneration())
	if changed {
		object.SetGeneration(current.GetGeneration() + 1)
	}
}

// parts are those of an object that different requests write.
type parts[S, T any] struct {
	spec   *S
	status *T
}

func partsOf[S, T any](spec *S, status *T) parts[S, T] { return parts[S, T]{spec, status} }

// keepOther keeps the spec in a status update and the status in any other, and reports
// whether the spec changes.
func keepOther[S, T any](onlyStatus bool, after, before parts[S, T]) bool {
	if onlyStatus {
		*after.spec = *before.spec
		return false
	}
	*after.status = *before.status
	return !equality.Semantic.DeepEqual(*before.spec, *after.spec)
}
