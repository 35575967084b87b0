package check

import (
	"fmt"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// deadline warns where the controller would report ProgressDeadlineExceeded:
// for a rollout that stalls, and for one that is only slow, which pipelines then
// take for a failure.
func deadline(s subject) result {
	w := s.workload
	if w.Verdict == plan.Delete {
		return result{}
	}
	if w.Summary.Outcome == plan.Stalled {
		return stalled(w, s.facts.ProgressDeadline)
	}
	if w.Summary.Outcome == plan.Held || s.facts.ProgressDeadline == 0 || len(w.Waves) == 0 {
		return result{}
	}
	moments := w.Judged()
	if moments == nil {
		return result{}
	}
	wait, limit := moments.Wait.Length(), s.facts.ProgressDeadline
	if wait == 0 {
		return result{}
	}
	if wait <= limit {
		return result{passed: fmt.Sprintf("longest wait without progress %s, the deadline is %s",
			plan.ShortDuration(wait), plan.ShortDuration(limit))}
	}
	r := warning(fmt.Sprintf("ProgressDeadlineExceeded is reported although the rollout goes on: "+
		"%s without progress, the deadline is %s", plan.ShortDuration(wait), plan.ShortDuration(limit)))
	r.findings[0].At = (moments.Wait.From + limit).String()
	return r
}

func stalled(w *plan.Workload, limit time.Duration) result {
	if w.Summary.DeadlineAt == "" {
		if limit > 0 {
			return result{}
		}
		return warning("the rollout stalls and nobody reports it: there is no progress deadline")
	}
	r := warning("the rollout stalls, and ProgressDeadlineExceeded is reported only after " +
		w.Summary.DeadlineAt)
	r.findings[0].At = w.Summary.DeadlineAt
	return r
}
