package live

import (
	"context"
	"fmt"
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// family is what owns pods in a scope, and the pods and revisions, which were read
// before their owners.
type family struct {
	sets      []*appsv1.ReplicaSet
	stateful  []*appsv1.StatefulSet
	daemons   []*appsv1.DaemonSet
	revisions []*appsv1.ControllerRevision
	pods      []*corev1.Pod
}

// owners is how what owns pods is read: as a list, or one by its name. What is nil is
// not read.
type owners struct {
	sets     func(context.Context, scope) ([]*appsv1.ReplicaSet, error)
	stateful func(context.Context, scope) ([]*appsv1.StatefulSet, error)
	daemons  func(context.Context, scope) ([]*appsv1.DaemonSet, error)
}

// family reads pods and their owners, as of one instant where that can be had:
//
//	pods, owners           all of the size that they ask for: done
//	pods, owners again     the same owners: true when the pods were read
func (s *Server) family(ctx context.Context, at scope, by owners) (family, error) {
	found, err := s.familyOnce(ctx, at, by)
	if err != nil {
		return family{}, err
	}
	for _, part := range found.atWork(at) {
		again, err := s.familyOnce(ctx, part, by)
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

const movedOn = "workloads changed while their pods were read: " +
	"the first steps may be off by moments"

func (s *Server) familyOnce(ctx context.Context, at scope, by owners) (family, error) {
	var f family
	var err error
	if f.pods, err = s.pods(ctx, at); err != nil {
		return family{}, err
	}
	if by.sets != nil {
		if f.sets, err = by.sets(ctx, at); err != nil {
			return family{}, err
		}
	}
	if by.stateful != nil || by.daemons != nil {
		if f.revisions, err = s.revisions(ctx, at); err != nil {
			return family{}, err
		}
	}
	if by.stateful != nil {
		if f.stateful, err = by.stateful(ctx, at); err != nil {
			return family{}, err
		}
	}
	if by.daemons != nil {
		f.daemons, err = by.daemons(ctx, at)
	}
	return f, err
}

// maxParts is how many namespaces are read again one by one; of more, all are.
const maxParts = 4

// atWork are the parts of a scope with an owner that has more pods or fewer than it
// asks for: the scope itself, or namespaces where it covers all of them.
func (f family) atWork(at scope) []scope {
	have := map[types.UID]int32{}
	for _, pod := range f.pods {
		if owner := cluster.ControllerOf(pod); owner != nil && active(pod) {
			have[owner.UID]++
		}
	}
	var parts []scope
	see := func(owner metav1.Object, wants int32) {
		part := at
		part.namespace = owner.GetNamespace()
		if wants != have[owner.GetUID()] && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	for _, rs := range f.sets {
		see(rs, ptr.Deref(rs.Spec.Replicas, have[rs.UID]))
	}
	for _, set := range f.stateful {
		see(set, ptr.Deref(set.Spec.Replicas, have[set.UID]))
	}
	for _, ds := range f.daemons { // its controller counts nodes; a pod on a wrong one may stay
		see(ds, ds.Status.DesiredNumberScheduled+ds.Status.NumberMisscheduled)
	}
	if len(parts) > maxParts {
		return []scope{at}
	}
	return parts
}

// active holds for pods that count towards the size of their owner.
func active(pod *corev1.Pod) bool {
	return pod.DeletionTimestamp == nil &&
		pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed
}

// changedTo reports whether an owner came, went or was given another spec, or a
// StatefulSet another revision, or a DaemonSet other nodes.
func (f family) changedTo(later family) bool {
	return !maps.Equal(f.versions(), later.versions())
}

// versions tell what controllers decide by from what it was before.
func (f family) versions() map[types.UID]string {
	versions := map[types.UID]string{}
	for _, rs := range f.sets {
		versions[rs.UID] = fmt.Sprint(rs.Generation)
	}
	for _, set := range f.stateful {
		status := &set.Status
		versions[set.UID] = fmt.Sprint(set.Generation, status.CurrentRevision, status.UpdateRevision)
	}
	for _, ds := range f.daemons {
		versions[ds.UID] = fmt.Sprintln(ds.Generation, ds.Status.DesiredNumberScheduled)
	}
	return versions
}

// in is the part of the family in the scope, whose labels are those of the whole.
func (f family) in(at scope) family {
	return family{
		sets: inside(at, f.sets), stateful: inside(at, f.stateful), daemons: inside(at, f.daemons),
		revisions: inside(at, f.revisions), pods: inside(at, f.pods),
	}
}

// with has another family in place of that in the scope.
func (f family) with(at scope, other family) family {
	return family{
		sets:      append(outside(at, f.sets), other.sets...),
		stateful:  append(outside(at, f.stateful), other.stateful...),
		daemons:   append(outside(at, f.daemons), other.daemons...),
		revisions: append(outside(at, f.revisions), other.revisions...),
		pods:      append(outside(at, f.pods), other.pods...),
	}
}

func inside[T metav1.Object](at scope, all []T) []T {
	return keep(all, func(one T) bool { return at.has(one.GetNamespace()) })
}

func outside[T metav1.Object](at scope, all []T) []T {
	return keep(all, func(one T) bool { return !at.has(one.GetNamespace()) })
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
