package simulate

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/replicaset"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// syncSet runs one sync of the ReplicaSet controller.
func (w *world) syncSet(s *set) {
	if s.deleted {
		return
	}
	tx := w.begin()
	decision := replicaset.Decide(replicaset.View{
		ReplicaSet: s.rs,
		Owned:      s.pods,
		Strays:     s.strays,
		Orphans:    w.orphans[s.rs.Namespace],
		Neighbours: s.roll.neighbours,
		Profile:    w.cfg.Profile,
		API:        tx,
	}, w.now)
	s.lastErr = decision.Err
	if w.limited() {
		w.replicaSets.start(s)
		w.launch(w.replicaSets.client, w.newSetErrand(s, decision))
		return
	}
	for _, write := range decision.Writes {
		switch {
		case write.Err != nil:
		case write.Object.Kind == "ReplicaSet":
			w.happened++
			w.storeSet(s, tx.take().(*appsv1.ReplicaSet))
		default:
			w.applyPodWrite(s, write)
		}
	}
	w.wakeSet(s, decision.WakeAt)
}

func (w *world) applyPodWrite(s *set, write controller.Write) {
	w.happened++
	switch {
	case write.Verb == controller.Create:
		w.createPods(s, write.Count, write)
	case write.Verb == controller.Delete:
		w.deletePods(s, write.Pods, write)
	case write.Reason == controller.AdoptOrphan:
		w.adoptPod(s, write)
	case write.Reason == controller.ReleaseMismatch:
		w.releasePod(s, write)
	}
}

func (w *world) adoptPod(s *set, write controller.Write) {
	pod := write.Pods[0]
	orphans := w.orphans[s.rs.Namespace]
	w.orphans[s.rs.Namespace] = slices.DeleteFunc(orphans, func(p *controller.Pod) bool { return p == pod })
	s.pods.Add(pod)
	s.roll.moveNode(pod, 1)
	w.replicaSets.add(s)
	w.changed(s.roll)
	w.tellPod(s, pod, timeline.Patch, write)
}

func (w *world) releasePod(s *set, write controller.Write) {
	pod := write.Pods[0]
	s.strays = slices.DeleteFunc(s.strays, func(p *controller.Pod) bool { return p == pod })
	w.orphans[s.rs.Namespace] = append(w.orphans[s.rs.Namespace], pod)
	w.changed(s.roll)
	w.tellPod(s, pod, timeline.Patch, write)
	w.orphaned(s.rs.Namespace)
}

// orphaned lets all who may adopt a pod of a namespace look.
func (w *world) orphaned(namespace string) {
	for _, s := range w.sets {
		if s.rs.Namespace == namespace {
			w.replicaSets.add(s)
		}
	}
	for _, wl := range w.workloads {
		if wl.about().ref.Namespace != namespace {
			continue
		}
		switch s := wl.(type) {
		case *stateful:
			w.statefulSets.add(s)
		case *daemon:
			w.daemonSets.add(s)
		}
	}
}

// storeSet replaces a ReplicaSet by what a write left of it.
func (w *world) storeSet(s *set, rs *appsv1.ReplicaSet) {
	before := s.rs
	s.rs = rs
	if counting := countingOf(rs, w.cfg.Profile); counting.MinReady != s.pods.Counting().MinReady {
		s.pods.Recount(counting, w.now)
		for _, pod := range s.pods.Active() {
			if pod.Ready && pod.ReadyAt.Add(counting.MinReady).After(w.now) {
				w.awaitAvailable(s, pod)
			}
		}
	}
	if before.Spec.Replicas != nil && *before.Spec.Replicas != *rs.Spec.Replicas {
		w.changed(s.roll)
	}
	w.replicaSets.add(s)
	if s.roll.deployment != nil {
		w.deployments.add(s.roll)
	}
}
