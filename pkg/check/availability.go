package check

import (
	"fmt"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// availability warns where a workload that had available pods comes to have
// none while it should have some.
func availability(s subject) result {
	if !losesAll(s.workload) {
		return result{}
	}
	moments := s.workload.Judged()
	if moments == nil || moments.Outage == nil {
		return warning("there is a time at which no pod is available")
	}
	r := warning(unavailable(*moments.Outage))
	r.findings[0].At = moments.Outage.From.String()
	return r
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

func unavailable(outage plan.Span) string {
	if outage.To < 0 {
		return "no pod is available from " + plan.ShortDuration(outage.From) + " on"
	}
	return fmt.Sprintf("no pod is available for %s, from %s to %s",
		plan.ShortDuration(outage.Length()), plan.ShortDuration(outage.From), plan.ShortDuration(outage.To))
}
