package cluster

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ControllerOf returns the owner reference that is marked as controller, or nil.
func ControllerOf(object metav1.Object) *metav1.OwnerReference {
	return metav1.GetControllerOfNoCopy(object)
}
