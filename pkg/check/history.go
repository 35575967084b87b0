package check

import (
	"fmt"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// history tells which revisions the rollout removes, so that nobody counts on
// undoing to them.
func history(s subject) result {
	var r result
	for i := range s.workload.Steps {
		step := &s.workload.Steps[i]
		if step.Action == timeline.Delete && step.Reason == "RevisionHistory" {
			r.findings = append(r.findings, plan.Finding{
				Severity: plan.Info,
				At:       step.At,
				Message:  pruned(step.Object.Name, s.facts),
			})
		}
	}
	return r
}

func pruned(name string, facts WorkloadFacts) string {
	what := name
	for _, revision := range facts.Revisions {
		if revision.Name == name {
			what = fmt.Sprintf("revision %d (%s)", revision.Number, name)
		}
	}
	return fmt.Sprintf("%s is removed by revisionHistoryLimit %d: no undo can go back to it",
		what, facts.HistoryLimit)
}
