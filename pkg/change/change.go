// Package change turns what a person asks for into the object that an API server
// would store for it, and the request that would be sent. One intent per file.
package change

import (
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/diff"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

// Intent is one change that a person asks for of one workload.
type Intent interface {
	// Apply says what the change makes of the target. It changes nothing in it. An
	// error means that kubectl would send no request.
	Apply(to Target) (Edit, error)
}

// Target is a workload and what is known around it.
type Target struct {
	// Object is as in the state; nil where it does not exist yet.
	Object  cluster.Object
	State   *cluster.Snapshot
	Now     time.Time
	Profile kubeversion.Profile
}

// Edit is what a change makes of one workload.
type Edit struct {
	Ref cluster.Ref

	// Before and After are defaulted copies, as a server stores them. Before is nil
	// where the workload is created, After where it is deleted.
	Before cluster.Object
	After  cluster.Object

	// Changes are the fields in which the two differ.
	Changes []diff.Change

	// Verb, PatchType and Body are the request, as in plan.Write; empty where there
	// is nothing to send.
	Verb      string
	PatchType string
	Body      any

	// Refusals are why the API would reject the change; none if it would not.
	Refusals []validate.Refusal

	// Notes are sentences that a person should read with the plan.
	Notes []string
}

// Changed reports whether there is anything to send.
func (e Edit) Changed() bool { return e.Verb != "" }

// The verbs of a request.
const (
	verbCreate = "Create"
	verbApply  = "Apply"
	verbPatch  = "Patch"
	verbDelete = "Delete"
)

// request is what apply would send for an edit. The zero request stands for the
// patch from Before to After.
type request struct {
	verb      string
	patchType string
	body      any
	answered  bool // after is what a server answered: it dropped already what it drops
}
