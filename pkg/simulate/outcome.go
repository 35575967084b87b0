package simulate

import (
	"fmt"
	"slices"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

func (w *world) result(first map[cluster.Ref]timeline.State, cut bool) Result {
	result := Result{Notes: w.notes}
	if w.limited() {
		for _, c := range append(w.owning, w.above...) {
			result.Sent += c.reach().sent
			result.Waited += c.reach().waited
		}
	}
	for _, wl := range w.inOrder() {
		result.Outcomes = append(result.Outcomes, w.outcome(wl, first[wl.about().ref], cut))
	}
	slices.Sort(result.Notes)
	return result
}

func (w *world) outcome(wl workload, first timeline.State, cut bool) Outcome {
	e := wl.about()
	o := Outcome{Workload: e.ref, First: first, Last: wl.state(w.now), LastChange: e.lastChange}
	wl.stored(w, &o)
	o.Settled = wl.complete(w, &o)
	if o.Settled {
		return o
	}
	o.HorizonReached = cut
	wl.explain(w, &o)
	if cut && w.cfg.Horizon == 0 {
		o.Cause = fmt.Sprintf("given up after %d events: no controller comes to rest", mostHappenings)
	}
	return o
}
