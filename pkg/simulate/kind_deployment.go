package simulate

import (
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

func deploymentKind() kind {
	return kind{
		resource: appsv1.Resource("deployments"),
		find: func(w *world, ref cluster.Ref) cluster.Object {
			if r, ok := w.workloads[ref].(*rollout); ok {
				return orNil(r.deployment)
			}
			return nil
		},
		copied:   copied[appsv1.Deployment],
		complete: firstGeneration,
		keep:     keepOfDeployment,
		create:   (*world).createDeployment,
		update:   (*world).updateDeployment,
	}
}

// keepOfDeployment counts changes of the spec, and also those of the annotations in an
// ordinary update; a status update keeps the spec but stores annotations.
// Follows pkg/registry/apps/deployment/strategy.go PrepareForUpdate, v1.37.0.
func keepOfDeployment(stored, written cluster.Object, status bool) {
	before, after := stored.(*appsv1.Deployment), written.(*appsv1.Deployment)
	if status {
		after.Spec = before.Spec
		after.Labels = before.Labels
		after.Status.Conditions = cutConditionTimes(after.Status.Conditions)
		return
	}
	after.Status = before.Status
	after.Generation = before.Generation
	if !equality.Semantic.DeepEqual(before.Spec, after.Spec) ||
		!equality.Semantic.DeepEqual(before.Annotations, after.Annotations) {
		after.Generation++
	}
}

// cutConditionTimes cuts times to whole seconds, as JSON holds them.
func cutConditionTimes(conditions []appsv1.DeploymentCondition) []appsv1.DeploymentCondition {
	cut := slices.Clone(conditions)
	for i := range cut {
		c := &cut[i]
		c.LastUpdateTime = metav1.NewTime(c.LastUpdateTime.Truncate(time.Second))
		c.LastTransitionTime = metav1.NewTime(c.LastTransitionTime.Truncate(time.Second))
	}
	return cut
}

func (w *world) createDeployment(object cluster.Object) {
	r := w.newRollout(cluster.RefOf(object))
	r.deployment = object.(*appsv1.Deployment)
	w.deployments.add(r)
	r.findNewest()
}

func (w *world) updateDeployment(current, body cluster.Object) {
	restoreRevision(body, current)
	r := w.workloads[cluster.RefOf(current)].(*rollout)
	r.deployment = w.updated(current, body).(*appsv1.Deployment)
	r.findNewest()
	w.deployments.add(r)
}

// restoreRevision gives a Deployment whose ReplicaSet was made up the revision that
// goes with it.
func restoreRevision(body, current cluster.Object) {
	const key = revision.Annotation
	annotations := body.GetAnnotations()
	number, ok := current.GetAnnotations()[key]
	if _, has := annotations[key]; has || !ok {
		return
	}
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[key] = number
	body.SetAnnotations(annotations)
}
