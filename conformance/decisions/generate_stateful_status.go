package decisions

import (
	"math"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/pkg/api/v1/pod"
	"k8s.io/utils/ptr"
)

// status is mostly what the pods add up to, so that many syncs have nothing to write.
func (s *stateful) status() {
	status := &s.set.Status
	status.ObservedGeneration = s.set.Generation
	status.CurrentRevision, status.UpdateRevision = s.current, s.update
	s.addUp(status)
	if status.UpdatedReplicas == *s.set.Spec.Replicas && status.ReadyReplicas == status.UpdatedReplicas &&
		status.Replicas == status.UpdatedReplicas && s.percent(80) {
		status.CurrentRevision, status.CurrentReplicas = s.update, status.UpdatedReplicas
	}
	status.CollisionCount = oneOf(s.dice, nil, ptr.To[int32](0), ptr.To[int32](0), ptr.To[int32](0))
	s.lag(status)
	if s.set.Spec.UpdateStrategy.Type == appsv1.RecreateStatefulSetStrategyType && s.percent(50) ||
		s.percent(4) {
		status.Conditions = s.progress()
	}
}

// lag makes a status say something else than the pods do.
func (s *stateful) lag(status *appsv1.StatefulSetStatus) {
	stale := map[mood]float64{complete: 10, rolling: 30, scaling: 50, saturated: 20, odd: 50}[s.state]
	if s.percent(stale) {
		status.Replicas = s.near(status.Replicas)
		status.ReadyReplicas = s.near(status.ReadyReplicas)
		status.AvailableReplicas = s.near(status.AvailableReplicas)
		status.CurrentReplicas = s.near(status.CurrentReplicas)
		status.UpdatedReplicas = s.near(status.UpdatedReplicas)
	}
	if s.percent(8) {
		status.ObservedGeneration += int64(s.between(-2, 1))
	}
	if s.percent(5) {
		status.CurrentRevision = oneOf(s.dice, "", "db-forgotten", s.update)
	}
	if s.percent(5) {
		status.UpdateRevision = oneOf(s.dice, "", "db-forgotten", s.current)
	}
	if s.percent(6) {
		status.CollisionCount = ptr.To(oneOf[int32](s.dice, 1, 7, math.MaxInt32))
	}
}

func (s *stateful) addUp(status *appsv1.StatefulSetStatus) {
	for _, p := range s.world.Pods {
		if !controlledBy(s.set, p) || p.Labels["app"] != "web" {
			continue
		}
		status.Replicas++
		if p.Status.Phase == corev1.PodRunning && pod.IsPodReady(p) {
			status.ReadyReplicas++
			if pod.IsPodAvailable(p, s.set.Spec.MinReadySeconds, metav1.NewTime(s.now)) {
				status.AvailableReplicas++
			}
		}
		if p.DeletionTimestamp != nil {
			continue
		}
		if p.Labels[appsv1.StatefulSetRevisionLabel] == s.current {
			status.CurrentReplicas++
		}
		if p.Labels[appsv1.StatefulSetRevisionLabel] == s.update {
			status.UpdatedReplicas++
		}
	}
}

// progress is the condition of a Recreate strategy, in any state, and at times another.
func (s *stateful) progress() []appsv1.StatefulSetCondition {
	condition := appsv1.StatefulSetCondition{
		Type: appsv1.StatefulSetProgressing, Status: corev1.ConditionTrue,
		Reason: "RecreateInProgress", LastTransitionTime: s.before(s.now),
		Message: oneOf(s.dice, "Deleting old revision pods", "Waiting for new-revision pods to be created"),
	}
	if s.percent(40) {
		condition.Status, condition.Reason = corev1.ConditionFalse, "RecreateCompleted"
		condition.Message = "All pods recreated successfully"
	}
	if s.percent(20) {
		other := condition
		other.Type = "Custom"
		return []appsv1.StatefulSetCondition{other, condition}
	}
	return []appsv1.StatefulSetCondition{condition}
}
