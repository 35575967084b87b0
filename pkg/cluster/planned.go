package cluster

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// PlannedNode returns of a node what a plan looks at: who it is, its labels, whether it
// is cordoned, tainted and ready. The rest, most of it the images that it has, takes
// twenty times the memory, and there can be 65,000 nodes. It shares labels and taints
// with the argument.
func PlannedNode(node *corev1.Node) *corev1.Node {
	return &corev1.Node{
		TypeMeta: node.TypeMeta,
		ObjectMeta: metav1.ObjectMeta{
			Name: node.Name, UID: node.UID, Labels: node.Labels,
			CreationTimestamp: node.CreationTimestamp, DeletionTimestamp: node.DeletionTimestamp,
		},
		Spec:   corev1.NodeSpec{Unschedulable: node.Spec.Unschedulable, Taints: node.Spec.Taints},
		Status: corev1.NodeStatus{Conditions: readyOf(node.Status.Conditions)},
	}
}

func readyOf(conditions []corev1.NodeCondition) []corev1.NodeCondition {
	for _, c := range conditions {
		if c.Type == corev1.NodeReady {
			return []corev1.NodeCondition{{
				Type: c.Type, Status: c.Status, Reason: c.Reason, LastTransitionTime: c.LastTransitionTime,
			}}
		}
	}
	return nil
}

// PlannedPod returns of a pod of a DaemonSet, of which there can be as many as nodes, what
// a plan looks at: who and whose it is, where, and how it does. Of other pods it returns
// all: what a StatefulSet does depends on their volumes and names too.
func PlannedPod(pod *corev1.Pod) *corev1.Pod {
	owner := ControllerOf(pod)
	if owner == nil || owner.Kind != "DaemonSet" {
		return pod
	}
	planned := &corev1.Pod{
		TypeMeta:   pod.TypeMeta,
		ObjectMeta: pod.ObjectMeta,
		Spec:       corev1.PodSpec{NodeName: pod.Spec.NodeName},
		Status: corev1.PodStatus{
			Phase: pod.Status.Phase, Reason: pod.Status.Reason,
			Conditions:            plannedConditions(pod.Status.Conditions),
			ContainerStatuses:     plannedStatuses(pod.Status.ContainerStatuses),
			InitContainerStatuses: plannedStatuses(pod.Status.InitContainerStatuses),
		},
	}
	planned.Annotations, planned.ManagedFields = nil, nil
	if pod.Spec.NodeName == "" { // it says there which node the pod is for
		planned.Spec.Affinity = pod.Spec.Affinity
	}
	for _, c := range pod.Spec.InitContainers {
		if c.RestartPolicy != nil {
			kept := corev1.Container{Name: c.Name, RestartPolicy: c.RestartPolicy}
			planned.Spec.InitContainers = append(planned.Spec.InitContainers, kept)
		}
	}
	return planned
}

func plannedConditions(conditions []corev1.PodCondition) []corev1.PodCondition {
	var kept []corev1.PodCondition
	for _, c := range conditions {
		if c.Type == corev1.PodReady || c.Type == corev1.PodScheduled && c.Status != corev1.ConditionTrue {
			kept = append(kept, corev1.PodCondition{
				Type: c.Type, Status: c.Status, Reason: c.Reason, LastTransitionTime: c.LastTransitionTime,
			})
		}
	}
	return slices.Clip(kept)
}

// plannedStatuses keeps those of containers that restarted or wait.
func plannedStatuses(statuses []corev1.ContainerStatus) []corev1.ContainerStatus {
	var kept []corev1.ContainerStatus
	for _, s := range statuses {
		if s.RestartCount == 0 && s.State.Waiting == nil {
			continue
		}
		status := corev1.ContainerStatus{Name: s.Name, RestartCount: s.RestartCount}
		if s.State.Waiting != nil {
			status.State.Waiting = &corev1.ContainerStateWaiting{Reason: s.State.Waiting.Reason}
		}
		kept = append(kept, status)
	}
	return slices.Clip(kept)
}
