package simulate

import (
	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

func (w *world) createStateful(object cluster.Object) {
	s := w.newStateful(object.(*appsv1.StatefulSet), nil)
	s.enter(w)
}

func (w *world) updateStateful(current, body cluster.Object) {
	s := w.workloads[cluster.RefOf(current)].(*stateful)
	before := s.minReady()
	s.set = w.updated(current, body).(*appsv1.StatefulSet)
	s.findNewest(w)
	w.statefulSets.add(s)
	if s.minReady() == before {
		return
	}
	s.recount(w)
	for _, pod := range s.pods.All() {
		if pod.Ready && pod.ReadyAt.Add(s.minReady()).After(w.now) {
			s.awaitAvailable(w, pod)
		}
	}
}
