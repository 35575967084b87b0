package revision

import (
	"maps"
	"reflect"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
)

// SameTemplate reports whether two templates are the same revision: semantically
// equal, whatever their pod-template-hash label says. It changes neither.
// Follows deployment_util.go EqualIgnoreHash, v1.37.0, without its deep copies.
func SameTemplate(a, b *corev1.PodTemplateSpec) bool {
	if a == b {
		return true
	}
	if differsAtSight(&a.Spec, &b.Spec) {
		return false
	}
	if !maps.Equal(withoutHash(a.Labels), withoutHash(b.Labels)) {
		return false
	}
	metaA, metaB := a.ObjectMeta, b.ObjectMeta
	metaA.Labels, metaB.Labels = nil, nil
	return semanticallyEqual(&metaA, &metaB) && semanticallyEqual(&a.Spec, &b.Spec)
}

// semanticallyEqual asks the standard library first: what it calls equal is
// equal semantically too, and it says so several times faster.
func semanticallyEqual(a, b any) bool {
	return reflect.DeepEqual(a, b) || equality.Semantic.DeepEqual(a, b)
}

// differsAtSight looks at what a rollout changes most often. Its yes is certain;
// its no says nothing.
func differsAtSight(a, b *corev1.PodSpec) bool {
	if len(a.Containers) != len(b.Containers) || len(a.InitContainers) != len(b.InitContainers) ||
		len(a.Volumes) != len(b.Volumes) {
		return true
	}
	for i := range a.Containers {
		x, y := &a.Containers[i], &b.Containers[i]
		if x.Image != y.Image || x.Name != y.Name || len(x.Env) != len(y.Env) {
			return true
		}
	}
	return false
}

// withoutHash returns the labels themselves where they have no hash, so that
// most calls copy nothing.
func withoutHash(labels map[string]string) map[string]string {
	if _, ok := labels[appsv1.DefaultDeploymentUniqueLabelKey]; !ok {
		return labels
	}
	rest := make(map[string]string, len(labels))
	for key, value := range labels {
		if key != appsv1.DefaultDeploymentUniqueLabelKey {
			rest[key] = value
		}
	}
	return rest
}

// WithoutHash returns a copy of a template that lacks the pod-template-hash
// label, as a Deployment holds it.
func WithoutHash(template *corev1.PodTemplateSpec) corev1.PodTemplateSpec {
	bare := template.DeepCopy()
	delete(bare.Labels, appsv1.DefaultDeploymentUniqueLabelKey)
	return *bare
}
