// Package defaults fills in what an API server fills in when a workload is
// created, so that a manifest read from a file equals what a server stores.
package defaults

import (
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// Deployment fills in the Deployment and its pod template, in place.
// Follows pkg/apis/apps/v1/defaults.go SetDefaults_Deployment, v1.37.0.
func Deployment(d *appsv1.Deployment, profile kubeversion.Profile) {
	pointer(&d.Spec.Replicas, 1)
	strategy(&d.Spec.Strategy)
	pointer(&d.Spec.RevisionHistoryLimit, 10)
	pointer(&d.Spec.ProgressDeadlineSeconds, 600)
	PodTemplate(&d.Spec.Template, profile)
}

// ReplicaSet fills in the ReplicaSet and its pod template, in place.
// Follows pkg/apis/apps/v1/defaults.go SetDefaults_ReplicaSet, v1.37.0.
func ReplicaSet(rs *appsv1.ReplicaSet, profile kubeversion.Profile) {
	pointer(&rs.Spec.Replicas, 1)
	PodTemplate(&rs.Spec.Template, profile)
}

// strategy leaves an unknown type as it is: validation refuses it.
func strategy(s *appsv1.DeploymentStrategy) {
	value(&s.Type, appsv1.RollingUpdateDeploymentStrategyType)
	if s.Type != appsv1.RollingUpdateDeploymentStrategyType {
		return
	}
	pointer(&s.RollingUpdate, appsv1.RollingUpdateDeployment{})
	pointer(&s.RollingUpdate.MaxUnavailable, intstr.FromString("25%"))
	pointer(&s.RollingUpdate.MaxSurge, intstr.FromString("25%"))
}

// value sets a field that has its zero value.
func value[T comparable](field *T, initial T) {
	var zero T
	if *field == zero {
		*field = initial
	}
}

// pointer sets a field that is nil.
func pointer[T any](field **T, initial T) {
	if *field == nil {
		*field = &initial
	}
}
