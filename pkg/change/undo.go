package change

import (
	"fmt"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// Request is one request to the API server, as in plan.Write.
type Request struct {
	Verb      string
	PatchType string
	Body      any
}

// Undo returns the request that takes the change back: a created workload is
// deleted, any other gets a patch from After to Before. What the controllers did
// meanwhile stays. Of a change that sends nothing, or deletes, there is no undo.
func (e Edit) Undo() (Request, bool, error) {
	switch {
	case !e.Changed() || e.After == nil:
		return Request{}, false, nil
	case e.Before == nil:
		return Request{Verb: verbDelete}, true, nil
	}
	after := e.After.DeepCopyObject().(cluster.Object)
	keepServerFields(e.Before, after)
	r, err := patchBetween(after, e.Before)
	if err != nil {
		return Request{}, false, fmt.Errorf("%s: taking the change back: %w", e.Ref, err)
	}
	return Request{Verb: r.verb, PatchType: r.patchType, Body: r.body}, true, nil
}
