// Package deployment decides what the Deployment controller does.
package deployment

import (
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// View is what one sync of a Deployment sees.
type View struct {
	Deployment *appsv1.Deployment
	// ReplicaSets are those of the namespace that the Deployment controls or that
	// nobody controls. Others may be among them and are ignored.
	ReplicaSets []*appsv1.ReplicaSet
	// HasPods reports whether a ReplicaSet controls a pod that is not finished,
	// terminating pods included. Only Recreate asks.
	HasPods func(replicaSet types.UID) bool
	// Lookup finds any ReplicaSet of the namespace by name, or nil.
	Lookup  func(name string) *appsv1.ReplicaSet
	Profile kubeversion.Profile
	API     controller.API
}
