package render

import (
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// turnRun is the turns from (included) to to (not included), shown as one row: so many
// at once, again and again. Mixed ones have nothing in common.
type turnRun struct {
	from, to int
	size     int
	mixed    bool
}

// rows cuts turns into rows: each its own if they fit, else those at one instant
// together, then the batches that repeat, and if that is still too much the middle.
func (t turnTable) rows() []turnRun {
	if t.wide || len(t.turns) <= maxRows {
		return t.batches(func(a, b int) bool { return false })
	}
	batches := t.batches(func(a, b int) bool { return t.turns[a].At == t.turns[b].At && t.alike(a, b) })
	if len(batches) > maxRows {
		batches = t.repeated(batches)
	}
	if len(batches) <= maxRows {
		return batches
	}
	tail := len(batches) - tailRows
	middle := turnRun{from: batches[headRows].from, to: batches[tail].from, mixed: true}
	cut := append([]turnRun(nil), batches[:headRows]...)
	return append(append(cut, middle), batches[tail:]...)
}

// batches cuts the turns where two neighbours do not belong together.
func (t turnTable) batches(together func(a, b int) bool) []turnRun {
	var found []turnRun
	for from := 0; from < len(t.turns); {
		to := from + 1
		for to < len(t.turns) && together(to-1, to) {
			to++
		}
		found = append(found, turnRun{from: from, to: to, size: to - from})
		from = to
	}
	return found
}

// alike reports whether the same happens to two pods, with ordinals next to each other.
func (t turnTable) alike(a, b int) bool {
	one, other := t.pods[t.turns[a].Pod], t.pods[t.turns[b].Pod]
	if one == nil || other == nil || t.turns[a].Action != t.turns[b].Action || len(one.Claims) != len(other.Claims) {
		return false
	}
	for i := range one.Claims {
		if one.Claims[i].Action != other.Claims[i].Action {
			return false
		}
	}
	return one.Ordinal-other.Ordinal == 1 || other.Ordinal-one.Ordinal == 1
}

// repeated joins batches of one size that go on where the one before ended.
func (t turnTable) repeated(batches []turnRun) []turnRun {
	var found []turnRun
	for from := 0; from < len(batches); {
		to := from + 1
		for to < len(batches) && t.goesOn(batches[to-1], batches[to]) {
			to++
		}
		if to-from < leastRuns {
			to = from + 1
		}
		found = append(found, turnRun{from: batches[from].from, to: batches[to-1].to, size: batches[from].size})
		from = to
	}
	return found
}

func (t turnTable) goesOn(a, b turnRun) bool { return a.size == b.size && t.alike(a.to-1, b.from) }

// interval returns the time from one batch to the next, where it is always the same.
func (t turnTable) interval(r turnRun) string {
	var every time.Duration
	for i := r.from + r.size; i < r.to; i += r.size {
		gap := t.turns[i].At - t.turns[i-r.size].At
		if every != 0 && gap != every {
			return ""
		}
		every = gap
	}
	if every == 0 {
		return ""
	}
	return plan.ShortDuration(every)
}
