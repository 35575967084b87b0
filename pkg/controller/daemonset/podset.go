package daemonset

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"time"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
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

// Follow arranges the set for what a DaemonSet wants now, with a hash for the revision to
// update to, and counts who is available by now. Decide does so itself; see HashOf.
func (s *PodSet) Follow(sees View, hash string, now time.Time) {
	s.advance(now)
	anew := false
	if shape := shapeOf(sees.DaemonSet, hash, sees.Profile); shape != s.shape {
		s.shape, anew = shape, true
	}
	if s.placement == nil || !s.placement.holdsFor(sees.DaemonSet, sees.Profile) {
		s.placement, anew = PlacementOf(sees.DaemonSet, sees.Profile), true
	}
	if s.nodes != sees.Nodes || s.joined != sees.Nodes.joined || len(s.incoming) > 0 {
		s.nodes, anew = sees.Nodes, true
	}
	if anew {
		s.arrange()
		return
	}
	for _, name := range s.nodes.changed[s.changes:] {
		if at, ok := s.find(name); ok {
			s.places[at].see(s.placement.Fit(s.nodes.Get(name)))
			s.refresh(at)
		}
	}
	s.changes = len(s.nodes.changed)
}

// shapeOf reads what traits of nodes depend on.
func shapeOf(ds *appsv1.DaemonSet, hash string, profile kubeversion.Profile) shape {
	return shape{
		hash:         hash,
		generation:   templateGeneration(ds),
		surge:        allowsSurge(ds),
		minReady:     time.Duration(ds.Spec.MinReadySeconds) * time.Second,
		atBoundary:   profile.AvailableAtBoundary(),
		countsBroken: profile.CountsUnavailableOldPods(),
	}
}

// arrange gives each node and each pod its place, and works all out anew.
func (s *PodSet) arrange() {
	pods := s.All()
	s.joined, s.changes = s.nodes.joined, len(s.nodes.changed)
	s.tally, s.incoming, s.nowhere, s.waiting = tally{}, nil, nil, nil
	s.setPlaces(pods)
	for _, pod := range pods {
		if at, ok := s.find(nodeOf(pod)); ok {
			s.put(at, pod)
			s.await(pod)
		} else {
			s.nowhere = append(s.nowhere, pod)
		}
	}
	s.sortWaiting()
	s.register = newRegister(len(s.places))
	for at := range s.places {
		s.refresh(at)
	}
}

// setPlaces makes an empty place for each node, and for each other that a pod names.
func (s *PodSet) setPlaces(pods []*controller.Pod) {
	others := map[string]bool{}
	for _, pod := range pods {
		if name := nodeOf(pod); name != "" && s.nodes.Get(name) == nil {
			others[name] = true
		}
	}
	s.places = make([]place, 0, len(s.nodes.sorted)+len(others))
	for _, node := range s.nodes.sorted {
		at := place{node: node.Name, exists: true}
		at.see(s.placement.Fit(node))
		s.places = append(s.places, at)
	}
	if len(others) > 0 {
		for name := range maps.Keys(others) {
			s.places = append(s.places, place{node: name})
		}
		slices.SortFunc(s.places, func(a, b place) int { return cmp.Compare(a.node, b.node) })
	}
}

func (s *PodSet) put(at int, pod *controller.Pod) {
	pods := s.places[at].pods
	where, _ := slices.BinarySearchFunc(pods, pod, before)
	s.places[at].pods = slices.Insert(pods, where, pod)
}

// refresh works out anew what holds for a place.
func (s *PodSet) refresh(at int) {
	p := &s.places[at]
	traits := s.shape.read(p, s.now)
	s.register.change(at, p.traits, traits)
	p.traits = traits
	s.tally.add(p.tally, -1)
	p.tally = s.shape.count(p, s.now)
	s.tally.add(p.tally, 1)
}

func (s *PodSet) refreshOf(pod *controller.Pod) {
	if at, ok := s.find(nodeOf(pod)); ok {
		s.refresh(at)
	}
}

func (s *PodSet) find(node string) (int, bool) {
	at := sort.Search(len(s.places), func(i int) bool { return s.places[i].node >= node })
	return at, at < len(s.places) && s.places[at].node == node
}

// await puts a ready pod on its way to available.
func (s *PodSet) await(pod *controller.Pod) {
	if pod.Ready && s.shape.minReady != 0 && !pod.ReadyAt.IsZero() {
		s.waiting = append(s.waiting, pod)
	}
}

func (s *PodSet) sortWaiting() {
	slices.SortStableFunc(s.waiting, func(a, b *controller.Pod) int { return a.ReadyAt.Compare(b.ReadyAt) })
}

// advance looks again at the nodes whose pods are available by now.
func (s *PodSet) advance(now time.Time) {
	if now.After(s.now) {
		s.now = now
	}
	done := 0
	for _, pod := range s.waiting {
		if pod.Ready && !s.shape.available(pod, s.now) {
			break
		}
		s.refreshOf(pod)
		done++
	}
	s.waiting = s.waiting[done:]
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
