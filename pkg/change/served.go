package change

import (
	"errors"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

// Served is a manifest and what a server answered to its dry run: the object with
// the server's own defaults and what admission made of it, or why it was refused.
type Served struct {
	Manifest Manifest
	Object   cluster.Object
	Refusals []validate.Refusal
}

// Apply implements Intent.
func (s Served) Apply(to Target) (Edit, error) {
	return Edit{}, errors.New("not there yet")
}

// Sends returns what kubectl apply sends for the manifest as JSON: a strategic merge
// patch, or the object where the target has none. Nil: there is nothing to send.
func (m Manifest) Sends(to Target) ([]byte, error) {
	return nil, errors.New("not there yet")
}
