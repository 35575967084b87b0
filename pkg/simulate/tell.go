package simulate

import (
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// tell reports an event of a workload, with the state right after it.
func (w *world) tell(of workload, event timeline.Event) {
	if w.cfg.Report == nil {
		return
	}
	event.At = w.now.Sub(w.start)
	event.Workload = of.about().ref
	event.State = of.state(w.now)
	w.cfg.Report(event)
}

// tellWait reports what the controller of a workload waits for, where that is something
// else than before.
func (w *world) tellWait(workload cluster.Ref, before, after *controller.Wait) {
	var was, is controller.Wait
	if before != nil {
		was = *before
	}
	if after != nil {
		is = *after
	}
	if was != is && w.cfg.Waits != nil {
		w.cfg.Waits(Waiting{Workload: workload, At: w.now.Sub(w.start), Wait: is})
	}
}

// tellPod reports what happens to a pod: controllers create, delete and patch it, all
// else is the kubelet's.
func (w *world) tellPod(s *set, pod *controller.Pod, action timeline.Action, because controller.Write) {
	if w.cfg.Report == nil {
		return
	}
	actor := timeline.Kubelet
	switch action {
	case timeline.Create, timeline.Delete, timeline.Patch:
		actor = timeline.ReplicaSetController
	}
	if because.Reason == asked {
		actor = timeline.User
	}
	w.tell(s.roll, timeline.Event{
		Actor:     actor,
		Action:    action,
		Object:    cluster.Ref{APIVersion: "v1", Kind: "Pod", Namespace: s.rs.Namespace, Name: pod.Name},
		Predicted: pod.Ordinal > 0,
		Old:       s != s.roll.newest,
		Reason:    string(because.Reason),
		Message:   because.Message,
	})
}

// tellSet reports what the Deployment controller does to a ReplicaSet.
func (w *world) tellSet(s *set, action timeline.Action, because controller.Write) {
	w.tell(s.roll, timeline.Event{
		Actor:     timeline.DeploymentController,
		Action:    action,
		Object:    because.Object,
		Predicted: strings.HasSuffix(because.Object.Name, ">"),
		Sized:     action == timeline.Scale || action == timeline.Create,
		From:      because.From,
		To:        because.To,
		Old:       s != s.roll.newest,
		Reason:    string(because.Reason),
		Message:   because.Message,
	})
}
