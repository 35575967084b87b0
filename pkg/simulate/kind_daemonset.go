package simulate

import (
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
)

func daemonKind() kind {
	return kind{
		resource: appsv1.Resource("daemonsets"),
		find: func(w *world, ref cluster.Ref) cluster.Object {
			if s, ok := w.workloads[ref].(*daemon); ok {
				return s.set
			}
			return nil
		},
		copied:   copied[appsv1.DaemonSet],
		complete: newOfDaemon,
		keep:     keepOfDaemon,
		create:   (*world).createDaemon,
		update:   (*world).updateDaemon,
	}
}

// newOfDaemon forgets the status that somebody sent along, and counts the templates.
// Follows pkg/registry/apps/daemonset/strategy.go PrepareForCreate, v1.37.0.
func newOfDaemon(object cluster.Object) {
	set := object.(*appsv1.DaemonSet)
	firstGeneration(set)
	set.Status = appsv1.DaemonSetStatus{}
	defaults.CountTemplates(nil, set)
}

// keepOfDaemon counts changes of the spec, and those of the template once more in an
// annotation. A status update keeps the spec and that annotation.
// Follows pkg/registry/apps/daemonset/strategy.go PrepareForUpdate, v1.37.0.
func keepOfDaemon(stored, written cluster.Object, status bool) {
	before, after := stored.(*appsv1.DaemonSet), written.(*appsv1.DaemonSet)
	if status {
		after.Spec = before.Spec
		return
	}
	after.Status = before.Status
	after.Generation = before.Generation
	if !equality.Semantic.DeepEqual(before.Spec, after.Spec) {
		after.Generation++
	}
	defaults.CountTemplates(before, after)
}

func (w *world) createDaemon(object cluster.Object) {
	s := w.newDaemon(object.(*appsv1.DaemonSet), nil)
	s.follow(w)
	w.daemonSets.add(s)
}

func (w *world) updateDaemon(current, body cluster.Object) {
	s := w.workloads[cluster.RefOf(current)].(*daemon)
	before, minReady := s.set, s.minReady()
	s.set = w.updated(current, body).(*appsv1.DaemonSet)
	if isSameDaemon(before, s.set) {
		return // an API server writes nothing, and tells nobody
	}
	s.follow(w)
	w.daemonSets.add(s)
	if s.minReady() == minReady {
		return
	}
	for _, pod := range s.pods.All() {
		if pod.Active() && pod.Ready && pod.ReadyAt.Add(s.minReady()).After(w.now) {
			s.awaitAvailable(w, pod)
		}
	}
}

func isSameDaemon(a, b *appsv1.DaemonSet) bool {
	return a.Generation == b.Generation && maps.Equal(a.Labels, b.Labels) && maps.Equal(a.Annotations, b.Annotations)
}
