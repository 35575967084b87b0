package decisions

import (
	"math"
	"slices"
	"sort"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/klog/v2"
	upstream "k8s.io/kubernetes/pkg/controller"
	"k8s.io/kubernetes/pkg/controller/deployment/util"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// proportional notes how a change of size was shared out, by the real arithmetic.
func (w *ways) proportional(world *World, ours Outcome) {
	if !slices.Contains(ours.Reasons, controller.Proportional) {
		return
	}
	d, sets := world.Deployment, upstream.FilterActiveReplicaSets(claimed(world))
	allowed := *d.Spec.Replicas + util.MaxSurge(*d)
	if *d.Spec.Replicas == 0 {
		allowed = 0
	}
	toAdd := allowed - util.GetReplicaCountForReplicaSets(sets)
	switch {
	case toAdd == 0:
		w.taken["proportional: only annotations"]++
		return
	case toAdd > 0:
		w.taken["proportional: up"]++
		sort.Sort(upstream.ReplicaSetsBySizeNewer(sets))
	default:
		w.taken["proportional: down"]++
		sort.Sort(upstream.ReplicaSetsBySizeOlder(sets))
	}
	added := int32(0)
	for _, rs := range sets {
		added += util.GetReplicaSetProportion(klog.Background(), rs, *d, toAdd, added)
		if int64(*rs.Spec.Replicas)*int64(allowed) > math.MaxInt32 {
			w.taken["proportional: a product overflows"]++
		}
	}
	if added != toAdd {
		w.taken["proportional: leftover for the largest"]++
	}
}

// claimed are the ReplicaSets that the Deployment owns or adopts.
func claimed(world *World) []*appsv1.ReplicaSet {
	selector, err := metav1.LabelSelectorAsSelector(world.Deployment.Spec.Selector)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(world.ReplicaSets), func(rs *appsv1.ReplicaSet) bool {
		owner := metav1.GetControllerOf(rs)
		mine := owner != nil && owner.UID == world.Deployment.UID || owner == nil &&
			rs.DeletionTimestamp == nil
		return !mine || rs.Namespace != namespace || !selector.Matches(labels.Set(rs.Labels))
	})
}
