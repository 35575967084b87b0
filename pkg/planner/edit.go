package planner

import (
	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
)

// edits applies each intent to its workload.
func (r Request) edits() ([]change.Edit, error) {
	var edits []change.Edit
	for _, ask := range r.Asks {
		intent := ask.Intent
		if intent == nil {
			intent = change.Combine()
		}
		edit, err := intent.Apply(change.Target{
			Object:  r.State.Find(ask.Ref),
			State:   r.State,
			Now:     r.Now,
			Profile: r.Profile,
		})
		if err != nil {
			return nil, err
		}
		edits = append(edits, edit)
	}
	return edits, nil
}

// changesOf are the edits that the API would accept and that change anything.
func changesOf(edits []change.Edit) []simulate.Change {
	var changes []simulate.Change
	for _, e := range edits {
		if e.Changed() && len(e.Refusals) == 0 {
			changes = append(changes, simulate.Change{Before: e.Before, After: e.After})
		}
	}
	return changes
}
