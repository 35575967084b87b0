package simulate_test

import (
	"fmt"

	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// trace is what a story prints of a simulation: what is done and waited for, and at the
// end of each instant how many pods there are.
type trace struct {
	lines  []string
	last   timeline.Event
	behind bool // the counts of the last instant are still to be printed
}

func (t *trace) add(format string, args ...any) {
	t.lines = append(t.lines, fmt.Sprintf(format, args...))
}

func (t *trace) count() {
	if t.behind {
		t.add("%-6s pods: %s", t.last.At, counts(t.last.State))
	}
	t.behind = false
}

func (t *trace) waits(w simulate.Waiting) {
	if w.At != t.last.At {
		t.count()
	}
	if w.Wait.Message != "" {
		t.add("%-6s waits for %s (%s: %s)", w.At, w.Wait.Object.Name, w.Wait.Reason, w.Wait.Message)
	}
}

func (t *trace) report(e timeline.Event) {
	if e.At != t.last.At {
		t.count()
	}
	t.last, t.behind = e, true
	if e.Actor != timeline.Kubelet {
		t.lines = append(t.lines, line(e))
	}
}
