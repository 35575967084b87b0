package planner

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/check"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// replicaSetKind is what a plan knows of ReplicaSets that nothing controls.
type replicaSetKind struct{ *appsv1.ReplicaSet }

func (rs replicaSetKind) replicas() int32                             { return *rs.Spec.Replicas }
func (rs replicaSetKind) template() *corev1.PodTemplateSpec           { return &rs.Spec.Template }
func (rs replicaSetKind) restarts(move) int32                         { return 0 }
func (rs replicaSetKind) floor(m move) int32                          { return m.kept(m.smaller()) }
func (rs replicaSetKind) strategy(kubeversion.Profile) *plan.Strategy { return nil }
func (rs replicaSetKind) facts(surroundings) check.WorkloadFacts      { return check.WorkloadFacts{} }

// rolls: a new template replaces no pods, but no other verdict says more.
func (rs replicaSetKind) rolls(m move) (plan.Verdict, bool) {
	return plan.InPlace, newTemplate(m.Edit)
}

func (rs replicaSetKind) mostPods() int64 {
	has := int64(rs.Status.Replicas)
	if rs.Status.TerminatingReplicas != nil {
		has += int64(*rs.Status.TerminatingReplicas)
	}
	return max(int64(*rs.Spec.Replicas), has, 0)
}

func (rs replicaSetKind) fill(w *plan.Workload, m move) {
	if m.verdict == plan.InPlace && newTemplate(m.Edit) {
		w.Findings = append(w.Findings, plan.Finding{Rule: "template", Severity: plan.Info,
			Message: "a ReplicaSet replaces no pods: those that exist keep the old template"})
	}
}
