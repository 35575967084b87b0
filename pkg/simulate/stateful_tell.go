package simulate

import (
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// tellPod reports what happens to a pod. Its name is known before it exists.
func (s *stateful) tellPod(w *world, pod *controller.Pod, action timeline.Action, because controller.Write) {
	if w.cfg.Report == nil {
		return
	}
	actor := timeline.Kubelet
	switch action {
	case timeline.Create, timeline.Delete, timeline.Patch:
		actor = timeline.StatefulSetController
	}
	if because.Reason == asked {
		actor = timeline.User
	}
	w.tell(s, timeline.Event{
		Actor:   actor,
		Action:  action,
		Object:  cluster.Ref{APIVersion: "v1", Kind: "Pod", Namespace: s.set.Namespace, Name: pod.Name},
		Old:     !s.isUpdated(pod),
		Reason:  string(because.Reason),
		Message: because.Message,
	})
}

// tellOf reports what happens to a claim, a revision or the StatefulSet itself.
func (s *stateful) tellOf(w *world, actor timeline.Actor, action timeline.Action, because controller.Write) {
	w.tell(s, timeline.Event{
		Actor:   actor,
		Action:  action,
		Object:  because.Object,
		Reason:  string(because.Reason),
		Message: because.Message,
	})
}

// tellWait reports what the controller waits for from now on.
func (s *stateful) tellWait(w *world, waits *controller.Wait) {
	before := s.waits
	s.waits = waits
	w.tellWait(s.ref, before, waits)
}
