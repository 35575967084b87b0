package planner

import (
	"cmp"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
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
		pods := podsOf(e.Before)
		if len(e.Refusals) == 0 {
			pods = max(pods, podsOf(e.After))
		}
		sum += pods
		if sum > most {
			return tooMany(e.Ref, pods, sum, most)
		}
	}
	for _, rs := range r.only(edits).ReplicaSets {
		pods := podsOf(rs)
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

// podsOf is the most pods that a workload asks for or says that it has.
func podsOf(object cluster.Object) int64 {
	switch o := object.(type) {
	case *appsv1.Deployment:
		replicas := int64(*o.Spec.Replicas)
		return replicas + min(int64(max(deployment.MaxSurge(o), 0)), replicas)
	case *appsv1.ReplicaSet:
		pods := int64(*o.Spec.Replicas)
		has := int64(o.Status.Replicas)
		if o.Status.TerminatingReplicas != nil {
			has += int64(*o.Status.TerminatingReplicas)
		}
		return max(pods, has, 0)
	}
	return 0
}
