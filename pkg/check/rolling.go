package check

import "github.com/kubectl-workload/kubectl-workload/pkg/plan"

// rollingUpdate warns of a strategy without its block: the controller then brings pods
// that are lost in mid-rollout back at the old revision.
func rollingUpdate(s subject) result {
	set, v := s.facts.StatefulSet, s.workload.Verdict
	if set == nil || !set.Rolls || !set.NoBlock || v != plan.RollingUpdate && v != plan.Continues {
		return result{}
	}
	return warning("updateStrategy has no rollingUpdate block: a pod that is lost in mid-rollout may come back " +
		"at the old revision; write rollingUpdate: {partition: 0}")
}
