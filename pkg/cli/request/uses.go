package request

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// uses reports whether pods refer to a ConfigMap or Secret, by a volume or by an
// environment variable.
func uses(pod *corev1.PodSpec, ref cluster.Ref) bool {
	for _, v := range pod.Volumes {
		if volumeUses(v, ref) {
			return true
		}
	}
	for _, containers := range [][]corev1.Container{pod.InitContainers, pod.Containers} {
		for _, c := range containers {
			if containerUses(c, ref) {
				return true
			}
		}
	}
	return false
}

func volumeUses(v corev1.Volume, ref cluster.Ref) bool {
	switch {
	case v.ConfigMap != nil:
		return is(ref, "ConfigMap", v.ConfigMap.Name)
	case v.Secret != nil:
		return is(ref, "Secret", v.Secret.SecretName)
	case v.Projected == nil:
		return false
	}
	for _, source := range v.Projected.Sources {
		if source.ConfigMap != nil && is(ref, "ConfigMap", source.ConfigMap.Name) ||
			source.Secret != nil && is(ref, "Secret", source.Secret.Name) {
			return true
		}
	}
	return false
}

func containerUses(c corev1.Container, ref cluster.Ref) bool {
	for _, from := range c.EnvFrom {
		if from.ConfigMapRef != nil && is(ref, "ConfigMap", from.ConfigMapRef.Name) ||
			from.SecretRef != nil && is(ref, "Secret", from.SecretRef.Name) {
			return true
		}
	}
	for _, env := range c.Env {
		if env.ValueFrom == nil {
			continue
		}
		if key := env.ValueFrom.ConfigMapKeyRef; key != nil && is(ref, "ConfigMap", key.Name) {
			return true
		}
		if key := env.ValueFrom.SecretKeyRef; key != nil && is(ref, "Secret", key.Name) {
			return true
		}
	}
	return false
}

func is(ref cluster.Ref, kind, name string) bool { return ref.Kind == kind && ref.Name == name }
