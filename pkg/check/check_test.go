package check_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-workload/kubectl-workload/pkg/check"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

func web() cluster.Ref {
	return cluster.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "web"}
}

// rollout is a rollout of three pods, surge 1 and none missing, 10s for each.
func rollout() plan.Workload {
	three := int32(3)
	return plan.Workload{
		Ref: web(), Verdict: plan.RollingUpdate, Restarts: 3, Replicas: 3,
		Start:    &timeline.State{Desired: 3, Total: 3, Ready: 3, Available: 3},
		Strategy: &plan.Strategy{Type: "RollingUpdate", MaxSurge: 1},
		Waves:    []plan.Wave{{At: "0s", OldFrom: 3, OldTo: 3, NewTo: 1}},
		Steps: []plan.Step{
			{At: "0s", State: timeline.State{Desired: 3, Total: 4, Updated: 1, Ready: 3, Available: 3}},
			{At: "10s", State: timeline.State{Desired: 3, Total: 4, Updated: 1, Ready: 4, Available: 4}},
		},
		Summary: plan.Summary{Outcome: plan.Settled, MinAvailable: &three, MaxTotal: 4, MaxPods: 4},
	}
}

// run returns what the rules say of one workload, findings as lines.
func run(w plan.Workload, facts check.WorkloadFacts, unchecked string) (found, passed []string) {
	p := &plan.Plan{Workloads: []plan.Workload{w}}
	check.Run(p, check.Facts{NodesUnchecked: unchecked,
		Workloads: map[cluster.Ref]check.WorkloadFacts{w.Ref: facts}})
	for _, f := range p.Workloads[0].Findings {
		line := string(f.Severity) + " " + f.Rule + ": " + f.Message
		if f.At != "" {
			line += " @" + f.At
		}
		found = append(found, line)
	}
	return found, p.Workloads[0].Passed
}

func TestRules(t *testing.T) {
	tests := []struct {
		name      string
		change    func(*plan.Workload)
		facts     check.WorkloadFacts
		unchecked string
		found     []string
		passed    []string
	}{
		{name: "a rollout without facts has nothing to say"},
		{
			name:   "each wait is shorter than the deadline",
			facts:  check.WorkloadFacts{ProgressDeadline: 10 * time.Minute},
			passed: []string{"longest wait without progress 10s, the deadline is 10m"},
		},
		{
			name:  "a slow pod exceeds the deadline although the rollout goes on",
			facts: check.WorkloadFacts{ProgressDeadline: 5 * time.Second},
			found: []string{"warning deadline: ProgressDeadlineExceeded is reported although the rollout " +
				"goes on: 10s without progress, the deadline is 5s @5s"},
		},
		{
			name: "a stall says when it is reported",
			change: func(w *plan.Workload) {
				w.Summary.Outcome, w.Summary.DeadlineAt = plan.Stalled, "10m10s"
			},
			found: []string{"warning deadline: the rollout stalls, and ProgressDeadlineExceeded is " +
				"reported only after 10m10s @10m10s"},
		},
		{
			name:   "a stall that nobody reports",
			change: func(w *plan.Workload) { w.Summary.Outcome = plan.Stalled },
			found: []string{"warning deadline: the rollout stalls and nobody reports it: " +
				"there is no progress deadline"},
		},
		{
			name:   "a paused rollout has no deadline",
			change: func(w *plan.Workload) { w.Summary.Outcome = plan.Held },
			facts:  check.WorkloadFacts{ProgressDeadline: time.Second},
		},
		{
			name: "an autoscaler owns the replicas",
			facts: check.WorkloadFacts{Autoscalers: []check.Autoscaler{
				{Ref: cluster.Ref{Name: "web"}, Min: 10, Max: 40}}},
			found: []string{"warning autoscaler: hpa/web (10-40) may change replicas meanwhile; " +
				"planned at 3, which it will not leave so"},
		},
		{
			name:      "new pods need nodes",
			unchecked: "cannot list nodes",
			found:     []string{"info nodes: node capacity not checked: cannot list nodes"},
		},
		{
			name:      "no new pods need no nodes",
			change:    func(w *plan.Workload) { w.Waves = nil },
			unchecked: "cannot list nodes",
		},
		{
			name:   "terminating pods come on top of maxSurge",
			change: func(w *plan.Workload) { w.Summary.MaxPods = 6 },
			found: []string{"info surge: up to 6 pods exist at once, not 4 (3 replicas + maxSurge 1): " +
				"terminating pods are not counted"},
		},
		{
			name: "no pod is available for a while",
			change: func(w *plan.Workload) {
				w.Verdict, w.Summary.MinAvailable = plan.Recreate, new(int32)
				w.Steps[0].State.Available = 0
			},
			found: []string{"warning availability: no pod is available for 10s, from 0s to 10s @0s"},
		},
		{
			name: "no pod becomes available again",
			change: func(w *plan.Workload) {
				w.Verdict, w.Summary.MinAvailable = plan.Recreate, new(int32)
				w.Steps[0].State.Available, w.Steps[1].State.Available = 0, 0
			},
			found: []string{"warning availability: no pod is available from 0s on @0s"},
		},
		{
			name: "nobody is told of an outage who scales to zero",
			change: func(w *plan.Workload) {
				w.Verdict, w.Summary.MinAvailable, w.Replicas = plan.Scale, new(int32), 0
			},
		},
		{
			name: "an old revision is removed",
			change: func(w *plan.Workload) {
				w.Steps = append(w.Steps, plan.Step{At: "30s", Action: timeline.Delete,
					Object: plan.StepObject{Kind: "ReplicaSet", Name: "web-7f9c"},
					Reason: "RevisionHistory", State: w.Steps[1].State})
			},
			facts: check.WorkloadFacts{HistoryLimit: 2,
				Revisions: []check.Revision{{Name: "web-7f9c", Number: 3}}},
			found: []string{"info history: revision 3 (web-7f9c) is removed by revisionHistoryLimit 2: " +
				"no undo can go back to it @30s"},
		},
		{
			name:      "what is rejected is not looked at",
			change:    func(w *plan.Workload) { w.Verdict = plan.Rejected },
			unchecked: "cannot list nodes",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := rollout()
			if test.change != nil {
				test.change(&w)
			}
			found, passed := run(w, test.facts, test.unchecked)
			if diff := cmp.Diff(test.found, found); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.passed, passed); diff != "" {
				t.Errorf("passed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAutoscalersThatCannotBeReadAreToldOf(t *testing.T) {
	for _, verdict := range []plan.Verdict{plan.RollingUpdate, plan.NoChange} {
		w := rollout()
		w.Verdict = verdict
		p := &plan.Plan{Workloads: []plan.Workload{w}}
		check.Run(p, check.Facts{AutoscalersUnchecked: "cannot list horizontalpodautoscalers (forbidden)"})
		said := false
		for _, f := range p.Workloads[0].Findings {
			said = said || f.Rule == "autoscaler" && f.Severity == plan.Info &&
				f.Message == "autoscalers not checked: cannot list horizontalpodautoscalers (forbidden)"
		}
		if said != (verdict == plan.RollingUpdate) {
			t.Errorf("%s: %v", verdict, p.Workloads[0].Findings)
		}
	}
}
