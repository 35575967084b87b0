package change

import (
	"fmt"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// Scale is a new number of replicas.
type Scale struct {
	Replicas int32
}

// Apply implements Intent.
func (s Scale) Apply(to Target) (Edit, error) {
	after, err := to.workload()
	if err != nil {
		return Edit{}, err
	}
	size := replicas(after)
	switch {
	case size == nil:
		return Edit{}, fmt.Errorf("%s has no replicas: it has a pod on each node that fits; "+
			"a nodeSelector in its template makes the nodes fewer", cluster.RefOf(after))
	case s.Replicas < 0:
		return Edit{}, fmt.Errorf("%s cannot have %d replicas: give 0 or more",
			cluster.RefOf(after), s.Replicas)
	}
	*size = &s.Replicas
	return to.edited(after, request{})
}
