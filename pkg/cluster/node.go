package cluster

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// PlannedNode returns of a node what a plan looks at: who it is, its labels, whether it
// is cordoned, tainted and ready. The rest, most of it the images that it has, takes
// twenty times the memory, and there can be 65,000 nodes. It shares labels and taints
// with the argument.
func PlannedNode(node *corev1.Node) *corev1.Node {
	planned := &corev1.Node{
		TypeMeta: node.TypeMeta,
		ObjectMeta: metav1.ObjectMeta{
			Name: node.Name, UID: node.UID, Labels: node.Labels,
			CreationTimestamp: node.CreationTimestamp, DeletionTimestamp: node.DeletionTimestamp,
		},
		Spec: corev1.NodeSpec{Unschedulable: node.Spec.Unschedulable, Taints: node.Spec.Taints},
	}
	for _, c := range node.Status.Conditions {
		if c.Type == corev1.NodeReady {
			planned.Status.Conditions = []corev1.NodeCondition{{
				Type: c.Type, Status: c.Status, Reason: c.Reason, LastTransitionTime: c.LastTransitionTime,
			}}
		}
	}
	return planned
}
