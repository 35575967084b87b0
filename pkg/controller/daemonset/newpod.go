package daemonset

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// newPod is the pod of the template, for no node yet.
// Follows daemonset_util.go CreatePodTemplate and controller_utils.go GetPodFromTemplate,
// v1.37.0.
func (s *sync) newPod() *corev1.Pod {
	template := &s.ds.Spec.Template
	pod := &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			GenerateName:    controller.GenerateName(s.ds.Name),
			Labels:          make(map[string]string, len(template.Labels)+2),
			Annotations:     map[string]string{},
			Finalizers:      append([]string{}, template.Finalizers...),
			OwnerReferences: []metav1.OwnerReference{s.ownerReference()},
		},
		Spec: template.Spec,
	}
	maps.Copy(pod.Labels, template.Labels)
	maps.Copy(pod.Annotations, template.Annotations)
	if generation := templateGeneration(s.ds); generation != "" {
		pod.Labels[generationLabel] = generation
	}
	if s.hash != "" {
		pod.Labels[hashLabel] = s.hash
	}
	pod.Spec.Tolerations = tolerationsOf(&template.Spec)
	return pod
}

// PodOn returns the pod of the Body of a Write as it is created for a node. It shares all
// but the affinity.
func PodOn(body *corev1.Pod, node string) *corev1.Pod {
	pod := *body
	pod.Spec.Affinity = affinityTo(body.Spec.Affinity, node)
	return &pod
}

// affinityTo asks for a node by name, in place of all that was required of nodes.
// Follows daemonset_util.go ReplaceDaemonSetPodNodeNameNodeAffinity, v1.37.0.
func affinityTo(affinity *corev1.Affinity, node string) *corev1.Affinity {
	var replaced corev1.Affinity
	if affinity != nil {
		replaced = *affinity
	}
	var nodes corev1.NodeAffinity
	if replaced.NodeAffinity != nil {
		nodes = *replaced.NodeAffinity
	}
	nodes.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{
			MatchFields: []corev1.NodeSelectorRequirement{{
				Key: metav1.ObjectNameField, Operator: corev1.NodeSelectorOpIn, Values: []string{node},
			}},
		}},
	}
	replaced.NodeAffinity = &nodes
	return &replaced
}
