package planner

import (
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// writesOf are the requests that make the change, in order.
func writesOf(edits []change.Edit) []plan.Write {
	writes := []plan.Write{}
	for _, e := range edits {
		if !e.Changed() || len(e.Refusals) > 0 {
			continue
		}
		write := plan.Write{
			Index:        len(writes) + 1,
			Verb:         e.Verb,
			PatchType:    e.PatchType,
			Ref:          e.Ref,
			Body:         e.Body,
			Precondition: &plan.Precondition{Absent: e.Before == nil},
		}
		if e.Before != nil {
			write.Precondition.UID = string(e.Before.GetUID())
			write.Precondition.Generation = e.Before.GetGeneration()
		}
		writes = append(writes, write)
	}
	return writes
}

func changesIn(e change.Edit) []plan.Change {
	changes := []plan.Change{}
	for _, c := range e.Changes {
		changes = append(changes, plan.Change{Path: c.Path, From: c.From, To: c.To})
	}
	return changes
}

// strategyOf is what the table says about how the workload rolls.
func strategyOf(e change.Edit) *plan.Strategy {
	d, ok := e.After.(*appsv1.Deployment)
	if !ok {
		return nil
	}
	s := &plan.Strategy{
		Type:           string(d.Spec.Strategy.Type),
		MaxSurge:       deployment.MaxSurge(d),
		MaxUnavailable: deployment.MaxUnavailable(d),
	}
	if rolling := d.Spec.Strategy.RollingUpdate; rolling != nil {
		s.SurgeText = intstr.ValueOrDefault(rolling.MaxSurge, intstr.FromInt32(0)).String()
		s.UnavailText = intstr.ValueOrDefault(rolling.MaxUnavailable, intstr.FromInt32(0)).String()
	}
	return s
}
