package daemonset

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// Fit is whether the pods of a DaemonSet belong on a node.
type Fit struct {
	// Should: a pod is created there.
	Should bool
	// Continue: a pod that is there may stay. It holds wherever Should does.
	Continue bool
	Reason   FitReason
	// Message says it for people; empty where there is nothing to tell. Nodes that are left
	// out for the same thing have the same message.
	Message string
}

// FitReason is why a node has or lacks a pod, one word for machines and tests.
type FitReason string

// The reasons, in the order in which they are asked.
const (
	OtherNode        FitReason = "OtherNode"        // spec.nodeName of the template names another node
	SelectorMismatch FitReason = "SelectorMismatch" // nodeSelector asks for another label
	AffinityMismatch FitReason = "AffinityMismatch" // no term of the required node affinity matches
	Tainted          FitReason = "Tainted"          // a taint is not tolerated
	Tolerated        FitReason = "Tolerated"        // it fits, and tolerates a taint
	Untainted        FitReason = "Untainted"        // it fits, and there is nothing to tolerate
)

// FitOf says whether the pods of a DaemonSet belong on a node, and why.
// Follows daemon_controller.go NodeShouldRunDaemonPod, v1.37.0.
func FitOf(ds *appsv1.DaemonSet, node *corev1.Node, profile kubeversion.Profile) Fit {
	return PlacementOf(ds, profile).Fit(node)
}
