package statefulset

import (
	"maps"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// newPod is the pod with an ordinal that does not exist yet.
// Follows stateful_set_utils.go newStatefulSetPod, v1.37.0.
func (s *sync) newPod(ordinal int, at *version) *corev1.Pod {
	pod := s.podFromTemplate(at.template)
	pod.Name = PodName(s.set, ordinal)
	s.identify(pod, ordinal)
	pod.Labels[appsv1.StatefulSetRevisionLabel] = at.name
	pod.Spec.Hostname = pod.Name
	pod.Spec.Subdomain = s.set.Spec.ServiceName
	pod.Spec.Volumes = s.volumesOf(pod, ordinal)
	return pod
}

// podFromTemplate follows controller_utils.go GetPodFromTemplate, v1.37.0.
func (s *sync) podFromTemplate(template *corev1.PodTemplateSpec) *corev1.Pod {
	pod := &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			GenerateName:    controller.GenerateName(s.set.Name),
			Labels:          make(map[string]string, len(template.Labels)+3),
			Annotations:     map[string]string{},
			Finalizers:      append([]string{}, template.Finalizers...),
			OwnerReferences: []metav1.OwnerReference{s.ownerReference()},
		},
		Spec: template.Spec,
	}
	maps.Copy(pod.Labels, template.Labels)
	maps.Copy(pod.Annotations, template.Annotations)
	return pod
}

// identify gives a pod, whose labels are its own, the name and the labels of its
// ordinal. Follows stateful_set_utils.go updateIdentity, v1.37.0.
func (s *sync) identify(pod *corev1.Pod, ordinal int) {
	pod.Name = PodName(s.set, ordinal)
	pod.Namespace = s.set.Namespace
	pod.Labels[appsv1.StatefulSetPodNameLabel] = pod.Name
	if s.Profile.Enabled(kubeversion.PodIndexLabel) {
		pod.Labels[appsv1.PodIndexLabel] = strconv.Itoa(ordinal)
	}
}

// volumesOf returns the volumes that a pod ought to have: those of its claims, then
// its own of other names.
// Follows stateful_set_utils.go updateStorage, v1.37.0, where the order is random.
func (s *sync) volumesOf(pod *corev1.Pod, ordinal int) []corev1.Volume {
	templates := s.set.Spec.VolumeClaimTemplates
	if len(templates) == 0 {
		return pod.Spec.Volumes
	}
	volumes := make([]corev1.Volume, 0, len(templates)+len(pod.Spec.Volumes))
	claimed := map[string]bool{}
	for _, template := range templates {
		claimed[template.Name] = true
		volumes = append(volumes, corev1.Volume{
			Name: template.Name,
			VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{
				ClaimName: ClaimName(template.Name, s.set.Name, ordinal),
			}},
		})
	}
	for _, volume := range pod.Spec.Volumes {
		if !claimed[volume.Name] {
			volumes = append(volumes, volume)
		}
	}
	return volumes
}
