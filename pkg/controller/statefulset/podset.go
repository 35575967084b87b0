package statefulset

import (
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// PodSet is the pods of one StatefulSet by ordinal, so that a sync costs what it
// changes and not what there is. Time only moves forward in it.
//
// Each ordinal that is wanted or that a pod has is a place; places are in order of
// ordinals. With ordinals.start 2, 3 replicas and pods 0, 3 and 7:
//
//	place    0  1  2  3  4
//	ordinal  0  2  3  4  7
//	         ^  wanted   ^ condemned, as is 0
type PodSet struct {
	shape  shape
	stale  bool // a pod waits for a place
	places []place
	wanted span
	// extra are the pods without a place: their names have no ordinal, or one that a
	// better named pod has too.
	extra []*controller.Pod

	placeMarks
	counts     Counts // of the pods with a place; not by revision
	byRevision map[string]*revisionPods
	update     *revisionPods // those of the revision to update to

	// waiting are ready pods on their way to available, by ReadyAt.
	waiting []*controller.Pod
}

// NewPodSet takes pods in any state.
func NewPodSet(pods []*controller.Pod) *PodSet {
	return &PodSet{extra: slices.Clone(pods)}
}

// Add takes one more pod.
func (s *PodSet) Add(pod *controller.Pod) {
	at, ok := s.placeOf(pod)
	if !ok || s.places[at].pod != nil {
		s.extra, s.stale = append(s.extra, pod), true
		return
	}
	s.put(at, pod)
	s.await(pod)
	s.sortWaiting()
}

// MarkReady records that a pod of the set became ready. The instant is cut to
// whole seconds, as the API stores it.
func (s *PodSet) MarkReady(pod *controller.Pod, at time.Time) {
	pod.Phase = controller.Running
	pod.Ready = true
	pod.ReadyAt = at.Truncate(time.Second)
	s.changed(pod)
	// Pods of a forecast become ready in the order of time: the queue stays sorted.
	s.await(pod)
}

// Terminate gives a pod of the set a deletionTimestamp.
func (s *PodSet) Terminate(pod *controller.Pod) {
	pod.Terminating = true
	s.changed(pod)
}

// Remove forgets a pod of the set that is gone.
func (s *PodSet) Remove(pod *controller.Pod) {
	isPod := func(p *controller.Pod) bool { return p == pod }
	at, ok := s.holds(pod)
	if pod.Ready && !(ok && s.places[at].available) {
		s.waiting = slices.DeleteFunc(s.waiting, isPod)
	}
	if ok {
		s.put(at, nil)
	}
	if len(s.extra) > 0 {
		// One of them may take the place.
		s.extra, s.stale = slices.DeleteFunc(s.extra, isPod), true
	}
}

// ClaimChanged records that the PersistentVolumeClaim of an ordinal came, went or
// changed by other hands than the controller's.
func (s *PodSet) ClaimChanged(ordinal int) {
	if at, ok := s.find(ordinal); ok {
		s.setTidy(at, false)
	}
}

// Pod returns the pod with an ordinal, or nil.
func (s *PodSet) Pod(ordinal int) *controller.Pod {
	if at, ok := s.find(ordinal); ok {
		return s.places[at].pod
	}
	return nil
}

// All returns the pods in the order of their ordinals, those without a place last.
func (s *PodSet) All() []*controller.Pod {
	var all []*controller.Pod
	for _, p := range s.places {
		if p.pod != nil {
			all = append(all, p.pod)
		}
	}
	return append(all, s.extra...)
}

// with returns a set that also has the given pods. The set itself stays as it is.
func (s *PodSet) with(more []*controller.Pod) *PodSet {
	if len(more) == 0 {
		return s
	}
	return NewPodSet(append(s.All(), more...))
}

// anyAt reports whether the label of any pod names a revision.
func (s *PodSet) anyAt(name string) bool {
	if pods, ok := s.byRevision[name]; ok && pods.all > 0 {
		return true
	}
	return slices.ContainsFunc(s.extra, func(pod *controller.Pod) bool {
		return pod.Labels[appsv1.StatefulSetRevisionLabel] == name
	})
}

// holds returns the place where a pod stands.
func (s *PodSet) holds(pod *controller.Pod) (int, bool) {
	at, ok := s.placeOf(pod)
	return at, ok && s.places[at].pod == pod
}

func (s *PodSet) placeOf(pod *controller.Pod) (int, bool) {
	ordinal, ok := Ordinal(pod.Name)
	if !ok {
		return 0, false
	}
	return s.find(ordinal)
}

func (s *PodSet) find(ordinal int) (int, bool) {
	if wanted := ordinal - s.shape.start; wanted >= 0 && wanted < s.wanted.size() {
		return s.wanted.from + wanted, true
	}
	return slices.BinarySearchFunc(s.places, ordinal, func(p place, ordinal int) int {
		return p.ordinal - ordinal
	})
}

// await puts a ready pod on its way to available.
func (s *PodSet) await(pod *controller.Pod) {
	if pod.Ready && (s.shape.minReady == 0 || !pod.ReadyAt.IsZero()) {
		s.waiting = append(s.waiting, pod)
	}
}

func (s *PodSet) sortWaiting() {
	slices.SortStableFunc(s.waiting, func(a, b *controller.Pod) int { return a.ReadyAt.Compare(b.ReadyAt) })
}

// settle moves the pods that are available by now out of the queue.
// Follows pkg/api/v1/pod/util.go IsPodAvailable, v1.37.0; up to v1.33 the
// comparison is strict. It asks for no phase.
func (s *PodSet) settle(now time.Time) {
	done := 0
	for _, pod := range s.waiting {
		if pod.Ready && !s.shape.available(pod, now) {
			break
		}
		if at, ok := s.holds(pod); ok && pod.Ready {
			s.alter(at, func(p *place) { p.available = true })
		}
		done++
	}
	s.waiting = s.waiting[done:]
}

// nextAvailable returns when the next ready pod has been so for minReadySeconds; zero
// where none is on its way.
// Follows controller_utils.go FindMinNextPodAvailabilityCheck, v1.37.0.
func (s *PodSet) nextAvailable() time.Time {
	for _, pod := range s.waiting {
		if pod.Ready {
			return pod.ReadyAt.Add(s.shape.minReady)
		}
	}
	return time.Time{}
}

// Counts is how many pods of a StatefulSet there are, as its status counts them: all
// that exist, terminating ones among the ready and available.
type Counts struct {
	Replicas, Ready, Available, Current, Updated int32
}

// Counts counts the pods that have a place; current and updated are names of
// revisions.
func (s *PodSet) Counts(current, updated string) Counts {
	counts := s.counts
	if pods, ok := s.byRevision[current]; ok {
		counts.Current = pods.staying
	}
	if pods, ok := s.byRevision[updated]; ok {
		counts.Updated = pods.staying
	}
	return counts
}

// Follow arranges the set for what a StatefulSet wants now, and counts who is
// available by now. Decide does so itself.
func (s *PodSet) Follow(set *appsv1.StatefulSet, profile kubeversion.Profile, now time.Time) {
	if shape := shapeOf(set, profile); s.stale || shape != s.shape {
		s.arrange(shape)
	}
	s.settle(now)
}
