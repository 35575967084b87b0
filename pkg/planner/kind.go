package planner

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/check"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
)

// kind is all that a plan has to know about one kind of workload. Each kind answers in
// a file of its own; a new one is such a file, and a row in kindOf.
type kind interface {
	// replicas is how many pods are wanted.
	replicas() int32
	template() *corev1.PodTemplateSpec
	// mostPods is the most that it asks for, or says that it has.
	mostPods() int64
	// rolls says what the change does to the pods that are there, where it is a new
	// template or lets an update of them go further.
	rolls(move) (v plan.Verdict, ok bool)
	// restarts counts the pods of old revisions that the controller replaces.
	restarts(move) int32
	// floor is how many available pods the controller keeps, of those that are.
	floor(move) int32
	// strategy is what the plan says of how it rolls; nil where it does not.
	strategy(kubeversion.Profile) *plan.Strategy
	// facts are what the checks need of it.
	facts(surroundings) check.WorkloadFacts
	// fill completes its entry, where there is more to say than of every kind.
	fill(*plan.Workload, move)
}

// move is a workload on its way: what the change makes of it and how it begins.
type move struct {
	change.Edit
	profile  kubeversion.Profile
	begin    simulate.Beginning
	end      simulate.Outcome
	claims   map[string]plan.ClaimAction // those that are created or deleted
	verdict  plan.Verdict
	replaced int32 // pods of old revisions that the controller replaces
	// nodes are those of a DaemonSet, targets their number.
	nodes   []plan.Target
	targets plan.TargetSummary
	// changed are the nodes that change with the workload.
	changed map[string]bool
}

// old counts the pods of old revisions right after the change.
func (m move) old() int32 { return m.begin.After.Total - m.begin.After.Updated }

// smaller is the smaller of the sizes before and after the change.
func (m move) smaller() int32 {
	after := int32(0)
	if m.After != nil {
		after = kindOf(m.After).replicas()
	}
	return min(kindOf(m.Before).replicas(), after)
}

// kept is what is left of so many pods where not all are available at the start.
func (m move) kept(pods int32) int32 { return max(min(pods, m.begin.Before.Available), 0) }

// kindOf returns what is to be known of an object; of one that cannot be planned, and
// of none, nothing.
func kindOf(object cluster.Object) kind {
	switch o := object.(type) {
	case *appsv1.Deployment:
		return deploymentKind{o}
	case *appsv1.ReplicaSet:
		return replicaSetKind{o}
	case *appsv1.StatefulSet:
		return statefulSetKind{o}
	case *appsv1.DaemonSet:
		return daemonSetKind{o}
	}
	return noKind{}
}

// of is the kind of what is edited: as it is after the change, or before its deletion.
func of(e change.Edit) kind {
	if e.After == nil {
		return kindOf(e.Before)
	}
	return kindOf(e.After)
}

// noKind is what is known of an object that does not exist.
type noKind struct{}

func (noKind) replicas() int32                             { return 0 }
func (noKind) template() *corev1.PodTemplateSpec           { return &corev1.PodTemplateSpec{} }
func (noKind) mostPods() int64                             { return 0 }
func (noKind) rolls(move) (plan.Verdict, bool)             { return "", false }
func (noKind) restarts(move) int32                         { return 0 }
func (noKind) floor(move) int32                            { return 0 }
func (noKind) strategy(kubeversion.Profile) *plan.Strategy { return nil }
func (noKind) facts(surroundings) check.WorkloadFacts      { return check.WorkloadFacts{} }
func (noKind) fill(*plan.Workload, move)                   {}
