package decisions

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/pkg/controller/deployment/util"
	"k8s.io/utils/ptr"
)

// deploymentStatus is mostly what the ReplicaSets add up to, so that many syncs
// have nothing to write.
func (g *generator) deploymentStatus(state mood) {
	d := g.world.Deployment
	status := &d.Status
	status.ObservedGeneration = d.Generation
	g.addUp(status)
	stale := map[mood]float64{complete: 15, rolling: 40, scaling: 60, saturated: 50, odd: 70}[state]
	if g.percent(stale) {
		status.Replicas = g.near(status.Replicas)
		status.UpdatedReplicas = g.near(status.UpdatedReplicas)
		status.ReadyReplicas = g.near(status.ReadyReplicas)
		status.AvailableReplicas = g.near(status.AvailableReplicas)
		status.UnavailableReplicas = g.near(status.UnavailableReplicas)
	}
	if g.percent(10) {
		status.ObservedGeneration = max(0, d.Generation-int64(g.between(-1, 2)))
	}
	if g.percent(5) {
		status.TerminatingReplicas = nil
	}
	if g.percent(10) {
		status.CollisionCount = ptr.To(oneOf[int32](g.dice, 0, 1, 7, 2147483647))
	}
}

func (g *generator) addUp(status *appsv1.DeploymentStatus) {
	var mine []*appsv1.ReplicaSet
	for _, rs := range g.world.ReplicaSets {
		if metav1.IsControlledBy(rs, g.world.Deployment) && rs.Labels["app"] == "web" &&
			rs.Namespace == namespace {
			mine = append(mine, rs)
		}
	}
	status.Replicas = util.GetActualReplicaCountForReplicaSets(mine)
	status.ReadyReplicas = util.GetReadyReplicaCountForReplicaSets(mine)
	status.AvailableReplicas = util.GetAvailableReplicaCountForReplicaSets(mine)
	status.UnavailableReplicas = max(0,
		util.GetReplicaCountForReplicaSets(mine)-status.AvailableReplicas)
	status.TerminatingReplicas = util.GetTerminatingReplicaCountForReplicaSets(mine)
	if updated := util.FindNewReplicaSet(g.world.Deployment, mine); updated != nil {
		status.UpdatedReplicas = updated.Status.Replicas
	}
}

// conditions are what such a state mostly has, in any order.
func (g *generator) conditions(state mood) {
	status := &g.world.Deployment.Status
	if available := g.available(state); available != nil {
		status.Conditions = append(status.Conditions, *available)
	}
	if progressing := g.progressing(state); progressing != nil {
		status.Conditions = append(status.Conditions, *progressing)
	}
	if failures := g.failures(); g.percent(5) {
		status.Conditions = append(status.Conditions,
			util.ReplicaSetToDeploymentCondition(failures[0]))
	}
	if g.percent(1) && len(status.Conditions) > 0 {
		status.Conditions = append(status.Conditions, status.Conditions[0])
	}
	g.Shuffle(len(status.Conditions), func(i, j int) {
		all := status.Conditions
		all[i], all[j] = all[j], all[i]
	})
}

func (g *generator) available(state mood) *appsv1.DeploymentCondition {
	d := g.world.Deployment
	enough := d.Status.AvailableReplicas >= *d.Spec.Replicas-util.MaxUnavailable(*d)
	if state == odd {
		enough = g.percent(50)
		if g.percent(15) {
			return nil
		}
	}
	condition := &appsv1.DeploymentCondition{
		Type:           appsv1.DeploymentAvailable,
		Status:         corev1.ConditionFalse,
		Reason:         util.MinimumReplicasUnavailable,
		Message:        "Deployment does not have minimum availability.",
		LastUpdateTime: g.before(g.now), LastTransitionTime: g.before(g.now),
	}
	if enough {
		condition.Status, condition.Reason = corev1.ConditionTrue, util.MinimumReplicasAvailable
		condition.Message = "Deployment has minimum availability."
	}
	return condition
}

func (g *generator) progressing(state mood) *appsv1.DeploymentCondition {
	if g.percent(6) {
		return nil
	}
	condition := &appsv1.DeploymentCondition{
		Type:           appsv1.DeploymentProgressing,
		Status:         corev1.ConditionTrue,
		Reason:         g.progressReason(state),
		LastUpdateTime: g.before(g.now), LastTransitionTime: g.before(g.now),
	}
	if deadline := g.world.Deployment.Spec.ProgressDeadlineSeconds; deadline != nil &&
		g.percent(60) {
		condition.LastUpdateTime = g.around(g.now, min(*deadline, 100_000))
	}
	switch condition.Reason {
	case util.TimedOutReason, util.FailedRSCreateReason:
		condition.Status = corev1.ConditionFalse
	case util.PausedDeployReason, util.ResumedDeployReason:
		condition.Status = corev1.ConditionUnknown
	}
	condition.Message = fmt.Sprintf("ReplicaSet said %s.", condition.Reason)
	if g.percent(2) {
		condition.Status = oneOf(g.dice, corev1.ConditionTrue, corev1.ConditionFalse,
			corev1.ConditionUnknown)
	}
	return condition
}

func (g *generator) progressReason(state mood) string {
	paused := g.world.Deployment.Spec.Paused
	switch {
	case paused && g.percent(60):
		return util.PausedDeployReason
	case state == complete && g.percent(80):
		return util.NewRSAvailableReason
	case state == rolling && g.percent(65):
		return util.ReplicaSetUpdatedReason
	}
	return oneOf(g.dice, util.ReplicaSetUpdatedReason, util.NewReplicaSetReason,
		util.FoundNewRSReason,
		util.NewRSAvailableReason, util.TimedOutReason, util.PausedDeployReason,
		util.ResumedDeployReason,
		util.FailedRSCreateReason, "Tampered")
}

// failures are the conditions of a ReplicaSet that cannot create pods.
func (g *generator) failures() []appsv1.ReplicaSetCondition {
	failure := appsv1.ReplicaSetCondition{
		Type: appsv1.ReplicaSetReplicaFailure, Status: corev1.ConditionTrue,
		Reason:             oneOf(g.dice, "FailedCreate", "FailedDelete"),
		Message:            oneOf(g.dice, "exceeded quota", "no"),
		LastTransitionTime: g.before(g.now),
	}
	if g.percent(20) {
		other := failure
		other.Type = "Custom"
		return []appsv1.ReplicaSetCondition{failure, other}
	}
	return []appsv1.ReplicaSetCondition{failure}
}
