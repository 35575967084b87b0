package defaults

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// PodTemplate fills in a pod template, in place. What a server fills in only in
// pods stays out: enableServiceLinks, requests taken from limits, host ports of
// the host network, pod-level requests, HTTP protocols of probes.
// Follows pkg/apis/apps/v1/zz_generated.defaults.go SetObjectDefaults_ReplicaSet, v1.37.0.
func PodTemplate(t *corev1.PodTemplateSpec, profile kubeversion.Profile) {
	spec := &t.Spec
	podSpec(spec)
	for i := range spec.Volumes {
		volume(&spec.Volumes[i], profile)
	}
	for i := range spec.InitContainers {
		container(&spec.InitContainers[i])
	}
	for i := range spec.Containers {
		container(&spec.Containers[i])
	}
	for i := range spec.EphemeralContainers {
		common := &spec.EphemeralContainers[i].EphemeralContainerCommon
		container((*corev1.Container)(common))
	}
	quantities(spec.Overhead)
	if spec.Resources != nil {
		quantities(spec.Resources.Limits)
		quantities(spec.Resources.Requests)
	}
}

// podSpec keeps the two names of the service account equal; where they differ,
// the current name wins. Up to 1.36 that happened on conversion, to the same end.
// Follows pkg/apis/core/v1/defaults.go SetDefaults_PodSpec, v1.37.0.
func podSpec(spec *corev1.PodSpec) {
	value(&spec.ServiceAccountName, spec.DeprecatedServiceAccount)
	spec.DeprecatedServiceAccount = spec.ServiceAccountName
	value(&spec.DNSPolicy, corev1.DNSClusterFirst)
	value(&spec.RestartPolicy, corev1.RestartPolicyAlways)
	pointer(&spec.SecurityContext, corev1.PodSecurityContext{})
	pointer(&spec.TerminationGracePeriodSeconds, corev1.DefaultTerminationGracePeriodSeconds)
	value(&spec.SchedulerName, corev1.DefaultSchedulerName)
}

// quantities rounds each amount up to thousandths: 0.5m becomes 1m.
// Follows pkg/apis/core/v1/defaults.go SetDefaults_ResourceList, v1.37.0.
func quantities(list corev1.ResourceList) {
	for name, amount := range list {
		amount.RoundUp(resource.Milli)
		list[name] = amount
	}
}
