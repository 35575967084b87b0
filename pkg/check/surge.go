package check

import (
	"fmt"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// surge tells where more pods exist at once than replicas + maxSurge: quotas and
// nodes must hold them all.
func surge(s subject) result {
	w := s.workload
	if w.Strategy == nil || w.Verdict != plan.RollingUpdate {
		return result{}
	}
	allowed := w.Replicas + w.Strategy.MaxSurge
	if w.Summary.MaxPods <= allowed || w.Summary.MaxTotal > allowed {
		return result{} // more than allowed from the start: scaled down as well
	}
	what := "replicas"
	if s.facts.DaemonSet != nil {
		what = "nodes"
	}
	return info(fmt.Sprintf("up to %d pods exist at once, not %d (%d %s + maxSurge %d): "+
		"terminating pods are not counted", w.Summary.MaxPods, allowed, w.Replicas, what, w.Strategy.MaxSurge))
}
