package live

import (
	"context"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// family is the ReplicaSets of a scope and the pods, which were read before them.
type family struct {
	sets []*appsv1.ReplicaSet
	pods []*corev1.Pod
}

// setReader reads the ReplicaSets of a scope: a list, or one by its name.
type setReader func(context.Context, scope) ([]*appsv1.ReplicaSet, error)

// family reads what is below Deployments, as of one instant where that can be had:
//
//	pods, ReplicaSets             all of the size that they ask for: done
//	pods, ReplicaSets again       the same ReplicaSets: true when the pods were read
func (s *Server) family(ctx context.Context, at scope, sets setReader) (family, error) {
	found, err := s.familyOnce(ctx, at, sets)
	if err != nil {
		return family{}, err
	}
	for _, part := range found.atWork(at) {
		again, err := s.familyOnce(ctx, part, sets)
		if err != nil {
			return family{}, err
		}
		if found.in(part).changedTo(again) {
			s.warnings.add(movedOn)
		}
		found = found.with(part, again)
	}
	return found, nil
}

const movedOn = "ReplicaSets changed while their pods were read: " +
	"the first steps may be off by moments"

func (s *Server) familyOnce(ctx context.Context, at scope, sets setReader) (family, error) {
	var f family
	var err error
	if f.pods, err = s.pods(ctx, at); err != nil {
		return family{}, err
	}
	f.sets, err = sets(ctx, at)
	return f, err
}

// maxParts is how many namespaces are read again one by one; of more, all are.
const maxParts = 4

// atWork are the parts of a scope with a ReplicaSet that has more pods or fewer than
// it asks for: the scope itself, or namespaces where it covers all of them.
func (f family) atWork(at scope) []scope {
	have := map[types.UID]int32{}
	for _, pod := range f.pods {
		if owner := cluster.ControllerOf(pod); owner != nil && active(pod) {
			have[owner.UID]++
		}
	}
	var parts []scope
	for _, rs := range f.sets {
		part := at
		part.namespace = rs.Namespace
		settled := rs.Spec.Replicas == nil || *rs.Spec.Replicas == have[rs.UID]
		if !settled && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	if len(parts) > maxParts {
		return []scope{at}
	}
	return parts
}

// active holds for pods that count towards a ReplicaSet's size.
func active(pod *corev1.Pod) bool {
	return pod.DeletionTimestamp == nil &&
		pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed
}

// changedTo reports whether a ReplicaSet came, went or was given another spec.
func (f family) changedTo(later family) bool {
	generations := map[types.UID]int64{}
	for _, rs := range f.sets {
		generations[rs.UID] = rs.Generation
	}
	return len(f.sets) != len(later.sets) ||
		slices.ContainsFunc(later.sets, func(rs *appsv1.ReplicaSet) bool {
			known, ok := generations[rs.UID]
			return !ok || known != rs.Generation
		})
}

// in is the part of the family in the scope, whose labels are those of the whole.
func (f family) in(at scope) family {
	return family{
		sets: keep(f.sets, func(rs *appsv1.ReplicaSet) bool { return at.has(rs.Namespace) }),
		pods: keep(f.pods, func(pod *corev1.Pod) bool { return at.has(pod.Namespace) }),
	}
}

// with has another family in place of that in the scope.
func (f family) with(at scope, other family) family {
	sets := keep(f.sets, func(rs *appsv1.ReplicaSet) bool { return !at.has(rs.Namespace) })
	pods := keep(f.pods, func(pod *corev1.Pod) bool { return !at.has(pod.Namespace) })
	return family{sets: append(sets, other.sets...), pods: append(pods, other.pods...)}
}

func (at scope) has(namespace string) bool {
	return at.namespace == "" || at.namespace == namespace
}

// keep returns those of a list that fit.
func keep[T any](all []T, fits func(T) bool) []T {
	var kept []T
	for _, one := range all {
		if fits(one) {
			kept = append(kept, one)
		}
	}
	return kept
}
