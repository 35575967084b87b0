package change

import "github.com/kubectl-workload/kubectl-workload/pkg/cluster"

// Delete removes the workload.
type Delete struct{}

// Apply implements Intent.
func (Delete) Apply(to Target) (Edit, error) {
	before, err := to.workload()
	if err != nil {
		return Edit{}, err
	}
	return Edit{Ref: cluster.RefOf(before), Before: before, Verb: verbDelete}, nil
}
