package render

import (
	"fmt"
	"slices"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// waves adds the table of one workload: a row for now, one for each wave or run
// of equal waves, and where a rollout stops short, one for that.
func (d *document) waves(w *plan.Workload, o Options) {
	g := grid{indent: 2, columns: []column{
		{title: "WAVE"}, {title: "AT", right: true}, {title: "OLD"}, {title: "NEW"},
		{title: "AVAILABLE"}, {title: "PODS*"}, {title: "WHY"},
	}}
	const old, fresh, existing = 2, 3, 5
	if w.Start != nil {
		g.rows = append(g.rows, nowRow(w))
	}
	for _, run := range runs(w.Waves, o) {
		g.rows = append(g.rows, run.row(w.Waves))
	}
	if row := stopRow(w); row != nil {
		g.rows = append(g.rows, row)
	}
	terminating := hasTerminating(w)
	if !terminating {
		g.columns[existing].title = "PODS"
	}
	if !hasOld(w) {
		g.columns[fresh].title = "SIZE" // the one ReplicaSet is neither old nor new
		g.drop(old)
	}
	d.add(g)
	if terminating {
		d.line(2, text(terminatingNote))
	}
}

const terminatingNote = "* terminating pods included (they use quota and nodes)"

func hasOld(w *plan.Workload) bool {
	return slices.ContainsFunc(w.Waves, func(wave plan.Wave) bool {
		return wave.OldFrom > 0 || wave.OldTo > 0
	})
}

// hasTerminating says whether a row counts pods that no ReplicaSet wants.
func hasTerminating(w *plan.Workload) bool {
	return w.Start != nil && w.Start.Terminating > 0 ||
		slices.ContainsFunc(w.Waves, func(wave plan.Wave) bool {
			return wave.Pods > wave.OldTo+wave.NewTo
		})
}

func nowRow(w *plan.Workload) []span {
	first := w.Waves[0]
	return texts("now", "-", count(first.OldFrom), count(first.NewFrom),
		count(w.Start.Available), count(w.Start.Pods()), "")
}

// stopRow is the state in which nothing moves any more.
func stopRow(w *plan.Workload) []span {
	state, last := lastState(w), w.Waves[len(w.Waves)-1]
	word := ""
	switch w.Summary.Outcome {
	case plan.Stalled:
		word = "stall"
	case plan.Held:
		word = "held"
	}
	if word == "" || state == nil {
		return nil
	}
	return texts(word, short(w.Summary.Duration), count(last.OldTo), count(last.NewTo),
		count(state.Available), count(state.Pods()), "nothing moves any more")
}

func count(n int32) string { return fmt.Sprint(n) }

// row writes one wave, or several as one.
func (r run) row(waves []plan.Wave) []span {
	first, last := waves[r.from], waves[r.to-1]
	if r.to-r.from == 1 {
		return texts(fmt.Sprint(r.from+1), short(first.At), move(first.OldFrom, first.OldTo),
			move(first.NewFrom, first.NewTo), count(first.Available), count(first.Pods), first.Why)
	}
	available, total := r.extremes(waves)
	return texts(
		fmt.Sprintf("%d-%d", r.from+1, r.to),
		short(first.At)+"-"+short(last.At),
		move(first.OldFrom, last.OldTo),
		move(first.NewFrom, last.NewTo),
		available, total,
		r.why(waves),
	)
}

// move is "10 -> 8", or one number where nothing moves.
func move(from, to int32) string {
	if from == to {
		return count(to)
	}
	return fmt.Sprintf("%d -> %d", from, to)
}

// extremes returns the available and existing pods of a run, as ranges.
func (r run) extremes(waves []plan.Wave) (available, total string) {
	low, high := waves[r.from].Available, waves[r.from].Available
	least, most := waves[r.from].Pods, waves[r.from].Pods
	for _, w := range waves[r.from:r.to] {
		low, high = min(low, w.Available), max(high, w.Available)
		least, most = min(least, w.Pods), max(most, w.Pods)
	}
	return numberRange(low, high), numberRange(least, most)
}

// numberRange is "8" or "8-10".
func numberRange(low, high int32) string {
	if low == high {
		return count(low)
	}
	return fmt.Sprintf("%d-%d", low, high)
}
