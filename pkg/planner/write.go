package planner

import (
	"slices"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// writesOf are the requests that make the change, in order, and those that take it
// back, in the order opposite to it. Nothing is staged: they are sent at once.
func writesOf(edits []change.Edit) (writes, undo []plan.Write, err error) {
	writes, undo = []plan.Write{}, []plan.Write{}
	for _, e := range edits {
		if !e.Changed() || len(e.Refusals) > 0 {
			continue
		}
		writes = append(writes, plan.Write{
			Index: len(writes) + 1, Stage: 1, Verb: e.Verb, PatchType: e.PatchType, Ref: e.Ref,
			Body: e.Body, Precondition: preconditionOf(e), Wait: plan.NoWait,
		})
		back, ok, err := e.Undo()
		if err != nil {
			return nil, nil, err
		}
		if ok {
			undo = append(undo, plan.Write{
				Stage: 1, Verb: back.Verb, PatchType: back.PatchType, Ref: e.Ref, Body: back.Body, Wait: plan.NoWait,
			})
		}
	}
	slices.Reverse(undo)
	for i := range undo {
		undo[i].Index = i + 1
	}
	return writes, undo, nil
}

// preconditionOf is what must still hold when the change is sent.
func preconditionOf(e change.Edit) *plan.Precondition {
	if e.Before == nil {
		return &plan.Precondition{Absent: true}
	}
	return &plan.Precondition{
		UID:          string(e.Before.GetUID()),
		Generation:   e.Before.GetGeneration(),
		TemplateHash: revision.Hash(kindOf(e.Before).template(), nil),
	}
}

func changesIn(e change.Edit) []plan.Change {
	changes := []plan.Change{}
	for _, c := range e.Changes {
		changes = append(changes, plan.Change{Path: c.Path, From: c.From, To: c.To})
	}
	return changes
}
