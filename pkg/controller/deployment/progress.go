package deployment

import (
	"fmt"
	"reflect"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// retrySoon is the first delay of the controller's queue.
const retrySoon = 5 * time.Millisecond

// writeRolloutStatus writes the status of a rollout with its progress, or says
// when to look for the lack of it.
// Follows progress.go syncRolloutStatus, v1.37.0.
func (s *sync) writeRolloutStatus(f family) error {
	status := s.status(f)
	if !hasProgressDeadline(s.d) {
		removeCondition(&status, appsv1.DeploymentProgressing)
	}
	current := progressing(&s.d.Status)
	settled := status.Replicas == status.UpdatedReplicas &&
		current != nil && current.Reason == newReplicaSetAvailable
	if hasProgressDeadline(s.d) && !settled {
		s.estimateProgress(f, &status, current)
	}
	if failure := replicaFailure(f); failure != nil {
		setCondition(&status, *failure)
	} else {
		removeCondition(&status, appsv1.DeploymentReplicaFailure)
	}
	if reflect.DeepEqual(s.d.Status, status) {
		s.decision.WakeAt = s.deadlineCheck(&status)
	}
	return s.storeStatus(status)
}

// estimateProgress sets the Progressing condition: complete, progressing, timed
// out, or as it is.
func (s *sync) estimateProgress(f family, status *appsv1.DeploymentStatus, current *appsv1.DeploymentCondition) {
	subject := fmt.Sprintf("Deployment %q", s.d.Name)
	if f.newest != nil {
		subject = fmt.Sprintf("ReplicaSet %q", f.newest.Name)
	}
	switch {
	case s.isComplete(status):
		setCondition(status, s.condition(appsv1.DeploymentProgressing, corev1.ConditionTrue,
			newReplicaSetAvailable, subject+" has successfully progressed."))
	case progressed(&s.d.Status, status):
		// Progress counts anew each time, so the condition is replaced even where its
		// reason stays the same.
		condition := s.condition(appsv1.DeploymentProgressing, corev1.ConditionTrue,
			replicaSetUpdated, subject+" is progressing.")
		if current != nil && current.Status == corev1.ConditionTrue {
			condition.LastTransitionTime = current.LastTransitionTime
		}
		removeCondition(status, appsv1.DeploymentProgressing)
		setCondition(status, condition)
	case s.timedOut(status):
		setCondition(status, s.condition(appsv1.DeploymentProgressing, corev1.ConditionFalse,
			DeadlineExceeded, subject+" has timed out progressing."))
	}
}

// progressed reports whether new pods came, old ones went, or more are ready or
// available. Follows deployment_util.go DeploymentProgressing, v1.37.0.
func progressed(before, after *appsv1.DeploymentStatus) bool {
	oldBefore := before.Replicas - before.UpdatedReplicas
	oldAfter := after.Replicas - after.UpdatedReplicas
	return after.UpdatedReplicas > before.UpdatedReplicas || oldAfter < oldBefore ||
		after.ReadyReplicas > before.ReadyReplicas ||
		after.AvailableReplicas > before.AvailableReplicas
}

// timedOut follows deployment_util.go DeploymentTimedOut, v1.37.0.
func (s *sync) timedOut(status *appsv1.DeploymentStatus) bool {
	condition := progressing(status)
	switch {
	case condition == nil || condition.Reason == newReplicaSetAvailable:
		return false
	case condition.Reason == DeadlineExceeded:
		return true
	}
	return s.deadlineAfter(condition).Before(s.now)
}

func (s *sync) deadlineAfter(condition *appsv1.DeploymentCondition) time.Time {
	deadline := time.Duration(*s.d.Spec.ProgressDeadlineSeconds) * time.Second
	return condition.LastUpdateTime.Add(deadline)
}

// deadlineCheck says when to look whether the deadline has passed: a second after
// it, or soon where that is less than a second away.
// Follows progress.go requeueStuckDeployment, v1.37.0.
func (s *sync) deadlineCheck(status *appsv1.DeploymentStatus) time.Time {
	current := progressing(&s.d.Status)
	if !hasProgressDeadline(s.d) || current == nil ||
		s.isComplete(status) || current.Reason == DeadlineExceeded {
		return time.Time{}
	}
	deadline := s.deadlineAfter(current)
	if deadline.Sub(s.now) < time.Second {
		return s.now.Add(retrySoon)
	}
	return deadline.Add(time.Second)
}

// replicaFailure returns the failure to report: the new ReplicaSet's, else that of
// any other. Follows progress.go getReplicaFailures, v1.37.0.
func replicaFailure(f family) *appsv1.DeploymentCondition {
	sets := f.old
	if f.newest != nil {
		sets = append([]*appsv1.ReplicaSet{f.newest}, f.old...)
	}
	for _, rs := range sets {
		for _, c := range rs.Status.Conditions {
			if c.Type == appsv1.ReplicaSetReplicaFailure {
				return &appsv1.DeploymentCondition{
					Type:               appsv1.DeploymentReplicaFailure,
					Status:             c.Status,
					LastTransitionTime: c.LastTransitionTime,
					LastUpdateTime:     c.LastTransitionTime,
					Reason:             c.Reason,
					Message:            c.Message,
				}
			}
		}
	}
	return nil
}
