package simulate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// nodeOf is the node of a pod, or the one that it waits for.
func nodeOf(pod *controller.Pod) string { return cmp.Or(pod.Node, pod.Target) }

// placeholder stands for the name of a pod of a node: logs-n1-#2 is the second there.
func (s *daemon) placeholder(node string) string {
	return fmt.Sprintf("%s-%s-#%d", s.set.Name, node, s.serial[node])
}

// createPod is what comes of the controller's request for a pod of a node. It is bound to
// the node at once.
func (s *daemon) createPod(w *world, node string, because controller.Write) {
	s.created++
	s.serial[node]++
	pod := &controller.Pod{
		Name:      s.placeholder(node),
		UID:       uidOf(s.set.UID, s.created),
		Node:      node,
		Labels:    because.Body.GetLabels(),
		CreatedAt: w.now.Truncate(time.Second),
		Ordinal:   int32(s.created),
	}
	if w.cfg.Admit != nil {
		w.cfg.Admit(pod)
	}
	s.pods.Add(pod)
	w.changed(s)
	s.tellPod(w, pod, timeline.Create, because)
	s.start(w, pod)
	w.daemonSets.add(s)
}

// start plans when a pod becomes ready, unless it cannot start now.
func (s *daemon) start(w *world, pod *controller.Pod) {
	if s.hinders(pod) != nil {
		s.blocked[pod] = true
		return
	}
	if after, ok := w.cfg.Latencies.Ready(s.birth(pod)); ok {
		w.agenda.add(happening{at: w.now.Add(after), kind: podReady, owner: s, pod: pod})
	}
}

// hinders returns another pod of the node with a host port that a new pod needs.
func (s *daemon) hinders(pod *controller.Pod) *controller.Pod {
	others := s.pods.On(nodeOf(pod))
	if len(others) < 2 {
		return nil
	}
	needs := hostPorts(&s.set.Spec.Template.Spec)
	if len(needs) == 0 {
		return nil
	}
	for _, other := range others {
		holds := needs // as is made up, and as was created in the forecast
		if other.Object != nil {
			holds = hostPorts(&other.Object.Spec)
		}
		taken := slices.ContainsFunc(needs, func(port corev1.ContainerPort) bool { return slices.Contains(holds, port) })
		if other != pod && other.Phase != controller.Finished && !s.blocked[other] && taken {
			return other
		}
	}
	return nil
}

// hostPorts are the host ports of a pod's containers: only address, port and protocol.
func hostPorts(spec *corev1.PodSpec) []corev1.ContainerPort {
	var ports []corev1.ContainerPort
	for i := range spec.Containers {
		for _, p := range spec.Containers[i].Ports {
			if p.HostPort != 0 {
				ports = append(ports, corev1.ContainerPort{
					HostIP: p.HostIP, HostPort: p.HostPort, Protocol: cmp.Or(p.Protocol, corev1.ProtocolTCP),
				})
			}
		}
	}
	return ports
}

func (s *daemon) deletePod(w *world, pod *controller.Pod, because controller.Write) {
	if pod.Terminating {
		return
	}
	if pod.Failed {
		s.failed--
	}
	s.pods.Terminate(pod)
	w.changed(s)
	s.tellPod(w, pod, timeline.Delete, because)
	s.letGo(w, pod)
	w.daemonSets.add(s)
}

// letGo plans the end of a terminating pod. One that has no node, or that has ended, is
// gone at once.
func (s *daemon) letGo(w *world, pod *controller.Pod) {
	var after time.Duration
	if pod.Node != "" && pod.Phase != controller.Finished {
		after = w.cfg.Latencies.Gone(s.birth(pod))
	}
	w.agenda.add(happening{at: w.now.Add(after), kind: podGone, owner: s, pod: pod})
}

func (s *daemon) birth(pod *controller.Pod) kubelet.Birth {
	return kubelet.Birth{Workload: s.ref, Owner: s.set.Name, Index: max(int(pod.Ordinal)-1, 0), Pod: pod.Name}
}

// podReady implements podOwner.
func (s *daemon) podReady(w *world, pod *controller.Pod) {
	if !pod.Active() || pod.Ready || !w.works(nodeOf(pod)) {
		return
	}
	if pod.Node == "" {
		s.pods.Remove(pod)
		pod.Node = pod.Target
		s.pods.Add(pod)
	}
	s.pods.MarkReady(pod, w.now)
	w.changed(s)
	s.tellPod(w, pod, timeline.Ready, controller.Write{Reason: "PodReady", Message: "the pod is ready"})
	w.daemonSets.add(s)
	s.lookAfterReady(w, w.now)
	s.awaitAvailable(w, pod)
}

// lookAfterReady plans the look that the controller takes because it saw a pod become
// ready.
func (s *daemon) lookAfterReady(w *world, ready time.Time) {
	if after := daemonset.WakeAfterReady(s.set); after > 0 {
		w.plan(&s.look, w.reacted(ready.Add(after)))
	}
}

// awaitAvailable plans the instant at which a ready pod counts as available.
func (s *daemon) awaitAvailable(w *world, pod *controller.Pod) {
	minReady := s.minReady()
	if minReady <= 0 {
		return
	}
	at := pod.ReadyAt.Add(minReady)
	if !w.cfg.Profile.AvailableAtBoundary() {
		at = at.Add(reaction)
	}
	w.agenda.add(happening{at: at, kind: podAvailable, owner: s, pod: pod})
}

// podAvailable implements podOwner. It only tells of what time alone did; the
// controller has its own look.
func (s *daemon) podAvailable(w *world, pod *controller.Pod) {
	if pod.Active() && pod.Ready {
		w.changed(s)
		s.tellPod(w, pod, timeline.Available, controller.Write{
			Reason: "MinReadySeconds", Message: fmt.Sprintf("ready for %s", s.minReady())})
	}
}

// podGone implements podOwner. On a node that does not work a pod that ran stays: nobody
// says that it has stopped.
func (s *daemon) podGone(w *world, pod *controller.Pod) {
	if pod.Node == "" || pod.Phase == controller.Finished || w.works(pod.Node) {
		s.remove(w, pod, controller.Write{Reason: "PodGone", Message: "the pod no longer exists"})
	}
}

// remove forgets a pod, unless that has happened before.
func (s *daemon) remove(w *world, pod *controller.Pod, because controller.Write) {
	if !slices.Contains(s.pods.On(nodeOf(pod)), pod) {
		return
	}
	s.pods.Remove(pod)
	delete(s.blocked, pod)
	w.changed(s)
	s.tellPod(w, pod, timeline.Gone, because)
	for _, other := range s.pods.On(nodeOf(pod)) {
		if s.blocked[other] {
			delete(s.blocked, other)
			s.start(w, other)
		}
	}
	w.daemonSets.add(s)
}
