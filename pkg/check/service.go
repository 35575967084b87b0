package check

import (
	"fmt"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// service warns where the pods of a StatefulSet have no names in the cluster: the
// Service that gives them is not there, or is not headless.
func service(s subject) result {
	set := s.facts.StatefulSet
	if set == nil || s.workload.Verdict == plan.Delete || s.workload.Verdict == plan.NoChange {
		return result{}
	}
	switch {
	case set.Service == "":
		return info("no serviceName: its pods have no names of their own in the cluster")
	case set.ServicesUnchecked != "":
		return info("headless Service not checked: " + set.ServicesUnchecked)
	case !set.Found:
		return warning(fmt.Sprintf("Service %s is not in the state: without it %s do not resolve",
			set.Service, pods(s.workload)))
	case !set.Headless:
		return warning(fmt.Sprintf("Service %s is not headless (clusterIP: None): %s do not resolve",
			set.Service, pods(s.workload)))
	}
	return result{}
}

// pods names the pods of a plan in the cluster by an example: "names like
// db-0.db.shop.svc".
func pods(w *plan.Workload) string {
	for _, p := range w.Pods {
		if p.DNS != "" {
			return "names like " + p.DNS
		}
	}
	return "the names of its pods"
}
