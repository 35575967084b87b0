package deployment

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Fenceposts returns how many pods may exist above the desired number and how many
// below it may be missing. Surge is rounded up, unavailable down; where both come
// out as 0 one pod may be missing, since nothing would move otherwise.
// Follows deployment_util.go ResolveFenceposts, v1.37.0:
//
//	surge  unavailable  desired  →  surge  unavailable
//	25%    25%          10          3      2
//	25%    25%          1           1      0
//	0%     25%          3           0      1
//	1      0            any         1      0
func Fenceposts(surge, unavailable *intstr.IntOrString, desired int32) (int32, int32, error) {
	zero := intstr.FromInt32(0)
	up, err := intstr.GetScaledValueFromIntOrPercent(intstr.ValueOrDefault(surge, zero), int(desired), true)
	if err != nil {
		return 0, 0, err
	}
	down, err := intstr.GetScaledValueFromIntOrPercent(intstr.ValueOrDefault(unavailable, zero), int(desired), false)
	if err != nil {
		return 0, 0, err
	}
	if up == 0 && down == 0 {
		down = 1
	}
	return int32(up), int32(down), nil
}

// MaxUnavailable returns how many pods a rolling update may miss: none for other
// strategies. Follows deployment_util.go MaxUnavailable, v1.37.0.
func MaxUnavailable(d *appsv1.Deployment) int32 {
	if !isRollingUpdate(d) || *d.Spec.Replicas == 0 {
		return 0
	}
	rolling := rollingUpdateOf(d)
	// A value that cannot be read counts as 0; the API refuses it.
	_, unavailable, _ := Fenceposts(rolling.MaxSurge, rolling.MaxUnavailable, *d.Spec.Replicas)
	return min(unavailable, *d.Spec.Replicas)
}

// MaxSurge returns how many pods a rolling update may add: none for other
// strategies. Follows deployment_util.go MaxSurge, v1.37.0.
func MaxSurge(d *appsv1.Deployment) int32 {
	if !isRollingUpdate(d) {
		return 0
	}
	rolling := rollingUpdateOf(d)
	surge, _, _ := Fenceposts(rolling.MaxSurge, rolling.MaxUnavailable, *d.Spec.Replicas)
	return surge
}

func isRollingUpdate(d *appsv1.Deployment) bool {
	return d.Spec.Strategy.Type == appsv1.RollingUpdateDeploymentStrategyType
}

func rollingUpdateOf(d *appsv1.Deployment) appsv1.RollingUpdateDeployment {
	if d.Spec.Strategy.RollingUpdate == nil {
		return appsv1.RollingUpdateDeployment{}
	}
	return *d.Spec.Strategy.RollingUpdate
}

// newSize returns the size that the new ReplicaSet may have: it grows into what
// replicas and maxSurge leave. Follows deployment_util.go NewRSNewReplicas,
// v1.37.0, which takes maxSurge here without the rule for 0 and 0.
func newSize(d *appsv1.Deployment, sets []*appsv1.ReplicaSet, newSet *appsv1.ReplicaSet) (int32, error) {
	switch d.Spec.Strategy.Type {
	case appsv1.RecreateDeploymentStrategyType:
		return *d.Spec.Replicas, nil
	case appsv1.RollingUpdateDeploymentStrategyType:
		surge, err := intstr.GetScaledValueFromIntOrPercent(rollingUpdateOf(d).MaxSurge, int(*d.Spec.Replicas), true)
		if err != nil {
			return 0, err
		}
		total := specReplicas(sets)
		allowed := *d.Spec.Replicas + int32(surge)
		if total >= allowed {
			return *newSet.Spec.Replicas, nil
		}
		missing := *d.Spec.Replicas - *newSet.Spec.Replicas
		return *newSet.Spec.Replicas + min(allowed-total, missing), nil
	}
	return 0, fmt.Errorf("deployment type %v isn't supported", d.Spec.Strategy.Type)
}

// Totals over ReplicaSets: specReplicas is intent, the others are observed and
// may lag.

func specReplicas(sets []*appsv1.ReplicaSet) int32 {
	return sum(sets, func(rs *appsv1.ReplicaSet) int32 { return *rs.Spec.Replicas })
}

func statusReplicas(sets []*appsv1.ReplicaSet) int32 {
	return sum(sets, func(rs *appsv1.ReplicaSet) int32 { return rs.Status.Replicas })
}

func readyReplicas(sets []*appsv1.ReplicaSet) int32 {
	return sum(sets, func(rs *appsv1.ReplicaSet) int32 { return rs.Status.ReadyReplicas })
}

func availableReplicas(sets []*appsv1.ReplicaSet) int32 {
	return sum(sets, func(rs *appsv1.ReplicaSet) int32 { return rs.Status.AvailableReplicas })
}

func sum(sets []*appsv1.ReplicaSet, of func(*appsv1.ReplicaSet) int32) int32 {
	var total int32
	for _, rs := range sets {
		total += of(rs)
	}
	return total
}

// active returns the ReplicaSets that ought to have pods.
func active(sets []*appsv1.ReplicaSet) []*appsv1.ReplicaSet {
	var kept []*appsv1.ReplicaSet
	for _, rs := range sets {
		if *rs.Spec.Replicas > 0 {
			kept = append(kept, rs)
		}
	}
	return kept
}
