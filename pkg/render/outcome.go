package render

import (
	"fmt"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

const closing = "Nothing has been changed."

// outcome adds the last line: how it ends.
func (d *document) outcome(p *plan.Plan, o Options) {
	spans := outcomeOfAll(p)
	if len(p.Workloads) == 1 {
		word, t, rest := ending(&p.Workloads[0])
		spans = []span{toned(word, t), text(rest + ".")}
	}
	if spansWidth(spans)+1+len(closing) <= o.width() {
		d.line(0, append(spans, text(" "+closing))...)
		return
	}
	d.line(0, spans...)
	d.line(0, text(closing))
}

// ending returns the word that a log is searched for and the rest of the
// sentence, without its full stop.
func ending(w *plan.Workload) (word string, t tone, rest string) {
	switch {
	case w.Verdict == plan.Rejected:
		return "WILL NOT WORK", bad, ": the API server refuses the change"
	case w.Summary.Outcome == plan.Stalled:
		return "STALLS", bad, " after " + short(w.Summary.Duration) + sizes(w) + reason(w) + deadline(w)
	case w.Summary.Outcome == plan.Held:
		return "HELD", caution, sizes(w) + reason(w)
	case w.Summary.Outcome == plan.HorizonReached:
		return "DOES NOT SETTLE", bad, " within " + short(w.Summary.Duration) + reason(w)
	}
	if few := w.Summary.Except; len(few) > 0 {
		return "SETTLES EXCEPT", caution, " on " + exceptNodes(few)
	}
	return "SETTLES", good, ""
}

// exceptNodes names nodes that were broken before.
func exceptNodes(names []string) string {
	if len(names) == 1 {
		return "node " + names[0] + ", which was not ready before the change"
	}
	few := strings.Join(names[:min(len(names), maxNames)], ", ")
	if more := len(names) - maxNames; more > 0 {
		few += fmt.Sprintf(" and %d more", more)
	}
	return nodes(len(names)) + " that were not ready before the change: " + few
}

func reason(w *plan.Workload) string {
	if w.Summary.Cause == "" {
		return ""
	}
	return ": " + strings.TrimRight(w.Summary.Cause, ". ")
}

func deadline(w *plan.Workload) string {
	if w.Summary.DeadlineAt == "" {
		return ""
	}
	return ". ProgressDeadlineExceeded is reported after " + short(w.Summary.DeadlineAt)
}

// sizes says where a rollout stands when it stops: " at 8 old and 5 new pods, 8
// of 10 available".
func sizes(w *plan.Workload) string {
	last := len(w.Waves) - 1
	if state := lastState(w); last < 0 && state != nil && len(w.Turns)+len(w.Sweeps) > 0 {
		return fmt.Sprintf(" with %d of %d available", state.Available, after(w))
	}
	if last < 0 {
		return ""
	}
	end := w.Waves[last]
	words := fmt.Sprintf(" at %s", pods(end.NewTo))
	if end.OldTo > 0 {
		words = fmt.Sprintf(" at %d old and %d new pods", end.OldTo, end.NewTo)
	}
	available := end.Available
	if state := lastState(w); state != nil {
		available = state.Available
	}
	return words + fmt.Sprintf(", %d of %d available", available, after(w))
}
