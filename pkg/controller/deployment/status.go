package deployment

import (
	"fmt"
	"reflect"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// status follows sync.go calculateStatus, v1.37.0.
func (s *sync) status(f family) appsv1.DeploymentStatus {
	sets := f.all()
	available := availableReplicas(sets)
	status := appsv1.DeploymentStatus{
		ObservedGeneration: s.d.Generation,
		Replicas:           statusReplicas(sets),
		ReadyReplicas:      readyReplicas(sets),
		AvailableReplicas:  available,
		// After a scale-down more pods can be available than wanted.
		UnavailableReplicas: max(specReplicas(sets)-available, 0),
		CollisionCount:      s.d.Status.CollisionCount,
		Conditions:          append([]appsv1.DeploymentCondition(nil), s.d.Status.Conditions...),
	}
	if f.newest != nil {
		status.UpdatedReplicas = f.newest.Status.Replicas
	}
	if s.Profile.Enabled(kubeversion.TerminatingReplicas) {
		status.TerminatingReplicas = terminatingReplicas(sets)
	}
	setCondition(&status, s.availability(available))
	return status
}

func (s *sync) availability(available int32) appsv1.DeploymentCondition {
	if available >= s.minAvailable() {
		return s.condition(appsv1.DeploymentAvailable, corev1.ConditionTrue,
			minimumReplicasAvailable, "Deployment has minimum availability.")
	}
	return s.condition(appsv1.DeploymentAvailable, corev1.ConditionFalse,
		minimumReplicasUnavailable, "Deployment does not have minimum availability.")
}

// terminatingReplicas is nil where a ReplicaSet that was observed does not tell.
// Follows deployment_util.go GetTerminatingReplicaCountForReplicaSets, v1.37.0.
func terminatingReplicas(sets []*appsv1.ReplicaSet) *int32 {
	var total int32
	for _, rs := range sets {
		switch told := rs.Status.TerminatingReplicas; {
		case told != nil:
			total += *told
		case rs.Status.ObservedGeneration != 0:
			return nil
		}
	}
	return &total
}

// writeStatus follows sync.go syncDeploymentStatus, v1.37.0.
func (s *sync) writeStatus(f family) error {
	return s.storeStatus(s.status(f))
}

func (s *sync) storeStatus(status appsv1.DeploymentStatus) error {
	if reflect.DeepEqual(s.d.Status, status) {
		return nil
	}
	s.d.Status = status
	return s.sendStatus(controller.StatusChanged, fmt.Sprintf("%d pods, %d updated, %d available",
		status.Replicas, status.UpdatedReplicas, status.AvailableReplicas))
}

// IsComplete reports whether a status says that the rollout is done: all replicas
// are updated and available, and no old one is left.
// Follows deployment_util.go DeploymentComplete, v1.37.0.
func IsComplete(d *appsv1.Deployment, status *appsv1.DeploymentStatus) bool {
	desired := *d.Spec.Replicas
	return status.UpdatedReplicas == desired && status.Replicas == desired &&
		status.AvailableReplicas == desired && status.ObservedGeneration >= d.Generation
}

func (s *sync) isComplete(status *appsv1.DeploymentStatus) bool {
	return IsComplete(s.d, status)
}
