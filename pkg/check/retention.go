package check

import "github.com/kubectl-workload/kubectl-workload/pkg/plan"

// retention warns of claims that are deleted, and with them data.
func retention(s subject) result {
	lost := claimsThat(s.workload, plan.ClaimDeleted)
	if len(lost) == 0 {
		return result{}
	}
	policy := "whenScaled"
	if s.workload.Verdict == plan.Delete {
		policy = "whenDeleted"
	}
	return warning(policy + " is Delete: " + are(lost) + " deleted, and the data is lost " +
		"unless the volumes' reclaim policy is Retain")
}
