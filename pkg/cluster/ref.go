// Package cluster holds what a cluster contains at one instant: API objects,
// references to them and their owners. Everything in it is a value to read.
package cluster

import (
	"cmp"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Object is any API object.
type Object interface {
	runtime.Object
	metav1.Object
}

// Ref names an object.
type Ref struct {
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
}

// RefOf returns the reference of an object whose apiVersion and kind are set.
func RefOf(object Object) Ref {
	kind := object.GetObjectKind().GroupVersionKind()
	return Ref{
		APIVersion: kind.GroupVersion().String(),
		Kind:       kind.Kind,
		Namespace:  object.GetNamespace(),
		Name:       object.GetName(),
	}
}

// String is how kubectl names the object: "deployment/web".
func (r Ref) String() string {
	return strings.ToLower(r.Kind) + "/" + r.Name
}

// Compare orders by namespace, kind and name: the order of a plan.
func (r Ref) Compare(other Ref) int {
	return cmp.Or(
		strings.Compare(r.Namespace, other.Namespace),
		strings.Compare(r.Kind, other.Kind),
		strings.Compare(r.Name, other.Name),
		strings.Compare(r.APIVersion, other.APIVersion),
	)
}
