package change

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// Partition is how many pods of a StatefulSet, counted from its lowest ordinal, a
// rolling update leaves as they are: of 5 pods with partition 3, db-3 and db-4 are
// updated.
type Partition int32

// Apply implements Intent.
func (p Partition) Apply(to Target) (Edit, error) {
	after, err := to.workload()
	if err != nil {
		return Edit{}, err
	}
	ref := cluster.RefOf(after)
	set, ok := after.(*appsv1.StatefulSet)
	_, everywhere := after.(*appsv1.DaemonSet)
	switch {
	case everywhere:
		return Edit{}, fmt.Errorf("%s has no partition, a StatefulSet has: "+
			"with updateStrategy OnDelete it leaves all its pods as they are", ref)
	case !ok:
		return Edit{}, fmt.Errorf("%s has no partition, a StatefulSet has", ref)
	case p < 0:
		return Edit{}, fmt.Errorf("%s cannot have partition %d: give 0 or more", ref, p)
	case set.Spec.UpdateStrategy.Type != appsv1.RollingUpdateStatefulSetStrategyType:
		return Edit{}, fmt.Errorf(
			"%s has update strategy %s: a partition has a meaning with RollingUpdate", ref, set.Spec.UpdateStrategy.Type)
	}
	update := set.Spec.UpdateStrategy.RollingUpdate
	if update == nil {
		update = &appsv1.RollingUpdateStatefulSetStrategy{}
		set.Spec.UpdateStrategy.RollingUpdate = update
	}
	number := int32(p)
	update.Partition = &number
	return to.edited(set, request{})
}
