package simulate

import (
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// tellPod reports what happens to a pod.
func (s *daemon) tellPod(w *world, pod *controller.Pod, action timeline.Action, because controller.Write) {
	if w.cfg.Report == nil {
		return
	}
	w.tell(s, timeline.Event{
		Actor:     actorOn(action, because.Reason),
		Action:    action,
		Object:    cluster.Ref{APIVersion: "v1", Kind: "Pod", Namespace: s.set.Namespace, Name: pod.Name},
		Node:      nodeOf(pod),
		Predicted: pod.Object == nil,
		Old:       !s.pods.IsUpdated(pod),
		Reason:    string(because.Reason),
		Message:   because.Message,
	})
}

// actorOn is who does something to a pod of a DaemonSet.
func actorOn(action timeline.Action, reason controller.Reason) timeline.Actor {
	switch {
	case reason == asked:
		return timeline.User
	case action == timeline.Fail:
		return timeline.NodeController
	case action == timeline.Gone && reason == controller.NodeGone:
		return timeline.PodGarbageCollector
	case action == timeline.Create || action == timeline.Delete || action == timeline.Patch:
		return timeline.DaemonSetController
	}
	return timeline.Kubelet
}

// tellOf reports what happens to a revision.
func (s *daemon) tellOf(w *world, action timeline.Action, because controller.Write) {
	w.tell(s, timeline.Event{
		Actor:   timeline.DaemonSetController,
		Action:  action,
		Object:  because.Object,
		Reason:  string(because.Reason),
		Message: because.Message,
	})
}

// tellWait reports what the controller waits for from now on.
func (s *daemon) tellWait(w *world, waits *controller.Wait) {
	before := s.waits
	s.waits = waits
	w.tellWait(s.ref, before, waits)
}
