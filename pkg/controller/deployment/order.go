package deployment

import (
	"cmp"
	"slices"
	"sort"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// byAge compares by creation, then name.
// Follows controller_utils.go ReplicaSetsByCreationTimestamp, v1.37.0.
func byAge(a, b *appsv1.ReplicaSet) int {
	return cmp.Or(
		a.CreationTimestamp.Time.Compare(b.CreationTimestamp.Time),
		cmp.Compare(a.Name, b.Name),
	)
}

func sortOldestFirst(sets []*appsv1.ReplicaSet) { slices.SortFunc(sets, byAge) }

func sortNewestFirst(sets []*appsv1.ReplicaSet) {
	slices.SortFunc(sets, func(a, b *appsv1.ReplicaSet) int { return byAge(b, a) })
}

// sortLargestFirst puts larger ReplicaSets first; of equal ones the newer when
// sizes grow, the older when they shrink.
// Follows controller_utils.go ReplicaSetsBySizeNewer and ReplicaSetsBySizeOlder,
// v1.37.0.
func sortLargestFirst(sets []*appsv1.ReplicaSet, growing bool) {
	slices.SortFunc(sets, func(a, b *appsv1.ReplicaSet) int {
		if growing {
			return cmp.Or(cmp.Compare(*b.Spec.Replicas, *a.Spec.Replicas), byAge(b, a))
		}
		return cmp.Or(cmp.Compare(*b.Spec.Replicas, *a.Spec.Replicas), byAge(a, b))
	})
}

// byRevision orders by revision, or by age where one of two has none that can be
// read. That is not transitive, so the algorithm of the sort matters: it is
// sort.Sort, as upstream.
// Follows deployment_util.go ReplicaSetsByRevision, v1.37.0.
type byRevision []*appsv1.ReplicaSet

func (o byRevision) Len() int      { return len(o) }
func (o byRevision) Swap(i, j int) { o[i], o[j] = o[j], o[i] }
func (o byRevision) Less(i, j int) bool {
	a, errA := revision.Number(o[i])
	b, errB := revision.Number(o[j])
	if errA != nil || errB != nil || a == b {
		return byAge(o[i], o[j]) < 0
	}
	return a < b
}

func sortByRevision(sets []*appsv1.ReplicaSet) { sort.Sort(byRevision(sets)) }
