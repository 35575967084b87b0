package controller

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/labels"
)

// Counting is what an owner's counts depend on besides its pods.
type Counting struct {
	MinReady time.Duration
	// AtBoundary: a pod whose minReadySeconds end exactly now is available.
	AtBoundary bool
	// TemplateLabels are what a fully labelled pod has.
	TemplateLabels map[string]string
}

// Counts is how many pods of an owner there are. All but Terminating count active
// pods only.
type Counts struct {
	Active, FullyLabeled, Ready, Available, Terminating int32
}

// PodSet is the pods of one owner with running counts, so that a sync costs what
// it changes and not what there is. Time only moves forward in it.
type PodSet struct {
	counting Counting
	counts   Counts

	// pods are in order of arrival; those no longer active stay until there are as
	// many of them as active ones.
	pods []*Pod
	idle int

	// waiting are ready pods on their way to available, by ReadyAt.
	waiting []*Pod

	order deletionCache
}

// NewPodSet counts pods at now. Pods may be active, terminating or finished.
func NewPodSet(counting Counting, pods []*Pod, now time.Time) *PodSet {
	set := &PodSet{counting: counting}
	for _, pod := range pods {
		set.count(pod)
	}
	set.sortWaiting()
	set.settle(now)
	return set
}

// Add counts one more pod.
func (s *PodSet) Add(pod *Pod) {
	s.count(pod)
	if pod.Ready {
		s.sortWaiting()
	}
}

func (s *PodSet) count(pod *Pod) {
	pod.available = false
	if !pod.Active() {
		if pod.Terminating && pod.Phase != Finished {
			s.counts.Terminating++
		}
		return
	}
	s.order.valid = false
	s.pods = append(s.pods, pod)
	s.counts.Active++
	if s.fullyLabelled(pod) {
		s.counts.FullyLabeled++
	}
	if pod.Ready {
		s.counts.Ready++
		s.await(pod)
	}
}

// MarkReady records that a pod of the set became ready. The instant is cut to
// whole seconds, as the API stores it.
func (s *PodSet) MarkReady(pod *Pod, at time.Time) {
	pod.Phase = Running
	pod.Ready = true
	pod.ReadyAt = at.Truncate(time.Second)
	s.order.valid = false
	s.counts.Ready++
	s.await(pod)
}

// Terminate gives an active pod of the set a deletionTimestamp.
func (s *PodSet) Terminate(pod *Pod) {
	s.drop(pod)
	pod.Terminating = true
	s.counts.Terminating++
}

// Remove forgets a terminating pod of the set that is gone.
func (s *PodSet) Remove(pod *Pod) {
	if pod.Terminating && pod.Phase != Finished {
		s.counts.Terminating--
	}
}

// drop takes an active pod out of the counts; the caller makes it inactive.
func (s *PodSet) drop(pod *Pod) {
	s.counts.Active--
	if s.fullyLabelled(pod) {
		s.counts.FullyLabeled--
	}
	if pod.Ready {
		s.counts.Ready--
	}
	if pod.available {
		s.counts.Available--
		pod.available = false
	}
	s.idle++
	if s.idle > 32 && s.idle > int(s.counts.Active) {
		s.pods = slices.DeleteFunc(s.pods, func(p *Pod) bool { return p == pod || !p.Active() })
		s.idle = 0
	}
}

func (s *PodSet) fullyLabelled(pod *Pod) bool {
	return labels.Set(s.counting.TemplateLabels).AsSelectorPreValidated().Matches(labels.Set(pod.Labels))
}

// await puts a ready pod on its way to available. Pods of a forecast become ready
// in the order of time, so the queue stays sorted.
func (s *PodSet) await(pod *Pod) {
	if s.counting.MinReady != 0 && pod.ReadyAt.IsZero() {
		return
	}
	s.waiting = append(s.waiting, pod)
}

func (s *PodSet) sortWaiting() {
	slices.SortStableFunc(s.waiting, func(a, b *Pod) int { return a.ReadyAt.Compare(b.ReadyAt) })
}

// settle moves the pods that are available by now out of the queue.
// Follows pkg/api/v1/pod/util.go IsPodAvailable, v1.37.0; up to v1.33 the
// comparison is strict.
func (s *PodSet) settle(now time.Time) {
	done := 0
	for _, pod := range s.waiting {
		if pod.Active() && pod.Ready {
			if !s.availableAt(pod, now) {
				break
			}
			pod.available = true
			s.counts.Available++
		}
		done++
	}
	s.waiting = s.waiting[done:]
}

func (s *PodSet) availableAt(pod *Pod, now time.Time) bool {
	if s.counting.MinReady == 0 {
		return true
	}
	since := pod.ReadyAt.Add(s.counting.MinReady)
	return since.Before(now) || s.counting.AtBoundary && since.Equal(now)
}

// Counts returns how many pods there are at now.
func (s *PodSet) Counts(now time.Time) Counts {
	s.settle(now)
	return s.counts
}

// NextAvailable returns when the next ready pod has been so for minReadySeconds;
// zero where none is on its way.
func (s *PodSet) NextAvailable(now time.Time) time.Time {
	s.settle(now)
	for _, pod := range s.waiting {
		if pod.Active() && pod.Ready {
			return pod.ReadyAt.Add(s.counting.MinReady)
		}
	}
	return time.Time{}
}

// Active returns the active pods in order of arrival.
func (s *PodSet) Active() []*Pod {
	active := make([]*Pod, 0, s.counts.Active)
	for _, pod := range s.pods {
		if pod.Active() {
			active = append(active, pod)
		}
	}
	return active
}

// With returns a set that also has the given pods. The set itself stays as it is.
func (s *PodSet) With(more []*Pod, now time.Time) *PodSet {
	var pods []*Pod
	for _, pod := range append(s.Active(), more...) {
		copied := *pod
		pods = append(pods, &copied)
	}
	joined := NewPodSet(s.counting, pods, now)
	joined.counts.Terminating += s.counts.Terminating
	return joined
}

// Recount counts the set anew after minReadySeconds or the template's labels
// changed.
func (s *PodSet) Recount(counting Counting, now time.Time) {
	pods, terminating := s.Active(), s.counts.Terminating
	*s = *NewPodSet(counting, pods, now)
	s.counts.Terminating += terminating
}

// Counting returns what the counts depend on besides the pods.
func (s *PodSet) Counting() Counting { return s.counting }
