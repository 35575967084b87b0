package daemonset

import (
	"cmp"
	"slices"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// PodSet is the pods of one DaemonSet by node, with running counts, so that a sync costs
// what it changes and not what there is. Time only moves forward in it.
//
// Each node has a place, and so has each name of a node that does not exist and that
// pods are on; places are in the order of the names.
type PodSet struct {
	nodes   *Nodes
	joined  int // of nodes, when the places were arranged
	changes int // of nodes, that were taken over

	placement *Placement
	shape     shape
	now       time.Time

	places   []place
	register register
	tally    tally
	// incoming are pods that have no place yet, nowhere those that ask for no node.
	incoming, nowhere []*controller.Pod

	// waiting are ready pods on their way to available, by ReadyAt.
	waiting []*controller.Pod
}

// NewPodSet takes pods in any state.
func NewPodSet(pods []*controller.Pod) *PodSet {
	return &PodSet{incoming: slices.Clone(pods)}
}

// nodeOf returns the node of a pod, or the one that it waits for.
// Follows daemonset_util.go GetTargetNodeName, v1.37.0.
func nodeOf(pod *controller.Pod) string { return cmp.Or(pod.Node, pod.Target) }

// Add takes one more pod.
func (s *PodSet) Add(pod *controller.Pod) {
	at, ok := s.find(nodeOf(pod))
	if !ok {
		s.incoming = append(s.incoming, pod)
		return
	}
	s.put(at, pod)
	s.await(pod)
	s.sortWaiting()
	s.refresh(at)
}

// MarkReady records that a pod of the set became ready. The instant is cut to
// whole seconds, as the API stores it.
func (s *PodSet) MarkReady(pod *controller.Pod, at time.Time) {
	pod.Phase = controller.Running
	pod.Ready = true
	pod.ReadyAt = at.Truncate(time.Second)
	// Pods of a forecast become ready in the order of time: the queue stays sorted.
	s.await(pod)
	s.refreshOf(pod)
}

// Terminate gives a pod of the set a deletionTimestamp.
func (s *PodSet) Terminate(pod *controller.Pod) {
	pod.Terminating = true
	s.refreshOf(pod)
}

// Remove forgets a pod of the set that is gone.
func (s *PodSet) Remove(pod *controller.Pod) {
	isPod := func(p *controller.Pod) bool { return p == pod }
	if at, ok := s.find(nodeOf(pod)); ok {
		s.places[at].pods = slices.DeleteFunc(s.places[at].pods, isPod)
		s.refresh(at)
	} else {
		s.incoming = slices.DeleteFunc(s.incoming, isPod)
		s.nowhere = slices.DeleteFunc(s.nowhere, isPod)
	}
	if pod.Ready && !s.shape.available(pod, s.now) {
		s.waiting = slices.DeleteFunc(s.waiting, isPod)
	}
}

// Replace puts a pod in the place of one whose record changed in a way that the set has
// no word for: it failed, is no longer ready, was assigned to its node, has other labels.
func (s *PodSet) Replace(pod, by *controller.Pod) {
	s.Remove(pod)
	s.Add(by)
}

// All returns the pods in the order of their nodes.
func (s *PodSet) All() []*controller.Pod {
	var all []*controller.Pod
	for i := range s.places {
		all = append(all, s.places[i].pods...)
	}
	return append(append(all, s.incoming...), s.nowhere...)
}

// On returns the pods on a node and those that wait for it, in the order in which the
// controller looks at them. The list is not to be changed.
func (s *PodSet) On(node string) []*controller.Pod {
	if at, ok := s.find(node); ok {
		return s.places[at].pods
	}
	return nil
}

// FitOf says whether the pods belong on a node that exists.
func (s *PodSet) FitOf(node string) Fit {
	if known := s.nodes.Get(node); known != nil {
		return s.placement.Fit(known)
	}
	return Fit{}
}

// IsUpdated reports whether a pod is at the revision to update to, as of the last Follow.
func (s *PodSet) IsUpdated(pod *controller.Pod) bool { return s.shape.isUpdated(pod) }

// Unavailable returns the nodes that count against maxUnavailable, in order: those
// without an available pod, or with one too many.
func (s *PodSet) Unavailable() []string {
	var names []string
	s.register.each(unavailable, func(at int) bool {
		names = append(names, s.places[at].node)
		return true
	})
	return names
}

// Counts is how many nodes and pods of a DaemonSet there are.
type Counts struct {
	// Desired is how many nodes should have a pod.
	Desired int32
	// The others count pods: all but Terminating those that neither ended nor terminate.
	Total, Updated, Ready, Available, Terminating int32
}

// Counts counts at now, for what the DaemonSet wanted at the last Follow; pods that ask
// for no node are left out.
func (s *PodSet) Counts(now time.Time) Counts {
	s.advance(now)
	return Counts{
		Desired: int32(s.register.counts[should]),
		Total:   s.tally.total, Updated: s.tally.updated, Ready: s.tally.ready,
		Available: s.tally.available, Terminating: s.tally.terminating,
	}
}

// with returns a set that also has the given pods. The set itself stays as it is.
func (s *PodSet) with(more []*controller.Pod) *PodSet {
	if len(more) == 0 {
		return s
	}
	return NewPodSet(append(s.All(), more...))
}

// anyAt reports whether a pod with a place has the hash of a revision, whatever its
// state. In a rollout the last nodes are the last to have old pods: they are asked first.
func (s *PodSet) anyAt(hash string) bool {
	for i := range slices.Backward(s.places) {
		for _, pod := range s.places[i].pods {
			if pod.Labels[hashLabel] == hash {
				return true
			}
		}
	}
	return false
}
