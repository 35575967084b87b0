package planner

import (
	"cmp"
	"fmt"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// mostPods is how many pods a plan can have, those that are there and those that
// are wanted: several times what the largest cluster that Kubernetes supports
// holds. It keeps a forecast below a gigabyte.
const mostPods = 1_000_000

// bounded refuses what has more pods than can be simulated. What the API would
// reject is not simulated, and so not refused.
func (r Request) bounded(edits []change.Edit) error {
	most := cmp.Or(r.MostPods, mostPods)
	var sum int64
	for _, e := range edits {
		pods := kindOf(e.Before).mostPods()
		if len(e.Refusals) == 0 {
			pods = max(pods, kindOf(e.After).mostPods())
		}
		if e.Ref.Kind == "DaemonSet" {
			pods = max(pods, int64(len(r.State.Nodes)+len(r.Nodes)))
		}
		sum += pods
		if sum > most {
			return tooMany(e.Ref, pods, sum, most)
		}
	}
	for _, rs := range r.only(edits).ReplicaSets {
		pods := kindOf(rs).mostPods()
		sum += pods
		if sum > most {
			return tooMany(cluster.RefOf(rs), pods, sum, most)
		}
	}
	return nil
}

func tooMany(ref cluster.Ref, pods, sum, most int64) error {
	if pods < sum {
		return fmt.Errorf("%s -n %s: %d pods, %d with those before it, are more than can be simulated (limit %d)",
			ref, ref.Namespace, pods, sum, most)
	}
	return fmt.Errorf("%s -n %s: %d pods are more than can be simulated (limit %d)",
		ref, ref.Namespace, pods, most)
}
