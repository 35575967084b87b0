package simulate

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/replicaset"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// createPods creates count pods from the set's template. They are bound to a node
// at once.
func (w *world) createPods(s *set, count int, because controller.Write) {
	for range count {
		s.created++
		pod := &controller.Pod{
			Name:      fmt.Sprintf("%s-#%d", s.rs.Name, s.created),
			UID:       types.UID(fmt.Sprintf("%s-%08d", s.rs.UID, s.created)),
			Node:      controller.UnknownNode,
			Labels:    s.rs.Spec.Template.Labels,
			CreatedAt: w.now.Truncate(time.Second),
			Ordinal:   int32(s.created),
		}
		if w.cfg.Admit != nil {
			w.cfg.Admit(pod)
		}
		s.pods.Add(pod)
		s.roll.moveNode(pod, 1)
		w.changed(s.roll)
		w.tellPod(s, pod, timeline.Create, because)
		if after, ok := w.cfg.Latencies.Ready(birth(s, pod)); ok {
			w.agenda.add(happening{at: w.now.Add(after), kind: podReady, owner: s, pod: pod})
		}
	}
	w.replicaSets.add(s)
}

func (w *world) deletePods(s *set, pods []*controller.Pod, because controller.Write) {
	for _, pod := range pods {
		s.pods.Terminate(pod)
		s.roll.moveNode(pod, -1)
		w.changed(s.roll)
		w.tellPod(s, pod, timeline.Delete, because)
		w.letGo(s, pod)
	}
	w.replicaSets.add(s)
}

// letGo plans the end of a terminating pod.
func (w *world) letGo(s *set, pod *controller.Pod) {
	s.going++
	gone := w.cfg.Latencies.Gone(birth(s, pod))
	w.agenda.add(happening{at: w.now.Add(gone), kind: podGone, owner: s, pod: pod})
}

func birth(s *set, pod *controller.Pod) kubelet.Birth {
	return kubelet.Birth{Workload: s.roll.ref, Owner: s.rs.Name, Index: max(int(pod.Ordinal)-1, 0), Pod: pod.Name}
}

func (s *set) podReady(w *world, pod *controller.Pod) {
	if !pod.Active() || pod.Ready {
		return
	}
	s.pods.MarkReady(pod, w.now)
	w.changed(s.roll)
	w.tellPod(s, pod, timeline.Ready, controller.Write{Reason: "PodReady", Message: "the pod is ready"})
	w.replicaSets.add(s)
	w.awaitAvailable(s, pod)
}

// awaitAvailable plans the instant at which a ready pod counts as available, and the
// look that the controller takes because it saw the pod become ready.
func (w *world) awaitAvailable(s *set, pod *controller.Pod) {
	counting := s.pods.Counting()
	if counting.MinReady <= 0 {
		return
	}
	at := pod.ReadyAt.Add(counting.MinReady)
	look := w.now.Add(replicaset.WakeAfterReady(replicaset.View{ReplicaSet: s.rs, Profile: w.cfg.Profile}))
	w.wakeSet(s, look)
	if !counting.AtBoundary {
		at = at.Add(reaction)
	}
	w.agenda.add(happening{at: at, kind: podAvailable, owner: s, pod: pod})
}

// podAvailable only tells of what time alone did; the controller has its own look.
func (s *set) podAvailable(w *world, pod *controller.Pod) {
	if pod.Active() && pod.Ready {
		w.changed(s.roll)
		w.tellPod(s, pod, timeline.Available, controller.Write{
			Reason: "MinReadySeconds", Message: fmt.Sprintf("ready for %s", s.pods.Counting().MinReady)})
	}
}

func (s *set) podGone(w *world, pod *controller.Pod) {
	s.pods.Remove(pod)
	s.going--
	w.changed(s.roll)
	w.tellPod(s, pod, timeline.Gone, controller.Write{Reason: "PodGone", Message: "the pod no longer exists"})
	if !s.deleted {
		w.replicaSets.add(s)
	}
	w.podIsGone(s.roll)
}

// podIsGone lets the controller look at a Deployment that waits for its old pods to
// go. Follows deployment_controller.go deletePod, v1.37.0.
func (w *world) podIsGone(r *rollout) {
	if r.deployment != nil && r.deployment.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
		w.deployments.add(r)
	}
}

// reaction is how long after its time a look comes where that matters: a strict
// comparison never meets its boundary on a real clock.
const reaction = time.Millisecond

// reacted is when a look comes that is planned for an instant.
func (w *world) reacted(at time.Time) time.Time {
	if !at.IsZero() && !w.cfg.Profile.AvailableAtBoundary() {
		return at.Add(reaction)
	}
	return at
}

// wakeSet plans a look at a ReplicaSet.
func (w *world) wakeSet(s *set, at time.Time) { w.plan(&s.look, w.reacted(at)) }
