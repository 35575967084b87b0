// Package replicaset decides what the ReplicaSet controller does.
package replicaset

import (
	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// View is what one sync of a ReplicaSet sees.
type View struct {
	ReplicaSet *appsv1.ReplicaSet
	// Owned are the pods that the ReplicaSet controls and its selector matches.
	Owned *controller.PodSet
	// Strays are pods that it controls and its selector does not match.
	Strays []*controller.Pod
	// Orphans are the pods of the namespace that nobody controls.
	Orphans []*controller.Pod
	// Neighbours counts the active pods on a node that belong to any ReplicaSet of
	// the same owner; only the order of deletions depends on it.
	Neighbours func(node string) int
	Profile    kubeversion.Profile
	API        controller.API
}
