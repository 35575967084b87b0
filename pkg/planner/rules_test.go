package planner_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
)

// endsWell: where all pods become ready, every rollout settles, or is held where it
// is paused; and then there is nothing but what is wanted. The exception is the
// controllers' own: scaled to the size that the one ReplicaSet with pods has, a
// Deployment is never rolled again.
func endsWell(_ planner.Request, w *plan.Workload) error {
	switch w.Summary.Outcome {
	case plan.Held:
		return nil
	case plan.Settled:
		end := w.Moments.End
		if end.Total != end.Desired || end.Updated != end.Desired || end.Available != end.Desired || end.Terminating != 0 {
			return fmt.Errorf("settled at %+v", end)
		}
		return nil
	}
	if strings.Contains(w.Summary.Cause, "remembers another number of replicas") && w.Replicas == w.Moments.End.Total {
		return nil
	}
	return fmt.Errorf("it ends as %s: %s", w.Summary.Outcome, w.Summary.Cause)
}

// staysWithinBounds: what is there at the start or the controller keeps is the
// least that is available, and what it allows is the most that runs.
func staysWithinBounds(_ planner.Request, w *plan.Workload) error {
	s := w.Summary
	switch {
	case s.MinAvailable == nil:
		return fmt.Errorf("no lowest available")
	case s.MaxTotal > s.MaxPods:
		return fmt.Errorf("peak %d above %d with terminating", s.MaxTotal, s.MaxPods)
	case w.Verdict == plan.RollingUpdate && w.Replicas == w.Start.Desired && *s.MinAvailable < s.Floor:
		return fmt.Errorf("%d available, floor %d", *s.MinAvailable, s.Floor)
	case w.Verdict == plan.RollingUpdate && s.MaxTotal > max(w.Start.Total, w.Replicas+w.Strategy.MaxSurge, w.Start.Desired+w.Strategy.MaxSurge):
		return fmt.Errorf("peak %d pods, %+v at the start, surge %d", s.MaxTotal, w.Start, w.Strategy.MaxSurge)
	}
	return nil
}

// goesForward: steps are in the order of time, and no count is negative.
func goesForward(_ planner.Request, w *plan.Workload) error {
	last := time.Duration(0)
	for _, step := range w.Steps {
		at, err := time.ParseDuration(step.At)
		if err != nil || at < last {
			return fmt.Errorf("step %d at %s after %s: %v", step.Index, step.At, last, err)
		}
		last = at
		s := step.State
		if min(s.Total, s.Updated, s.Ready, s.Available, s.Terminating) < 0 || s.Available > s.Ready || s.Ready > s.Total || s.Updated > s.Total {
			return fmt.Errorf("step %d: %+v", step.Index, s)
		}
	}
	return nil
}

// wavesFollow: each wave begins where the one before ended, says why, and the last
// one holds what is wanted.
func wavesFollow(_ planner.Request, w *plan.Workload) error {
	for i, wave := range w.Waves {
		if wave.Why == "" {
			return fmt.Errorf("wave %d has no why", i+1)
		}
		if i > 0 && (wave.OldFrom != w.Waves[i-1].OldTo || wave.NewFrom != w.Waves[i-1].NewTo) {
			return fmt.Errorf("wave %d: %+v after %+v", i+1, wave, w.Waves[i-1])
		}
	}
	if last := len(w.Waves) - 1; last >= 0 && w.Summary.Outcome == plan.Settled &&
		(w.Waves[last].OldTo != 0 || w.Waves[last].NewTo != w.Replicas) {
		return fmt.Errorf("settled after %+v", w.Waves[last])
	}
	return nil
}
