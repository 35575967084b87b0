package decisions

import (
	"fmt"
	"maps"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

// podsOf adds pods that a ReplicaSet controls, in every state that the
// controller tells apart.
func (g *generator) podsOf(rs *appsv1.ReplicaSet, count int) {
	// Most groups of pods are alike in most respects, or no rule but the first
	// would ever decide.
	calm := g.percent(60)
	for range count {
		name := fmt.Sprintf("pod-%d", len(g.world.Pods))
		pod := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{
				Name: name, Namespace: rs.Namespace,
				UID:               types.UID(fmt.Sprintf("%04x", g.IntN(1<<16)) + name),
				Labels:            labelsOf(rs),
				CreationTimestamp: g.created(),
				OwnerReferences:   []metav1.OwnerReference{ownerOf("ReplicaSet", rs.Name, rs.UID)},
			},
		}
		g.podState(pod, rs, calm)
		if !calm || g.percent(10) {
			g.podExtras(pod)
		}
		g.world.Pods = append(g.world.Pods, pod)
	}
}

func labelsOf(rs *appsv1.ReplicaSet) map[string]string {
	all := map[string]string{"app": "web", "tier": "front", "pod-template-hash": rs.Name}
	maps.Copy(all, rs.Spec.Template.Labels)
	return all
}

// created is at least a second ago: the real controller divides by the age of
// the youngest ready pod in milliseconds.
func (g *generator) created() metav1.Time {
	if g.percent(1) {
		return metav1.Time{}
	}
	at := g.before(g.now)
	if g.now.Sub(at.Time) < time.Second {
		at = metav1.NewTime(at.Add(-time.Second))
	}
	return at
}

func (g *generator) podState(pod *corev1.Pod, rs *appsv1.ReplicaSet, calm bool) {
	pod.Spec.NodeName = oneOf(g.dice, "a", "b", "c", "d")
	pod.Status.Phase = corev1.PodRunning
	if !calm || g.percent(15) {
		pod.Spec.NodeName = oneOf(g.dice, "", "a", "b", "b", "c")
		pod.Status.Phase = oneOf(g.dice, corev1.PodPending, corev1.PodRunning, corev1.PodRunning,
			corev1.PodRunning,
			corev1.PodUnknown, corev1.PodSucceeded, corev1.PodFailed, "")
	}
	if g.percent(6) {
		g.deletion(pod)
	}
	if g.percent(75) {
		pod.Status.Conditions = append(pod.Status.Conditions, g.ready(rs.Spec.MinReadySeconds))
	}
	if g.percent(30) {
		scheduled := corev1.PodCondition{Type: corev1.PodScheduled, Status: corev1.ConditionTrue}
		pod.Status.Conditions = append([]corev1.PodCondition{scheduled}, pod.Status.Conditions...)
	}
}

func (g *generator) ready(minReadySeconds int32) corev1.PodCondition {
	ready := corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionTrue,
		LastTransitionTime: g.before(g.now)}
	if g.percent(12) {
		ready.Status = oneOf(g.dice, corev1.ConditionFalse, corev1.ConditionUnknown)
	}
	if g.percent(45) {
		ready.LastTransitionTime = g.around(g.now, minReadySeconds)
	}
	if g.percent(3) {
		ready.LastTransitionTime = metav1.Time{}
	}
	return ready
}

// podExtras are what the later rules of the ranking look at, and labels that
// differ from the template.
func (g *generator) podExtras(pod *corev1.Pod) {
	if g.percent(25) {
		pod.Annotations = map[string]string{corev1.PodDeletionCost: oneOf(g.dice,
			"-1", "0", "1", "5", "10", "-10", "+5", "007", "05", "-05", "", "x", "2147483647",
			"2147483648", "-2147483648", "1.5")}
	}
	if g.percent(30) {
		pod.Status.ContainerStatuses = []corev1.ContainerStatus{
			{Name: "web", RestartCount: g.count(0, 3)}, {Name: "log", RestartCount: g.count(0, 3)},
		}
	}
	if g.percent(30) {
		pod.Spec.InitContainers = []corev1.Container{
			{Name: "setup"},
			{Name: "proxy", RestartPolicy: ptr.To(corev1.ContainerRestartPolicyAlways)},
		}
		pod.Status.InitContainerStatuses = []corev1.ContainerStatus{
			{Name: "setup", RestartCount: g.count(0, 3)},
			{Name: "proxy", RestartCount: g.count(0, 3)},
		}
	}
	switch {
	case g.percent(15):
		pod.Labels["tier"] = "back"
	case g.percent(8):
		pod.Labels["app"] = "other"
	}
	if g.percent(4) {
		pod.OwnerReferences = append(pod.OwnerReferences, bystander())
	}
}
