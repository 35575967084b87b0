package render

import (
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// sweeps adds the table of a DaemonSet: a row for now, one for each wave of nodes or for
// many of one size, and where it stops short, one for that.
func (d *document) sweeps(w *plan.Workload, o Options) {
	g := grid{indent: 2, columns: []column{
		{title: "WAVE"}, {title: "AT", right: true}, {title: "NODES", narrow: 16}, {title: "ACTION"},
		{title: "AVAILABLE"}, {title: "PODS*"}, {title: "WHY"},
	}}
	if w.Start != nil {
		g.rows = append(g.rows, texts("now", "-", "", "", count(w.Start.Available), count(w.Start.Pods()), ""))
	}
	if o.Wide || o.Pods {
		g.rows = append(g.rows, nodeRows(w.Sweeps)...)
	} else {
		for _, run := range sweepRuns(w.Sweeps) {
			g.rows = append(g.rows, run.row(w.Sweeps))
		}
	}
	if row := sweepStop(w); row != nil {
		g.rows = append(g.rows, row)
	}
	if !slices.ContainsFunc(w.Sweeps, func(s plan.Sweep) bool { return s.Action != plan.PodCreated }) {
		g.columns[5].title = "PODS"
		d.add(g)
		return
	}
	d.add(g)
	d.line(2, text(terminatingNote))
}

// nodeRows is a row for each node.
func nodeRows(sweeps []plan.Sweep) [][]span {
	var rows [][]span
	for i, s := range sweeps {
		for _, node := range s.Nodes {
			rows = append(rows, texts(fmt.Sprint(i+1), plan.ShortDuration(s.At), node, sweepAction(s.Action),
				count(s.Available), count(s.Pods), s.Why))
		}
	}
	return rows
}

func sweepStop(w *plan.Workload) []span {
	state := lastState(w)
	if state == nil || w.Summary.Outcome != plan.Stalled {
		return nil
	}
	return texts("stall", short(w.Summary.Duration), "", "", count(state.Available), count(state.Pods()),
		"nothing moves any more")
}

// sweepRun is the sweeps from (included) to to (not included), shown as one row. Mixed
// ones differ in size or in what they do.
type sweepRun struct {
	from, to int
	mixed    bool
}

// sweepRuns cuts sweeps into rows: each its own if they fit, else those alike together, and
// if that is still too much the middle as one.
func sweepRuns(sweeps []plan.Sweep) []sweepRun {
	least := leastRuns
	if len(sweeps) <= maxRows {
		least = len(sweeps) + 1
	}
	var found []sweepRun
	for from := 0; from < len(sweeps); {
		to := from + 1
		for to < len(sweeps) && alikeSweeps(sweeps[from], sweeps[to]) {
			to++
		}
		if to-from < least {
			to = from + 1
		}
		found = append(found, sweepRun{from: from, to: to})
		from = to
	}
	if len(found) <= maxRows {
		return found
	}
	tail := len(found) - tailRows
	middle := sweepRun{from: found[headRows].from, to: found[tail].from, mixed: true}
	cut := append([]sweepRun(nil), found[:headRows]...)
	return append(append(cut, middle), found[tail:]...)
}

func alikeSweeps(a, b plan.Sweep) bool { return a.Action == b.Action && len(a.Nodes) == len(b.Nodes) }

func (r sweepRun) row(sweeps []plan.Sweep) []span {
	first, last := sweeps[r.from], sweeps[r.to-1]
	if r.to-r.from == 1 {
		return texts(fmt.Sprint(r.from+1), plan.ShortDuration(first.At), fewNames(first.Nodes, len(first.Nodes)),
			sweepAction(first.Action), count(first.Available), count(first.Pods), first.Why)
	}
	low, high, least, most, all := first.Available, first.Available, first.Pods, first.Pods, 0
	for _, s := range sweeps[r.from:r.to] {
		low, high = min(low, s.Available), max(high, s.Available)
		least, most = min(least, s.Pods), max(most, s.Pods)
		all += len(s.Nodes)
	}
	named, action, why := fmt.Sprintf("%d each", len(first.Nodes)), sweepAction(first.Action), r.every(sweeps)
	if r.mixed {
		named, action, why = nodes(all), "", "waves of different sizes (-o wide shows them)"
	}
	return texts(fmt.Sprintf("%d-%d", r.from+1, r.to),
		plan.ShortDuration(first.At)+"-"+plan.ShortDuration(last.At), named, action,
		numberRange(low, high), numberRange(least, most), why)
}

// every says when the next wave comes.
func (r sweepRun) every(sweeps []plan.Sweep) string {
	var every time.Duration
	for i := r.from + 1; i < r.to; i++ {
		gap := sweeps[i].At - sweeps[i-1].At
		if every != 0 && gap != every {
			return "each as those before get available"
		}
		every = gap
	}
	return "each once those before are available, every " + plan.ShortDuration(every)
}

func sweepAction(action plan.PodAction) string {
	switch action {
	case plan.PodCreated:
		return "create"
	case plan.PodDeleted:
		return "delete"
	}
	return "restart"
}

// gainedLost is ", 2 gained, 1 lost", without what is none.
func gainedLost(s plan.TargetSummary) string {
	words := ""
	if s.Gained > 0 {
		words += fmt.Sprintf(", %d gained", s.Gained)
	}
	if s.Lost > 0 {
		words += fmt.Sprintf(", %d lost", s.Lost)
	}
	return words
}

// targetSummary adds what a plan says of the nodes of a DaemonSet: how many it is for, and why not
// the others.
func (d *document) targetSummary(w *plan.Workload, o Options) {
	const shown = 5
	s := plan.Summarize(w.Targets)
	d.line(2, text(fmt.Sprintf("TARGETS %d of %s", s.WillRun, nodes(s.Nodes))+gainedLost(s)))
	left, told := 0, 0
	for _, group := range groupTargets(w.Targets) {
		switch {
		case group.WillRun && group.Change == plan.Unchanged || w.Verdict == plan.Create && group.WillRun:
		case told >= shown && !o.Wide:
			left += group.count
		default:
			told++
			what := string(group.Change)
			if what == "" {
				what = "without"
			}
			d.add(paragraph{indent: 4, lead: texts(fmt.Sprintf("%-7s  ", what)),
				body: texts(fewNames(group.first, group.count) + ": " + group.Reason)})
		}
	}
	if left > 0 {
		d.line(4, text(fmt.Sprintf("and %s more (kubectl workload targets shows all)", nodes(left))))
	}
}
