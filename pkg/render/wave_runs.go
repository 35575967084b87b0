package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

const (
	maxRows   = 12 // of waves in one table
	headRows  = 5  // shown before what is left out where nothing repeats
	tailRows  = 4
	maxPeriod = 4 // waves after which a rollout may repeat itself
	leastRuns = 3 // repetitions that make a run
)

// run is the waves from (included) to to (not included), shown as one row. They
// repeat every period waves; period 0 says that they do not repeat.
type run struct{ from, to, period int }

// runs cuts waves into rows: each its own if they fit, else repeated ones
// together, and if that is still too much the middle as one.
func runs(waves []plan.Wave, o Options) []run {
	if o.Wide || len(waves) <= maxRows {
		return single(0, len(waves))
	}
	var found []run
	for from := 0; from < len(waves); {
		next := longestRun(waves, from)
		found = append(found, next)
		from = next.to
	}
	if len(found) <= maxRows {
		return found
	}
	return cutMiddle(found)
}

func single(from, to int) []run {
	var found []run
	for i := from; i < to; i++ {
		found = append(found, run{from: i, to: i + 1, period: 1})
	}
	return found
}

func longestRun(waves []plan.Wave, from int) run {
	best := run{from: from, to: from + 1, period: 1}
	for period := 1; period <= maxPeriod; period++ {
		to := from + period
		for to < len(waves) && sameMove(waves[to], waves[to-period]) {
			to++
		}
		to -= (to - from) % period
		if to-from >= leastRuns*period && to > best.to {
			best = run{from: from, to: to, period: period}
		}
	}
	return best
}

func sameMove(a, b plan.Wave) bool {
	return a.OldTo-a.OldFrom == b.OldTo-b.OldFrom && a.NewTo-a.NewFrom == b.NewTo-b.NewFrom
}

func cutMiddle(found []run) []run {
	tail := len(found) - tailRows
	middle := run{from: found[headRows].from, to: found[tail].from}
	cut := append([]run(nil), found[:headRows]...)
	return append(append(cut, middle), found[tail:]...)
}

// why says what repeats: "33 times: 1 old stops, 1 new starts, every 12s".
func (r run) why(waves []plan.Wave) string {
	if r.period == 0 {
		return fmt.Sprintf("%d waves of different sizes (-o wide shows them)", r.to-r.from)
	}
	turns := make([]string, r.period)
	for i := range turns {
		turns[i] = moved(waves[r.from+i])
	}
	words := fmt.Sprintf("%d times: %s", (r.to-r.from)/r.period, strings.Join(turns, ", then "))
	if every := r.interval(waves); every != "" {
		words += ", every " + every
	}
	return words
}

func moved(w plan.Wave) string {
	var parts []string
	for _, part := range []string{side(w.OldTo-w.OldFrom, "old"), side(w.NewTo-w.NewFrom, "new")} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

func side(change int32, revision string) string {
	if change == 0 {
		return ""
	}
	return fmt.Sprintf("%+d %s", change, revision)
}

// interval returns the time from one repetition to the next, where it is always
// the same.
func (r run) interval(waves []plan.Wave) string {
	var every time.Duration
	for i := r.from + r.period; i < r.to; i++ {
		gap, ok := between(waves[i-r.period].At, waves[i].At)
		if !ok || every != 0 && gap != every {
			return ""
		}
		every = gap
	}
	return plan.ShortDuration(every)
}

func between(from, to string) (time.Duration, bool) {
	start, err := time.ParseDuration(from)
	if err != nil {
		return 0, false
	}
	end, err := time.ParseDuration(to)
	return end - start, err == nil
}
