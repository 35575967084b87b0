package check

import (
	"fmt"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// availability warns where a workload that had available pods comes to have
// none while it should have some.
func availability(s subject) result {
	w := s.workload
	if !losesAll(w) {
		return result{}
	}
	from, to, known := gap(w)
	if !known {
		return warning("there is a time at which no pod is available")
	}
	r := warning(unavailable(from, to))
	r.findings[0].At = from.String()
	return r
}

func unavailable(from, to time.Duration) string {
	if to < 0 {
		return "no pod is available from " + plan.ShortDuration(from) + " on"
	}
	return fmt.Sprintf("no pod is available for %s, from %s to %s",
		plan.ShortDuration(to-from), plan.ShortDuration(from), plan.ShortDuration(to))
}

// losesAll is about workloads that are to go on: deleting one, or scaling it to
// zero, is meant to leave no pod.
func losesAll(w *plan.Workload) bool {
	low := w.Summary.MinAvailable
	if low == nil || *low > 0 || w.Verdict == plan.Delete || w.Verdict == plan.Create {
		return false
	}
	return w.Start != nil && w.Start.Available > 0 && w.Replicas > 0
}

// gap returns the first time without an available pod, as the steps show it; to
// is negative where it does not end.
func gap(w *plan.Workload) (from, to time.Duration, known bool) {
	started := false
	for i := range w.Steps {
		available := w.Steps[i].State.Available
		if started == (available == 0) {
			continue
		}
		at, err := time.ParseDuration(w.Steps[i].At)
		if err != nil {
			return 0, 0, false
		}
		if started {
			return from, at, true
		}
		from, started = at, true
	}
	return from, -1, started
}
