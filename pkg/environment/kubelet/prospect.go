package kubelet

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// patience is how many times its usual latency a pod may take before it is taken
// for one that never becomes ready.
const patience = 3

// Prospect says when a pod of the first state that is not ready will be; ok is
// false where it never will: it is Unschedulable, waits in a state that does not
// heal, or is older than three times its latency.
func Prospect(pod *corev1.Pod, latency time.Duration, now time.Time) (at time.Time, ok bool) {
	if unschedulable(pod) || stuck(pod.Status.ContainerStatuses) || stuck(pod.Status.InitContainerStatuses) {
		return time.Time{}, false
	}
	created := pod.CreationTimestamp.Time
	if created.IsZero() {
		return now.Add(latency), true
	}
	if now.Sub(created) > patience*latency {
		return time.Time{}, false
	}
	if at := created.Add(latency); at.After(now) {
		return at, true
	}
	return now, true
}

func unschedulable(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse &&
			c.Reason == corev1.PodReasonUnschedulable
	})
}

func stuck(statuses []corev1.ContainerStatus) bool {
	return slices.ContainsFunc(statuses, func(s corev1.ContainerStatus) bool {
		if s.State.Waiting == nil {
			return false
		}
		switch s.State.Waiting.Reason {
		case "CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError":
			return true
		}
		return false
	})
}
