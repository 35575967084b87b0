package simulate

import (
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// age is how long ago everything happened that is made up: long enough for any
// minReadySeconds that is not absurd.
const age = 24 * time.Hour

// assumeSettled gives a Deployment that stands alone in the state the ReplicaSet and
// the pods that it has when it is settled. A status that tells otherwise is an
// error: the rest of the state is missing.
func (w *world) assumeSettled(r *rollout) error {
	if err := mustLookSettled(r.deployment); err != nil {
		return err
	}
	d := r.deployment.DeepCopy()
	if d.UID == "" {
		d.UID = types.UID("predicted:Deployment/" + d.Namespace + "/" + d.Name)
	}
	if d.Generation == 0 {
		d.Generation = 1
	}
	w.note("%s has no ReplicaSets in the state: taken as settled", r.ref)
	rs := w.firstSet(d)
	status := &d.Status
	status.ObservedGeneration = d.Generation
	status.Replicas, status.UpdatedReplicas = *d.Spec.Replicas, *d.Spec.Replicas
	status.ReadyReplicas, status.AvailableReplicas = *d.Spec.Replicas, *d.Spec.Replicas
	status.Conditions = w.settledConditions(d, rs)
	if d.Annotations == nil {
		d.Annotations = map[string]string{}
	}
	d.Annotations[revision.Annotation] = rs.Annotations[revision.Annotation]
	r.deployment = d
	s := w.newSet(rs, w.madeUpPods(rs))
	s.created = int(*rs.Spec.Replicas)
	w.attach(s, r)
	return nil
}

// mustLookSettled refuses a Deployment whose own status says that it is rolling or
// has pods that are not available.
func mustLookSettled(d *appsv1.Deployment) error {
	status := d.Status
	if status.ObservedGeneration == 0 && status.Replicas == 0 && len(status.Conditions) == 0 {
		return nil
	}
	if deployment.IsComplete(d, &status) || d.Spec.Paused && status.UnavailableReplicas == 0 {
		return nil
	}
	return fmt.Errorf("%s -n %s: its status says %d of %d replicas updated, %d available, but the state has none of its "+
		"ReplicaSets: add them and the pods (kubectl get deployments,replicasets,pods -n %s -o yaml)",
		cluster.RefOf(d), d.Namespace, status.UpdatedReplicas, *d.Spec.Replicas, status.AvailableReplicas, d.Namespace)
}

// firstSet is the ReplicaSet that the controller makes of a Deployment, settled.
func (w *world) firstSet(d *appsv1.Deployment) *appsv1.ReplicaSet {
	fresh := d.DeepCopy()
	fresh.Spec.Paused = false
	fresh.Status = appsv1.DeploymentStatus{CollisionCount: d.Status.CollisionCount}
	delete(fresh.Annotations, appsv1.DeprecatedRollbackTo)
	decision := deployment.Decide(deployment.View{
		Deployment: fresh,
		HasPods:    func(types.UID) bool { return false },
		Lookup:     func(string) *appsv1.ReplicaSet { return nil },
		Profile:    w.cfg.Profile,
		API:        controller.Accepting{},
	}, w.now)
	rs := decision.Writes[0].Body.(*appsv1.ReplicaSet).DeepCopy()
	renameCurrent(rs)
	rs.UID = types.UID("predicted:ReplicaSet/" + rs.Namespace + "/" + rs.Name)
	rs.CreationTimestamp = metav1.NewTime(w.now.Add(-age).Truncate(time.Second))
	*rs.Spec.Replicas = *d.Spec.Replicas
	if number := d.Annotations[revision.Annotation]; number != "" {
		rs.Annotations[revision.Annotation] = number
	}
	return settledSet(rs)
}

// renameCurrent tells a ReplicaSet that is made up, and whose hash cannot be known,
// from the one that a change creates.
func renameCurrent(rs *appsv1.ReplicaSet) {
	rs.Name = strings.Replace(rs.Name, "<"+deployment.Unknown+">", "<current>", 1)
	for _, labels := range []map[string]string{rs.Labels, rs.Spec.Selector.MatchLabels, rs.Spec.Template.Labels} {
		if labels[appsv1.DefaultDeploymentUniqueLabelKey] == deployment.Unknown {
			labels[appsv1.DefaultDeploymentUniqueLabelKey] = "current"
		}
	}
}

// settledSet returns a ReplicaSet with the status that it has when all is well.
func settledSet(rs *appsv1.ReplicaSet) *appsv1.ReplicaSet {
	settled := rs.DeepCopy()
	settled.Generation = max(settled.Generation, 1)
	size := *settled.Spec.Replicas
	settled.Status = appsv1.ReplicaSetStatus{
		Replicas: size, FullyLabeledReplicas: size, ReadyReplicas: size, AvailableReplicas: size,
		TerminatingReplicas: new(int32), ObservedGeneration: settled.Generation,
	}
	return settled
}

func (w *world) settledConditions(d *appsv1.Deployment, rs *appsv1.ReplicaSet) []appsv1.DeploymentCondition {
	since := metav1.NewTime(w.now.Add(-age).Truncate(time.Second))
	conditions := []appsv1.DeploymentCondition{{
		Type: appsv1.DeploymentAvailable, Status: corev1.ConditionTrue,
		LastUpdateTime: since, LastTransitionTime: since,
		Reason: "MinimumReplicasAvailable", Message: "Deployment has minimum availability.",
	}}
	if d.Spec.ProgressDeadlineSeconds == nil {
		return conditions
	}
	return append(conditions, appsv1.DeploymentCondition{
		Type: appsv1.DeploymentProgressing, Status: corev1.ConditionTrue,
		LastUpdateTime: since, LastTransitionTime: since,
		Reason:  "NewReplicaSetAvailable",
		Message: fmt.Sprintf("ReplicaSet %q has successfully progressed.", rs.Name),
	})
}

// madeUpPods are pods as a ReplicaSet's status counts them: available, ready, not
// ready and terminating ones.
func (w *world) madeUpPods(rs *appsv1.ReplicaSet) []*controller.Pod {
	status := rs.Status
	total := status.Replicas
	if status.TerminatingReplicas != nil {
		total += *status.TerminatingReplicas
	}
	pods := make([]*controller.Pod, 0, total)
	long := w.now.Add(-max(age, time.Duration(rs.Spec.MinReadySeconds)*time.Second)).Truncate(time.Second)
	for i := range total {
		pod := &controller.Pod{
			Name:      fmt.Sprintf("%s-#%d", rs.Name, i+1),
			UID:       types.UID(fmt.Sprintf("%s-%08d", rs.UID, i+1)),
			Node:      controller.UnknownNode,
			Labels:    rs.Spec.Template.Labels,
			CreatedAt: long,
			Ordinal:   i + 1,
		}
		switch {
		case i < status.AvailableReplicas:
			pod.Phase, pod.Ready, pod.ReadyAt = controller.Running, true, long
		case i < status.ReadyReplicas:
			pod.Phase, pod.Ready, pod.ReadyAt = controller.Running, true, w.now.Truncate(time.Second)
		case i >= status.Replicas:
			pod.Phase, pod.Terminating = controller.Running, true
		}
		pods = append(pods, pod)
	}
	return pods
}
