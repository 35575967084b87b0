// Package planner is the only chain: change, simulate, plan, check.
package planner

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/check"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
)

// Request is all that a plan is made from. The same request gives the same plan.
type Request struct {
	State *cluster.Snapshot
	Asks  []Ask
	// Nodes are changes to nodes that come with the others.
	Nodes   []change.NodeChange
	Assume  Assume
	Now     time.Time
	Profile kubeversion.Profile
	Source  plan.Source
	// Services come with the change, beside those of the state.
	Services []*corev1.Service
	// MostPods is how many pods there can be before the question is refused; zero
	// stands for a million.
	MostPods int64
	// Pods asks for a step for each thing that happens to a pod.
	Pods bool
	// Notes are sentences that the plan repeats, Facts assumptions that it repeats:
	// what whoever asks knows of how the state and the change came about.
	Notes []string
	Facts []plan.Assumption
}

// Ask is one workload to plan, and what is to become of it.
type Ask struct {
	Ref cluster.Ref
	// Intent is the change; nil asks what happens from here.
	Intent change.Intent
}

// Plan plans the workloads that are asked for. An error means that the question
// cannot be answered; a change that would not work is a plan that says so.
func Plan(r Request) (*plan.Plan, error) {
	edits, err := r.edits()
	if err != nil {
		return nil, err
	}
	if err := r.bounded(edits); err != nil {
		return nil, err
	}
	nodes, err := change.EditNodes(r.State.Nodes, r.Now, r.Nodes...)
	if err != nil {
		return nil, err
	}
	assumed := r.assume(edits)
	run := r.simulation(edits, assumed)
	for _, node := range nodes {
		run.changed[node.Name()] = true
	}
	run.targets = r.targetsOf(edits, nodes)
	result, err := simulate.Run(r.only(edits), append(nodeChanges(nodes), changesOf(edits)...), run.config)
	if err != nil {
		return nil, err
	}
	writes, undo, err := writesOf(edits)
	if err != nil {
		return nil, err
	}
	p := &plan.Plan{
		APIVersion: plan.APIVersion,
		Kind:       plan.Kind,
		Source:     r.Source,
		Writes:     writes,
		OnFailure:  undo,
		Assumptions: slices.Concat(assumed.list, r.nodeAssumptions(), limitAssumption(r.Assume.API, result), r.Facts,
			settledAssumptions(result.Notes)),
		Notes: r.Notes,
	}
	for _, e := range edits {
		p.Workloads = append(p.Workloads, run.entry(e, result))
	}
	if err := r.blame(p, edits, result, run); err != nil {
		return nil, err
	}
	if err := r.remedies(p, edits, result, run); err != nil {
		return nil, err
	}
	p.Summary = run.totals(p)
	check.Run(p, r.facts(edits, nodes))
	return p, nil
}
