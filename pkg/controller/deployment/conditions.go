package deployment

import (
	"math"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// The reasons of conditions. Follows deployment_util.go, v1.37.0.
const (
	replicaSetUpdated          = "ReplicaSetUpdated"
	replicaSetCreateError      = "ReplicaSetCreateError"
	newReplicaSetCreated       = "NewReplicaSetCreated"
	foundNewReplicaSet         = "FoundNewReplicaSet"
	newReplicaSetAvailable     = "NewReplicaSetAvailable"
	deploymentPaused           = "DeploymentPaused"
	deploymentResumed          = "DeploymentResumed"
	minimumReplicasAvailable   = "MinimumReplicasAvailable"
	minimumReplicasUnavailable = "MinimumReplicasUnavailable"

	// DeadlineExceeded is the reason of a Progressing condition that timed out.
	DeadlineExceeded = "ProgressDeadlineExceeded"
)

func (s *sync) condition(kind appsv1.DeploymentConditionType, status corev1.ConditionStatus, reason, message string) appsv1.DeploymentCondition {
	return appsv1.DeploymentCondition{
		Type:               kind,
		Status:             status,
		LastUpdateTime:     metav1.NewTime(s.now),
		LastTransitionTime: metav1.NewTime(s.now),
		Reason:             reason,
		Message:            message,
	}
}

// Progressing returns the condition that tells how a rollout goes, or nil.
func Progressing(status *appsv1.DeploymentStatus) *appsv1.DeploymentCondition {
	return progressing(status)
}

func progressing(status *appsv1.DeploymentStatus) *appsv1.DeploymentCondition {
	return findCondition(status, appsv1.DeploymentProgressing)
}

func findCondition(status *appsv1.DeploymentStatus, kind appsv1.DeploymentConditionType) *appsv1.DeploymentCondition {
	for i := range status.Conditions {
		if status.Conditions[i].Type == kind {
			found := status.Conditions[i]
			return &found
		}
	}
	return nil
}

// setCondition puts a condition last, unless status and reason stay the same; the
// time of transition stays with the status.
// Follows deployment_util.go SetDeploymentCondition, v1.37.0.
func setCondition(status *appsv1.DeploymentStatus, condition appsv1.DeploymentCondition) {
	current := findCondition(status, condition.Type)
	if current != nil && current.Status == condition.Status {
		if current.Reason == condition.Reason {
			return
		}
		condition.LastTransitionTime = current.LastTransitionTime
	}
	removeCondition(status, condition.Type)
	status.Conditions = append(status.Conditions, condition)
}

func removeCondition(status *appsv1.DeploymentStatus, kind appsv1.DeploymentConditionType) {
	var kept []appsv1.DeploymentCondition
	for _, c := range status.Conditions {
		if c.Type != kind {
			kept = append(kept, c)
		}
	}
	status.Conditions = kept
}

// hasProgressDeadline follows deployment_util.go HasProgressDeadline, v1.37.0.
func hasProgressDeadline(d *appsv1.Deployment) bool {
	return d.Spec.ProgressDeadlineSeconds != nil && *d.Spec.ProgressDeadlineSeconds != math.MaxInt32
}

// notePause tells in the status that the Deployment was paused or resumed, so that
// its deadline does not run meanwhile. A deadline that has passed stays reported.
// Follows sync.go checkPausedConditions, v1.37.0.
func (s *sync) notePause() error {
	if !hasProgressDeadline(s.d) {
		return nil
	}
	current := progressing(&s.d.Status)
	if current != nil && current.Reason == DeadlineExceeded {
		return nil
	}
	noted := current != nil && current.Reason == deploymentPaused
	reason, message := deploymentPaused, "Deployment is paused"
	switch {
	case s.d.Spec.Paused == noted:
		return nil
	case noted:
		reason, message = deploymentResumed, "Deployment is resumed"
	}
	setCondition(&s.d.Status, s.condition(appsv1.DeploymentProgressing, corev1.ConditionUnknown, reason, message))
	return s.sendStatus(controller.PausedCondition, message)
}
