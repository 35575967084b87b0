package planner

import (
	"slices"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
)

// blame tells apart what does not settle because of the change and what was broken
// before: the first fails a gate, the second is a warning.
func (r Request) blame(p *plan.Plan, edits []change.Edit, result simulate.Result, s *run) error {
	open := map[cluster.Ref]bool{}
	for _, w := range p.Workloads {
		if unsettled(w.Summary.Outcome) && w.Verdict != plan.Rejected {
			open[w.Ref] = true
		}
	}
	if len(open) == 0 {
		return nil
	}
	config := s.config
	config.Begin, config.Report, config.Waits = nil, nil, nil
	without, err := simulate.Run(r.only(edits), nil, config)
	if err != nil {
		return err
	}
	for i := range p.Workloads {
		w := &p.Workloads[i]
		if open[w.Ref] && !r.becauseOf(w, result, without) {
			w.Findings = append(w.Findings, plan.Finding{Rule: "before", Severity: plan.Warning, Message: before(w)})
		}
	}
	return nil
}

func unsettled(o plan.Outcome) bool { return o == plan.Stalled || o == plan.HorizonReached }

func before(w *plan.Workload) string {
	switch {
	case len(w.Summary.Except) > 0:
		return "not because of the change: it is held by nodes that were not ready before"
	case w.Verdict == plan.NoChange || w.Verdict == plan.Continues:
		return "not because of a change: " + w.Summary.Cause
	}
	return "it does not settle without the change either: " + w.Summary.Cause
}

// becauseOf reports whether a change keeps its workload from settling: it makes more
// new pods that are broken, or the workload would settle without it.
func (r Request) becauseOf(w *plan.Workload, with, without simulate.Result) bool {
	if len(r.Nodes) == 0 && (w.Verdict == plan.NoChange || w.Verdict == plan.Continues) {
		return false
	}
	o, before := outcomeOf(with, w.Ref), outcomeOf(without, w.Ref)
	if o != nil && len(o.Except) > 0 && before != nil && len(r.Nodes) == 0 {
		return o.NewBroken > before.NewBroken // nodes that were broken hold it
	}
	if before == nil || before.Settled {
		return true
	}
	return o != nil && o.NewBroken > before.NewBroken
}

// outcomeOf finds the outcome of a workload; they are sorted.
func outcomeOf(result simulate.Result, ref cluster.Ref) *simulate.Outcome {
	at, ok := slices.BinarySearchFunc(result.Outcomes, ref, func(o simulate.Outcome, ref cluster.Ref) int {
		return o.Workload.Compare(ref)
	})
	if !ok {
		return nil
	}
	return &result.Outcomes[at]
}

// totals is the summary of all workloads together.
func (s *run) totals(p *plan.Plan) plan.Totals {
	totals := plan.Totals{Outcome: plan.Settled, MaxPods: s.most, ExitCode: plan.ExitFine}
	order := []plan.Outcome{plan.Settled, plan.Held, plan.HorizonReached, plan.Stalled}
	for _, w := range p.Workloads {
		totals.Restarts += w.Restarts
		if slices.Index(order, w.Summary.Outcome) > slices.Index(order, totals.Outcome) {
			totals.Outcome = w.Summary.Outcome
		}
		if fails(w) {
			totals.ExitCode = plan.ExitWillNotWork
		}
	}
	return totals
}

func fails(w plan.Workload) bool {
	return unsettled(w.Summary.Outcome) &&
		!slices.ContainsFunc(w.Findings, func(f plan.Finding) bool { return f.Rule == "before" })
}
