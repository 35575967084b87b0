package replicaset

import (
	"fmt"
	"reflect"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// status follows replica_set_utils.go calculateStatus, v1.37.0.
func (s *sync) status(counts controller.Counts, manageErr error) appsv1.ReplicaSetStatus {
	status := *s.ReplicaSet.Status.DeepCopy()
	status.Replicas = counts.Active
	status.FullyLabeledReplicas = counts.FullyLabeled
	status.ReadyReplicas = counts.Ready
	status.AvailableReplicas = counts.Available
	status.TerminatingReplicas = nil
	if s.Profile.Enabled(kubeversion.TerminatingReplicas) {
		status.TerminatingReplicas = &counts.Terminating
	}
	failing := hasFailure(status.Conditions)
	switch {
	case manageErr != nil && !failing:
		status.Conditions = append(status.Conditions, s.failure(counts, manageErr))
	case manageErr == nil && failing:
		status.Conditions = withoutFailure(status.Conditions)
	}
	return status
}

func (s *sync) failure(counts controller.Counts, manageErr error) appsv1.ReplicaSetCondition {
	condition := appsv1.ReplicaSetCondition{
		Type:               appsv1.ReplicaSetReplicaFailure,
		Status:             corev1.ConditionTrue,
		LastTransitionTime: stamp(s.now),
		Message:            manageErr.Error(),
	}
	switch wanted := *s.ReplicaSet.Spec.Replicas; {
	case counts.Active < wanted:
		condition.Reason = "FailedCreate"
	case counts.Active > wanted:
		condition.Reason = "FailedDelete"
	}
	return condition
}

func hasFailure(conditions []appsv1.ReplicaSetCondition) bool {
	for _, c := range conditions {
		if c.Type == appsv1.ReplicaSetReplicaFailure {
			return true
		}
	}
	return false
}

func withoutFailure(conditions []appsv1.ReplicaSetCondition) []appsv1.ReplicaSetCondition {
	var kept []appsv1.ReplicaSetCondition
	for _, c := range conditions {
		if c.Type != appsv1.ReplicaSetReplicaFailure {
			kept = append(kept, c)
		}
	}
	return kept
}

// writeStatus writes the status if it says something new, and tries once more
// where that is refused.
// Follows replica_set_utils.go updateReplicaSetStatus, v1.37.0.
func (s *sync) writeStatus(status appsv1.ReplicaSetStatus) error {
	old := s.ReplicaSet.Status
	if s.ReplicaSet.Generation == old.ObservedGeneration && sameStatus(old, status) {
		return nil
	}
	status.ObservedGeneration = s.ReplicaSet.Generation
	body := *s.ReplicaSet
	body.Status = status
	var err error
	for range 2 {
		_, err = s.send(controller.Write{
			Verb:   controller.UpdateStatus,
			Object: s.ref(),
			Body:   &body,
			Reason: controller.StatusChanged,
			Message: fmt.Sprintf("%d pods, %d ready, %d available",
				status.Replicas, status.ReadyReplicas, status.AvailableReplicas),
		})
		if err == nil {
			return nil
		}
	}
	return err
}

// sameStatus compares all but the observed generation.
func sameStatus(a, b appsv1.ReplicaSetStatus) bool {
	a.ObservedGeneration = b.ObservedGeneration
	return reflect.DeepEqual(a, b)
}
