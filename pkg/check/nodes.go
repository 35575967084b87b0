package check

// nodes says that a forecast with new pods takes for granted that they fit.
func nodes(s subject) result {
	if s.nodes == "" || !startsPods(s) {
		return result{}
	}
	return info("node capacity not checked: " + s.nodes)
}

// startsPods says whether the size of the new ReplicaSet ever grows.
func startsPods(s subject) bool {
	for _, wave := range s.workload.Waves {
		if wave.NewTo > wave.NewFrom || wave.OldTo > wave.OldFrom {
			return true
		}
	}
	return false
}
