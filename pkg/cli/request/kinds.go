package request

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// planned reports whether there can be an entry for a workload; skipped whether there
// will be.
func planned(ref cluster.Ref) bool {
	return ref.APIVersion == "apps/v1" && slices.Contains([]string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"}, ref.Kind)
}

func skipped(kind string) bool {
	return slices.Contains([]string{"Job", "CronJob"}, kind)
}

// podsOf is the pod template of a workload that runs by itself.
func podsOf(workload cluster.Object) *corev1.PodSpec {
	switch o := workload.(type) {
	case *appsv1.Deployment:
		return &o.Spec.Template.Spec
	case *appsv1.StatefulSet:
		return &o.Spec.Template.Spec
	case *appsv1.DaemonSet:
		return &o.Spec.Template.Spec
	}
	return &corev1.PodSpec{}
}

// servicesIn are the Services among the manifests: StatefulSets have their names by them.
func servicesIn(others []cluster.Document) []*corev1.Service {
	var services []*corev1.Service
	for _, d := range others {
		if d.Object.GetKind() != "Service" || d.Object.GetAPIVersion() != "v1" {
			continue
		}
		service := &corev1.Service{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(d.Object.Object, service); err == nil {
			services = append(services, service)
		}
	}
	return services
}
