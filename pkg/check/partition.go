package check

import (
	"fmt"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// partition warns of an update that never completes by itself: pods below the
// partition stay at the old revision, and those that are lost come back at it.
func partition(s subject) result {
	set := s.facts.StatefulSet
	if set == nil || !set.Rolls || set.Partition == 0 || s.workload.Summary.Outcome != plan.Held {
		return result{}
	}
	return info(fmt.Sprintf("the update is never complete while the partition is %d: pods below it stay "+
		"at the old revision and come back at it; --partition 0 finishes the update", set.Partition))
}
