package check

import "github.com/kubectl-workload/kubectl-workload/pkg/plan"

// maxUnavailable warns where the field is set and the controller does not look at it.
func maxUnavailable(s subject) result {
	set := s.facts.StatefulSet
	if set == nil || set.Ignored == "" || s.workload.Verdict == plan.NoChange || s.workload.Verdict == plan.Delete {
		return result{}
	}
	return warning("maxUnavailable " + set.Missing + " is ignored: " + set.Ignored)
}
