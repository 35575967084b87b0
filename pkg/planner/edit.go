package planner

import (
	"errors"
	"fmt"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
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
		if err := decidable(edit); err != nil {
			return nil, err
		}
		edits = append(edits, edit)
	}
	return edits, nil
}

// decidable is an error where an edit gives a value to a field whose value was left
// out of a snapshot: it may be the same value. That a field goes, or gets the value of
// another revision, can be told.
func decidable(e change.Edit) error {
	var unknown []error
	for _, c := range e.Changes {
		from, _ := c.From.(string)
		to, set := c.To.(string)
		if cluster.IsRedacted(from) && set && !cluster.IsRedacted(to) {
			unknown = append(unknown, fmt.Errorf("%s -n %s: %s: the state was saved without this value, "+
				"so it cannot be told whether the change restarts pods: write %q if it is the same",
				e.Ref, e.Ref.Namespace, c.Path, from))
		}
	}
	return errors.Join(unknown...)
}

// nodeChanges are what becomes of nodes. That comes first: workloads then find them so.
func nodeChanges(edits []change.NodeEdit) []simulate.Change {
	var changes []simulate.Change
	for _, e := range edits {
		var c simulate.Change
		if e.Before != nil {
			c.Before = e.Before
		}
		if e.After != nil {
			c.After = e.After
		}
		changes = append(changes, c)
	}
	return changes
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
