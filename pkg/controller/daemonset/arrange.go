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
