package check

import (
	"fmt"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// claims warns of claims in the state that a pod has to wait for, and tells which new
// pods get what earlier ones of their names left.
func claims(s subject) result {
	var r result
	if set := s.facts.StatefulSet; set != nil && s.workload.Verdict != plan.Delete {
		for _, c := range set.Claims {
			r.findings = append(r.findings, plan.Finding{
				Severity: plan.Warning,
				Object: &cluster.Ref{APIVersion: "v1", Kind: "PersistentVolumeClaim",
					Namespace: s.workload.Ref.Namespace, Name: c.Name},
				Message: c.sentence(),
			})
		}
	}
	if reused := claimsThat(s.workload, plan.ClaimReused); len(reused) > 0 {
		r.findings = append(r.findings, plan.Finding{Severity: plan.Info,
			Message: fmt.Sprintf("%s re-used, with the data that earlier pods left", are(reused))})
	}
	return r
}

func (c ClaimTrouble) sentence() string {
	switch {
	case c.Why == "Terminating" && len(c.KeptBy) > 0:
		return fmt.Sprintf("claim %s is being deleted, and %s has to be removed from its finalizers before it is gone; "+
			"%s cannot be created before that", c.Name, strings.Join(c.KeptBy, ", "), c.Pod)
	case c.Why == "Terminating":
		return fmt.Sprintf("claim %s is being deleted: it goes, with its data, once no pod uses it; "+
			"%s cannot be created before that, and then gets a new one", c.Name, c.Pod)
	case c.Why == "Lost":
		return fmt.Sprintf("claim %s has lost its volume: %s waits for it and is never ready; "+
			"the claim has to be deleted and made anew", c.Name, c.Pod)
	}
	return fmt.Sprintf("claim %s is not bound: %s waits for it, and is taken never to be ready "+
		"(a class with WaitForFirstConsumer binds it once the pod has a node)", c.Name, c.Pod)
}

// claimsThat lists the claims of all pods that something happens to.
func claimsThat(w *plan.Workload, action plan.ClaimAction) []string {
	var names []string
	for _, p := range w.Pods {
		for _, c := range p.Claims {
			if c.Action == action {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

// are is "claim data-db-3 is", or "3 claims, data-db-3 to data-db-5, are".
func are(names []string) string {
	switch last := names[len(names)-1]; len(names) {
	case 1:
		return "claim " + last + " is"
	case 2:
		return "claims " + names[0] + " and " + last + " are"
	default:
		return fmt.Sprintf("%d claims, %s to %s, are", len(names), names[0], last)
	}
}
