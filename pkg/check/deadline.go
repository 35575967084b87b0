package check

import (
	"fmt"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// deadline warns where the controller would report ProgressDeadlineExceeded:
// for a rollout that stalls, and for one that is only slow, which pipelines then
// take for a failure.
func deadline(s subject) result {
	w := s.workload
	if w.Summary.Outcome == plan.Stalled {
		return stalled(w, s.facts.ProgressDeadline)
	}
	if w.Summary.Outcome == plan.Held || s.facts.ProgressDeadline == 0 || len(w.Waves) == 0 {
		return result{}
	}
	longest, since, known := longestWait(w)
	if !known {
		return result{}
	}
	if longest <= s.facts.ProgressDeadline {
		return result{passed: fmt.Sprintf("longest wait without progress %s, the deadline is %s",
			plan.ShortDuration(longest), plan.ShortDuration(s.facts.ProgressDeadline))}
	}
	r := warning(fmt.Sprintf("ProgressDeadlineExceeded is reported although the rollout goes on: "+
		"%s without progress, the deadline is %s",
		plan.ShortDuration(longest), plan.ShortDuration(s.facts.ProgressDeadline)))
	r.findings[0].At = (since + s.facts.ProgressDeadline).String()
	return r
}

func stalled(w *plan.Workload, limit time.Duration) result {
	if w.Summary.DeadlineAt == "" {
		if limit > 0 {
			return result{}
		}
		return warning("the rollout stalls and there is no progressDeadlineSeconds: nobody reports it")
	}
	r := warning("the rollout stalls, and ProgressDeadlineExceeded is reported only after " +
		w.Summary.DeadlineAt)
	r.findings[0].At = w.Summary.DeadlineAt
	return r
}

// longestWait returns the longest time between two signs of progress, and when
// it began. Follows progress.go DeploymentProgressing, v1.37.0: more updated,
// ready or available pods, or fewer old ones.
func longestWait(w *plan.Workload) (longest, since time.Duration, known bool) {
	var last time.Duration
	state := timeline.State{}
	if w.Start != nil {
		state = *w.Start
	}
	for i := range w.Steps {
		next := w.Steps[i].State
		if progressed(state, next) {
			at, err := time.ParseDuration(w.Steps[i].At)
			if err != nil {
				return 0, 0, false
			}
			if at-last > longest {
				longest, since = at-last, last
			}
			last, known = at, true
		}
		state = next
	}
	return longest, since, known
}

func progressed(before, after timeline.State) bool {
	return after.Updated > before.Updated ||
		after.Total-after.Updated < before.Total-before.Updated ||
		after.Ready > before.Ready || after.Available > before.Available
}
