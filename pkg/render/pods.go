package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// turns adds the table of a workload whose pods have names: a row for now, one for each
// pod that changes or for many alike, and where it stops short, one for that.
func (d *document) turns(w *plan.Workload, o Options) {
	g := grid{indent: 2, columns: []column{
		{title: "POD", narrow: 20}, {title: "NAME IN THE CLUSTER"}, {title: "AT", right: true}, {title: "ACTION"},
		{title: "VOLUME", narrow: 16}, {title: "AVAILABLE"}, {title: "THEN WAITS FOR"},
	}}
	const name, volume = 1, 4
	if w.Start != nil {
		g.rows = append(g.rows, texts("now", "", "-", "", "", count(w.Start.Available), ""))
	}
	t := tableOf(w, o)
	for _, r := range t.rows() {
		g.rows = append(g.rows, t.row(r))
	}
	if row := turnStop(w); row != nil {
		g.rows = append(g.rows, row)
	}
	if !slices.ContainsFunc(w.Pods, func(p plan.Pod) bool { return len(p.Claims) > 0 }) {
		g.drop(volume)
	}
	if !o.Wide {
		g.drop(name)
	}
	if last := len(g.columns) - 1; !slices.ContainsFunc(g.rows, func(row []span) bool { return row[last].text != "" }) {
		g.drop(last)
	}
	d.add(g)
	if names := newNames(w); names != "" && !o.Wide {
		d.line(2, text(names))
	}
}

// turnStop is the state in which nothing moves any more.
func turnStop(w *plan.Workload) []span {
	state := lastState(w)
	if state == nil || w.Summary.Outcome != plan.Stalled {
		return nil
	}
	return texts("stall", "", short(w.Summary.Duration), "", "", count(state.Available), "nothing moves any more")
}

// newNames are the names inside the cluster of pods that are new: "New names:
// db-3.db.shop.svc to db-4.db.shop.svc".
func newNames(w *plan.Workload) string {
	var first, last string
	for _, p := range w.Pods {
		if p.Action == plan.PodCreated && p.DNS != "" {
			if first == "" {
				first = p.DNS
			}
			last = p.DNS
		}
	}
	switch first {
	case "":
		return ""
	case last:
		return "New name: " + first
	}
	return "New names: " + first + " to " + last
}

// turnTable is the turns of a workload and what is known of their pods.
type turnTable struct {
	turns []plan.Turn
	pods  map[string]*plan.Pod
	wide  bool
}

func tableOf(w *plan.Workload, o Options) turnTable {
	t := turnTable{turns: w.Turns, pods: map[string]*plan.Pod{}, wide: o.Wide}
	for i := range w.Pods {
		t.pods[w.Pods[i].Name] = &w.Pods[i]
	}
	return t
}

func (t turnTable) row(r turnRun) []span {
	first, last := t.turns[r.from], t.turns[r.to-1]
	at := plan.ShortDuration(first.At)
	if last.At != first.At {
		at += "-" + plan.ShortDuration(last.At)
	}
	low, high := first.Available, first.Available
	for _, turn := range t.turns[r.from:r.to] {
		low, high = min(low, turn.Available), max(high, turn.Available)
	}
	name := first.Pod
	if r.to-r.from > 1 {
		name += " to " + last.Pod
	}
	if r.mixed {
		name = pods(int32(r.to - r.from))
	}
	return texts(name, t.dns(first.Pod), at, t.action(r), t.volume(r), numberRange(low, high), t.waits(r))
}

func (t turnTable) action(r turnRun) string {
	words := map[plan.PodAction]string{plan.PodCreated: "create", plan.PodRestarted: "restart", plan.PodDeleted: "delete"}
	action := words[t.turns[r.from].Action]
	switch {
	case r.mixed:
		return ""
	case r.size > 1 && r.size < r.to-r.from:
		return fmt.Sprintf("%s, %d at once", action, r.size)
	case r.size > 1 && r.size == r.to-r.from:
		return action + ", at once"
	}
	return action
}

func (t turnTable) dns(pod string) string {
	if known := t.pods[pod]; known != nil {
		return known.DNS
	}
	return ""
}

// volume says what becomes of the claims of a run of pods: "data-db-4 kept", and of
// many "39 created, 1 re-used".
func (t turnTable) volume(r turnRun) string {
	names := map[plan.ClaimAction][]string{}
	for _, turn := range t.turns[r.from:r.to] {
		if pod := t.pods[turn.Pod]; pod != nil {
			for _, claim := range pod.Claims {
				names[claim.Action] = append(names[claim.Action], claim.Name)
			}
		}
	}
	var parts []string
	for _, known := range []struct {
		action plan.ClaimAction
		word   string
	}{
		{plan.ClaimCreated, "created"}, {plan.ClaimReused, "re-used"}, {plan.ClaimKept, "kept"}, {plan.ClaimDeleted, "deleted"},
	} {
		switch of := names[known.action]; {
		case len(of) == 0:
		case t.wide || len(of) == 1 && len(names) == 1:
			parts = append(parts, strings.Join(of, ", ")+" "+known.word)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", len(of), known.word))
		}
	}
	return strings.Join(parts, ", ")
}

func (t turnTable) waits(r turnRun) string {
	if r.mixed {
		return "different things (-o wide shows them)"
	}
	last := t.turns[r.to-1]
	if r.size == r.to-r.from {
		return last.Waits
	}
	words := t.turns[r.from].Waits
	if _, what, ok := strings.Cut(words, " "); ok {
		words = "each " + what
	}
	if every := t.interval(r); every != "" {
		words += ", every " + every
	}
	return words
}
