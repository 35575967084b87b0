package check

import (
	"fmt"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// autoscaler warns that the planned number of replicas is not the plan's to say.
func autoscaler(s subject) result {
	if s.workload.Verdict == plan.NoChange || s.workload.Verdict == plan.Delete {
		return result{}
	}
	if s.scalers != "" {
		return info("autoscalers not checked: " + s.scalers)
	}
	var r result
	for _, a := range s.facts.Autoscalers {
		r.findings = append(r.findings, plan.Finding{
			Severity: plan.Warning,
			Object:   &a.Ref,
			Message:  autoscaled(a, s.workload.Replicas),
		})
	}
	return r
}

func autoscaled(a Autoscaler, replicas int32) string {
	words := fmt.Sprintf("hpa/%s (%d-%d) may change replicas meanwhile; planned at %d",
		a.Ref.Name, a.Min, a.Max, replicas)
	if replicas > 0 && (replicas < a.Min || replicas > a.Max) {
		words += ", which it will not leave so"
	}
	return words
}
