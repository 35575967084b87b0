// Package daemonset decides what the DaemonSet controller does, and on which nodes.
package daemonset

import (
	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// View is what one sync of a DaemonSet sees.
type View struct {
	DaemonSet *appsv1.DaemonSet
	Nodes     *Nodes
	// Pods are those that the DaemonSet controls and that its selector matches.
	Pods *PodSet
	// Strays are the pods that it controls and that its selector does not match.
	Strays []*controller.Pod
	// Orphans are the pods of the namespace that nobody controls.
	Orphans []*controller.Pod
	// Revisions are those of the namespace that the DaemonSet controls or that nobody
	// controls. Others may be among them and are ignored.
	Revisions []*appsv1.ControllerRevision
	// Lookup finds any ControllerRevision of the namespace by name, or nil.
	Lookup func(name string) *appsv1.ControllerRevision
	// Memory is handed to every sync of the DaemonSet. With nil, pods that fail again and
	// again are deleted without delay.
	Memory  *Memory
	Profile kubeversion.Profile
	API     controller.API
}
