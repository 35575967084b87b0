package render

import (
	"fmt"
	"strings"

	"github.com/clipperhouse/displaywidth"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// workload adds the block of one workload: its name, what changes, the verdict,
// the waves, the forecast in one line, and what the checks found.
func (d *document) workload(p *plan.Plan, w *plan.Workload, source string, o Options) {
	d.add(paragraph{body: []span{toned(title(w.Ref), strong)}, right: source})
	d.changes(w, o)
	d.nodeChanges(p, w)
	d.add(paragraph{indent: 2, body: verdict(w)})
	if len(w.Targets) > 0 && w.Verdict != plan.Rejected && w.Verdict != plan.Delete {
		d.targetSummary(w, o)
	}
	if hasRows(w) {
		d.add(blank{})
		d.table(w, o)
		d.add(blank{})
	}
	d.forecast(p, w, o)
	if len(p.Workloads) == 1 {
		d.assumptions(p, o)
	}
	d.findings(w)
}

// table adds rows of pods where they have names of their own, of nodes for a DaemonSet,
// else of waves.
func (d *document) table(w *plan.Workload, o Options) {
	switch {
	case len(w.Turns) > 0:
		d.turns(w, o)
		return
	case len(w.Sweeps) > 0:
		d.sweeps(w, o)
		return
	}
	d.waves(w, o)
}

func hasRows(w *plan.Workload) bool { return len(w.Waves)+len(w.Turns)+len(w.Sweeps) > 0 }

// title names a workload as kubectl would be asked for it.
func title(ref cluster.Ref) string {
	if ref.Namespace == "" {
		return ref.String()
	}
	return ref.String() + " -n " + ref.Namespace
}

// forecast adds the extremes and the duration. What is guaranteed is in
// parentheses, behind what is forecast.
func (d *document) forecast(p *plan.Plan, w *plan.Workload, o Options) {
	if w.Verdict == plan.Rejected || isStill(w) {
		return
	}
	facts := lowest(w)
	if w.Summary.MaxPods > 0 {
		facts = append(facts, peak(w))
	}
	if took := duration(p, w); took != "" {
		facts = append(facts, took)
	}
	d.facts(facts, o)
}

// facts adds phrases side by side; a phrase that does not fit starts a line.
func (d *document) facts(phrases []string, o Options) {
	line := ""
	for _, phrase := range phrases {
		joined := strings.TrimPrefix(line+"   "+phrase, "   ")
		if line != "" && displaywidth.String(joined) > o.width()-2 {
			d.line(2, text(line))
			joined = phrase
		}
		line = joined
	}
	if line != "" {
		d.line(2, text(line))
	}
}

// isStill says that nothing happens at all, so that extremes say nothing.
func isStill(w *plan.Workload) bool {
	if hasRows(w) {
		return false
	}
	return w.Verdict == plan.NoChange || w.Verdict == plan.InPlace || isHeldAtOnce(w)
}

func isHeldAtOnce(w *plan.Workload) bool {
	return w.Summary.Outcome == plan.Held && short(w.Summary.Duration) == "0s"
}

func lowest(w *plan.Workload) []string {
	if w.Summary.MinAvailable == nil || w.Verdict == plan.Delete {
		return nil
	}
	low, floor := *w.Summary.MinAvailable, w.Summary.Floor
	guarantee := fmt.Sprintf("(floor %d)", floor)
	switch {
	case w.Verdict == plan.Recreate:
		guarantee = "(no floor)"
	case low < floor && w.Start != nil && w.Start.Available == low:
		guarantee = fmt.Sprintf("(as now; floor %d)", floor)
	case low < floor:
		guarantee = fmt.Sprintf("(below the floor of %d)", floor)
	}
	return []string{fmt.Sprintf("Lowest available %d %s", low, guarantee)}
}

func peak(w *plan.Workload) string {
	words := "Peak " + pods(w.Summary.MaxTotal)
	if w.Summary.MaxPods > w.Summary.MaxTotal {
		words += fmt.Sprintf(", %d with terminating", w.Summary.MaxPods)
	}
	return words
}

// pods counts in words: "1 pod", "8 pods".
func pods(count int32) string {
	if count == 1 {
		return "1 pod"
	}
	return fmt.Sprintf("%d pods", count)
}

// lastState returns the pods at the end of the forecast, if the plan says.
func lastState(w *plan.Workload) *timeline.State {
	if moments := w.Judged(); moments != nil {
		return &moments.End
	}
	return nil
}

// before and after are the replicas that were and that will be wanted.
func before(w *plan.Workload) int32 {
	switch {
	case w.Start != nil:
		return w.Start.Desired
	case len(w.Waves) > 0:
		return w.Waves[0].OldFrom + w.Waves[0].NewFrom
	}
	return after(w)
}

func after(w *plan.Workload) int32 {
	if last := len(w.Waves) - 1; w.Replicas == 0 && last >= 0 && w.Start == nil {
		return w.Waves[last].OldTo + w.Waves[last].NewTo
	}
	return w.Replicas
}

// existing is how many pods there are before the change.
func existing(w *plan.Workload) int32 {
	if w.Start != nil {
		return w.Start.Total
	}
	return max(before(w), w.Restarts)
}
