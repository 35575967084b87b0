package check

import "github.com/kubectl-workload/kubectl-workload/pkg/plan"

// nodes says that a forecast with new pods takes for granted that they fit.
func nodes(s subject) result {
	if s.nodes == "" || !startsPods(s) {
		return result{}
	}
	return info("node capacity not checked: " + s.nodes)
}

// startsPods says whether a ReplicaSet ever grows, or any pod is created.
func startsPods(s subject) bool {
	for _, turn := range s.workload.Turns {
		if turn.Action != plan.PodDeleted {
			return true
		}
	}
	for _, sweep := range s.workload.Sweeps {
		if sweep.Action != plan.PodDeleted {
			return true
		}
	}
	for _, wave := range s.workload.Waves {
		if wave.NewTo > wave.NewFrom || wave.OldTo > wave.OldFrom {
			return true
		}
	}
	return false
}
