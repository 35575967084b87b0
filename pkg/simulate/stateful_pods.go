package simulate

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// createPod is what comes of the controller's request for one.
func (s *stateful) createPod(w *world, because controller.Write) {
	s.created++
	pod := &controller.Pod{
		Name:      because.Object.Name,
		UID:       types.UID(fmt.Sprintf("%s-%08d", s.set.UID, s.created)),
		Node:      controller.UnknownNode,
		Labels:    because.Body.GetLabels(),
		CreatedAt: w.now.Truncate(time.Second),
		Ordinal:   int32(s.created),
	}
	if w.cfg.Admit != nil {
		w.cfg.Admit(pod)
	}
	w.name(pod, s)
	s.pods.Add(pod)
	s.counted(pod).Add(pod)
	w.changed(s)
	s.tellPod(w, pod, timeline.Create, because)
	if after, ok := w.cfg.Latencies.Ready(s.birth(pod)); ok && s.blocked(w, pod) == "" {
		w.agenda.add(happening{at: w.now.Add(after), kind: podReady, owner: s, pod: pod})
	}
	w.statefulSets.add(s)
}

func (s *stateful) deletePod(w *world, pod *controller.Pod, because controller.Write) {
	if pod.Terminating {
		return
	}
	if pod.Active() {
		s.counted(pod).Terminate(pod)
	}
	s.pods.Terminate(pod)
	w.changed(s)
	s.tellPod(w, pod, timeline.Delete, because)
	s.letGo(w, pod)
	s.countAgain(w, pod)
	w.statefulSets.add(s)
}

// mostAgain is how often the controller may delete a pod of the forecast again. It does
// so at all only where missing pods come back at an old revision.
const mostAgain = 5

// countAgain notices a controller that goes round in circles. Without a rollingUpdate
// block, a Parallel StatefulSet may create a pod at the old revision and delete it at
// once, for ever. Where a horizon is given, that ends it.
func (s *stateful) countAgain(w *world, pod *controller.Pod) {
	if pod.Ordinal == 0 || w.cfg.Horizon > 0 {
		return
	}
	s.again[pod.Name]++
	if s.again[pod.Name] > mostAgain {
		s.circling = pod.Name
	}
}

// letGo plans the end of a terminating pod.
func (s *stateful) letGo(w *world, pod *controller.Pod) {
	gone := w.cfg.Latencies.Gone(s.birth(pod))
	w.agenda.add(happening{at: w.now.Add(gone), kind: podGone, owner: s, pod: pod})
}

func (s *stateful) birth(pod *controller.Pod) kubelet.Birth {
	return kubelet.Birth{Workload: s.ref, Owner: s.set.Name, Index: max(int(pod.Ordinal)-1, 0), Pod: pod.Name}
}

// podReady implements podOwner.
func (s *stateful) podReady(w *world, pod *controller.Pod) {
	if !pod.Active() || pod.Ready {
		return
	}
	s.counted(pod).MarkReady(pod, w.now)
	s.pods.MarkReady(pod, w.now)
	w.changed(s)
	s.tellPod(w, pod, timeline.Ready, controller.Write{Reason: "PodReady", Message: "the pod is ready"})
	w.statefulSets.add(s)
	s.awaitAvailable(w, pod)
}

// awaitAvailable plans the instant at which a ready pod counts as available, and the
// look that the controller takes because it saw the pod become ready.
func (s *stateful) awaitAvailable(w *world, pod *controller.Pod) {
	minReady := s.minReady()
	if minReady <= 0 {
		return
	}
	w.plan(&s.look, w.reacted(w.now.Add(statefulset.WakeAfterReady(s.view(w, nil)))))
	at := pod.ReadyAt.Add(minReady)
	if !w.cfg.Profile.AvailableAtBoundary() {
		at = at.Add(reaction)
	}
	w.agenda.add(happening{at: at, kind: podAvailable, owner: s, pod: pod})
}

// podAvailable implements podOwner. It only tells of what time alone did; the
// controller has its own look.
func (s *stateful) podAvailable(w *world, pod *controller.Pod) {
	if pod.Active() && pod.Ready {
		w.changed(s)
		s.tellPod(w, pod, timeline.Available, controller.Write{
			Reason: "MinReadySeconds", Message: fmt.Sprintf("ready for %s", s.minReady())})
	}
}

// podGone implements podOwner.
func (s *stateful) podGone(w *world, pod *controller.Pod) {
	s.pods.Remove(pod)
	s.counted(pod).Remove(pod)
	delete(w.named, types.NamespacedName{Namespace: s.set.Namespace, Name: pod.Name})
	w.changed(s)
	s.tellPod(w, pod, timeline.Gone, controller.Write{Reason: "PodGone", Message: "the pod no longer exists"})
	s.collect(w, s.claimsOf(w, pod))
	w.statefulSets.add(s)
}
