package render

import (
	"slices"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// class is what happens to a workload in one word, in the order of the listing.
type class int

const (
	rejected class = iota
	stalls
	unsettled
	outages
	deletes
	held
	rolls
	waits
	continues
	scales
	creates
	inPlace
	same
	classes
)

func classOf(w *plan.Workload) class {
	switch {
	case w.Verdict == plan.Rejected:
		return rejected
	case w.Summary.Outcome == plan.Stalled:
		return stalls
	case w.Summary.Outcome == plan.HorizonReached:
		return unsettled
	case w.Verdict == plan.Recreate:
		return outages
	case w.Verdict == plan.Delete:
		return deletes
	case w.Summary.Outcome == plan.Held && w.Verdict != plan.NoChange:
		return held
	}
	return quietClass(w.Verdict)
}

func quietClass(v plan.Verdict) class {
	switch v {
	case plan.RollingUpdate:
		return rolls
	case plan.OnDelete:
		return waits
	case plan.Continues:
		return continues
	case plan.Scale:
		return scales
	case plan.Create:
		return creates
	case plan.InPlace:
		return inPlace
	}
	return same
}

// word is what stands in the first column, and how loud.
func (c class) word() (string, tone) {
	switch c {
	case rejected:
		return "REJECTED", bad
	case stalls:
		return "STALLS", bad
	case unsettled:
		return "UNSETTLED", bad
	case outages:
		return "OUTAGE", bad
	case deletes:
		return "DELETES", bad
	case held:
		return "HELD", caution
	case rolls:
		return "ROLLS", caution
	case waits:
		return "ON DELETE", caution
	case continues:
		return "CONTINUES", caution
	case scales:
		return "SCALES", caution
	case creates:
		return "CREATES", caution
	case inPlace:
		return "IN PLACE", good
	}
	return "same", normal
}

func worstFirst(p *plan.Plan) []*plan.Workload {
	order := make([]*plan.Workload, len(p.Workloads))
	for i := range p.Workloads {
		order[i] = &p.Workloads[i]
	}
	slices.SortStableFunc(order, func(a, b *plan.Workload) int {
		return int(classOf(a)) - int(classOf(b))
	})
	return order
}

func countClasses(p *plan.Plan) [classes]int {
	var counts [classes]int
	for i := range p.Workloads {
		counts[classOf(&p.Workloads[i])]++
	}
	return counts
}
