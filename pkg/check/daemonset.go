package check

import (
	"fmt"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// surgeHostPort finds a surge that never ends: the new pod of a node waits for the port of
// the old one, which goes once the new one is available.
func surgeHostPort(s subject) result {
	set, strategy := s.facts.DaemonSet, s.workload.Strategy
	if set == nil || !set.Rolls || len(set.HostPorts) == 0 || strategy == nil || strategy.MaxSurge == 0 ||
		s.workload.Verdict == plan.Delete {
		return result{}
	}
	r := warning(fmt.Sprintf("maxSurge cannot work with host port %d: the new pod of a node waits for the port of "+
		"the old one, which stays until the new one is available; use maxUnavailable", set.HostPorts[0]))
	if s.workload.Restarts > 0 {
		r.findings[0].Severity = plan.Error
	}
	return r
}

// notReadyNodes says how many nodes are left to go at once where some are not ready: these
// lack an available pod whatever the update does, and it counts them.
func notReadyNodes(s subject) result {
	set, w := s.facts.DaemonSet, s.workload
	if set == nil || len(set.NotReady) == 0 || w.Restarts == 0 || w.Strategy == nil {
		return result{}
	}
	held, most := int32(len(set.NotReady)), w.Strategy.MaxUnavailable
	names := namesOf(set.NotReady)
	switch {
	case w.Strategy.MaxSurge > 0:
		return warning(fmt.Sprintf("%s not ready: the update does not end there: %s", nodesAre(held, w.Replicas), names))
	case held >= most:
		return warning(fmt.Sprintf("%s not ready, as many as may lack a pod (%d): "+
			"no other node goes until they are ready or removed: %s", nodesAre(held, w.Replicas), most, names))
	}
	return warning(fmt.Sprintf("%s not ready, so of the %d that may lack a pod %d are left to go at once: %s",
		nodesAre(held, w.Replicas), most, most-held, names))
}

func nodesAre(count, of int32) string {
	if count == 1 {
		return fmt.Sprintf("1 of %d nodes is", of)
	}
	return fmt.Sprintf("%d of %d nodes are", count, of)
}

// cordonedNodes says that a cordon keeps no pod of a DaemonSet away.
func cordonedNodes(s subject) result {
	set := s.facts.DaemonSet
	if set == nil || len(set.Cordoned) == 0 || !startsPods(s) {
		return result{}
	}
	return info("DaemonSets ignore cordon: pods stay, and are created, on " + namesOf(set.Cordoned) + " too")
}

// nodeOrder says what of the order of nodes is made up.
func nodeOrder(s subject) result {
	if s.facts.DaemonSet == nil || len(s.workload.Sweeps) < 2 || s.workload.Restarts < 2 {
		return result{}
	}
	return info("which nodes go first is an assumption: by name; Kubernetes takes any, but as many at once")
}

// namesOf lists a few names.
func namesOf(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
