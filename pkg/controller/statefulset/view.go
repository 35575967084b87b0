// Package statefulset decides what the StatefulSet controller does.
package statefulset

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// View is what one sync of a StatefulSet sees.
type View struct {
	StatefulSet *appsv1.StatefulSet
	// Pods are those that the StatefulSet controls and that IsMember takes for its
	// own.
	Pods *PodSet
	// Strays are the pods that it controls and that IsMember does not take for its own.
	Strays []*controller.Pod
	// Orphans are the pods of the namespace that nobody controls.
	Orphans []*controller.Pod
	// Revisions are those of the namespace that the StatefulSet controls or that nobody
	// controls. Others may be among them and are ignored.
	Revisions []*appsv1.ControllerRevision
	// Lookup finds any ControllerRevision of the namespace by name, or nil.
	Lookup func(name string) *appsv1.ControllerRevision
	// Claim finds any PersistentVolumeClaim of the namespace by name, or nil.
	Claim func(name string) *corev1.PersistentVolumeClaim
	// Memory is handed to every sync of the StatefulSet, to be quick; nil is fine.
	Memory  *Memory
	Profile kubeversion.Profile
	API     controller.API
}
