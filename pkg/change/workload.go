package change

import (
	"errors"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/json"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

// workload returns a copy of the target's object, defaulted and free to change.
func (t Target) workload() (cluster.Object, error) {
	if t.Object == nil {
		return nil, errors.New("the workload does not exist in the state: create it with a manifest")
	}
	object, ok := t.Object.DeepCopyObject().(cluster.Object)
	if !ok {
		return nil, unplanned(cluster.RefOf(t.Object))
	}
	return object, store(object, t.Profile)
}

func unplanned(ref cluster.Ref) error {
	return fmt.Errorf(
		"%s (%s) cannot be changed here: Deployments, StatefulSets, DaemonSets and ReplicaSets of apps/v1 can",
		ref, ref.APIVersion)
}

// store gives the object the defaults and the shape in which a server keeps it,
// in place.
func store(object cluster.Object, profile kubeversion.Profile) error {
	// The stored encoding has no apiVersion and kind.
	kind := object.GetObjectKind().GroupVersionKind()
	var err error
	switch o := object.(type) {
	case *appsv1.Deployment:
		defaults.Deployment(o, profile)
		err = defaults.Stored(o)
	case *appsv1.ReplicaSet:
		defaults.ReplicaSet(o, profile)
		err = defaults.Stored(o)
	case *appsv1.StatefulSet:
		defaults.StatefulSet(o, profile)
		err = defaults.Stored(o)
	case *appsv1.DaemonSet:
		defaults.DaemonSet(o, profile)
		err = defaults.Stored(o)
	default:
		return unplanned(cluster.RefOf(object))
	}
	object.GetObjectKind().SetGroupVersionKind(kind)
	if err != nil {
		return fmt.Errorf("%s: %w", cluster.RefOf(object), err)
	}
	return nil
}

// empty returns an object of the kind without any content, or nil where the kind
// is not planned.
func empty(kind schema.GroupVersionKind) cluster.Object {
	switch kind {
	case appsv1.SchemeGroupVersion.WithKind("Deployment"):
		return &appsv1.Deployment{}
	case appsv1.SchemeGroupVersion.WithKind("ReplicaSet"):
		return &appsv1.ReplicaSet{}
	case appsv1.SchemeGroupVersion.WithKind("StatefulSet"):
		return &appsv1.StatefulSet{}
	case appsv1.SchemeGroupVersion.WithKind("DaemonSet"):
		return &appsv1.DaemonSet{}
	}
	return nil
}

// decode reads JSON into the object. Unlike a server in its lenient mode it
// takes a field that does not exist for an error.
func decode(data []byte, into cluster.Object) error {
	strict, err := json.UnmarshalStrict(data, into)
	if err != nil {
		return err
	}
	return errors.Join(strict...)
}

// podTemplate returns the template inside a workload.
func podTemplate(object cluster.Object) *corev1.PodTemplateSpec {
	switch o := object.(type) {
	case *appsv1.Deployment:
		return &o.Spec.Template
	case *appsv1.ReplicaSet:
		return &o.Spec.Template
	case *appsv1.StatefulSet:
		return &o.Spec.Template
	case *appsv1.DaemonSet:
		return &o.Spec.Template
	}
	return nil
}

// replicas returns where a workload keeps its size; nil of a DaemonSet, whose size is the
// number of nodes.
func replicas(object cluster.Object) **int32 {
	switch o := object.(type) {
	case *appsv1.Deployment:
		return &o.Spec.Replicas
	case *appsv1.ReplicaSet:
		return &o.Spec.Replicas
	case *appsv1.StatefulSet:
		return &o.Spec.Replicas
	}
	return nil
}

// refusals returns why the API would reject the object, created where before is
// nil and else updated.
func refusals(before, after cluster.Object, profile kubeversion.Profile) []validate.Refusal {
	switch o := after.(type) {
	case *appsv1.Deployment:
		if old, ok := before.(*appsv1.Deployment); ok {
			return validate.DeploymentUpdate(old, o, profile)
		}
		return validate.Deployment(o, profile)
	case *appsv1.ReplicaSet:
		if old, ok := before.(*appsv1.ReplicaSet); ok {
			return validate.ReplicaSetUpdate(old, o, profile)
		}
		return validate.ReplicaSet(o, profile)
	case *appsv1.StatefulSet:
		if old, ok := before.(*appsv1.StatefulSet); ok {
			return validate.StatefulSetUpdate(old, o, profile)
		}
		return validate.StatefulSet(o, profile)
	case *appsv1.DaemonSet:
		if old, ok := before.(*appsv1.DaemonSet); ok {
			return validate.DaemonSetUpdate(old, o, profile)
		}
		return validate.DaemonSet(o, profile)
	}
	return nil
}
