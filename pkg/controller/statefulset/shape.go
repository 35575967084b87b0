package statefulset

import (
	"slices"
	"strconv"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// shape is what the places of a PodSet, and whether its pods are available and tidy,
// depend on besides the pods. The zero shape is no StatefulSet's.
type shape struct {
	uid        types.UID
	generation int64
	made       bool

	start, replicas int
	minReady        time.Duration
	// atBoundary: a pod whose minReadySeconds end exactly now is available.
	atBoundary bool
	// healthyWhenReady: a ready pod is as good as an available one.
	healthyWhenReady bool
	policy           appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy
}

func shapeOf(set *appsv1.StatefulSet, profile kubeversion.Profile) shape {
	return shape{
		uid:        set.UID,
		generation: set.Generation,
		made:       true,
		start:      StartOrdinal(set, profile),
		replicas:   int(*set.Spec.Replicas),
		minReady:   time.Duration(set.Spec.MinReadySeconds) * time.Second,
		atBoundary: profile.AvailableAtBoundary(),

		healthyWhenReady: !profile.WaitsForAvailablePods(),
		policy:           retentionPolicy(set),
	}
}

// StartOrdinal is the ordinal of the first pod.
// Follows stateful_set_utils.go getStartOrdinal, v1.37.0; up to v1.30 behind a gate.
func StartOrdinal(set *appsv1.StatefulSet, profile kubeversion.Profile) int {
	if set.Spec.Ordinals == nil || !profile.Enabled(kubeversion.StatefulSetStartOrdinal) {
		return 0
	}
	return int(set.Spec.Ordinals.Start)
}

func (s shape) available(pod *controller.Pod, now time.Time) bool {
	if s.minReady == 0 {
		return true
	}
	since := pod.ReadyAt.Add(s.minReady)
	return since.Before(now) || s.atBoundary && since.Equal(now)
}

// wants reports whether an ordinal is one of those that the StatefulSet wants.
func (s shape) wants(ordinal int) bool {
	return ordinal >= s.start && ordinal < s.start+s.replicas
}

// arrange makes a place for each ordinal that is wanted or that a pod has.
func (s *PodSet) arrange(shape shape) {
	pods := s.All()
	// Where two names have one ordinal, as db-1 and db-01, the proper one takes the place.
	slices.SortStableFunc(pods, func(a, b *controller.Pod) int { return len(a.Name) - len(b.Name) })
	*s = PodSet{shape: shape, byRevision: map[string]*revisionPods{}}
	s.makePlaces(pods)
	s.placeMarks = newPlaceMarks(len(s.places))
	for at := range s.places {
		s.mark(at)
	}
	for _, pod := range pods {
		if at, ok := s.placeOf(pod); ok && s.places[at].pod == nil {
			s.put(at, pod)
		} else {
			s.extra = append(s.extra, pod)
		}
		s.await(pod)
	}
	s.sortWaiting()
}

// makePlaces lists the ordinals below the wanted ones, those, and the ones above.
func (s *PodSet) makePlaces(pods []*controller.Pod) {
	var others []int
	for _, pod := range pods {
		if ordinal, ok := Ordinal(pod.Name); ok && !s.shape.wants(ordinal) {
			others = append(others, ordinal)
		}
	}
	slices.Sort(others)
	others = slices.Compact(others)
	below, _ := slices.BinarySearch(others, s.shape.start)
	s.wanted = span{below, below + max(s.shape.replicas, 0)}
	s.places = make([]place, 0, len(others)+s.wanted.size())
	for _, ordinal := range others[:below] {
		s.places = append(s.places, place{ordinal: ordinal})
	}
	for i := range s.wanted.size() {
		s.places = append(s.places, place{ordinal: s.shape.start + i})
	}
	for _, ordinal := range others[below:] {
		s.places = append(s.places, place{ordinal: ordinal})
	}
}

// Ordinal returns the number at the end of a pod's name: 3 of db-3. A name without
// one, or with one that is no int32, has none.
// Follows stateful_set_utils.go getParentNameAndOrdinal, v1.37.0.
func Ordinal(name string) (int, bool) {
	_, digits, ok := cutLast(name)
	if !ok {
		return 0, false
	}
	ordinal, err := strconv.ParseInt(digits, 10, 32)
	return int(ordinal), err == nil
}

// parentOf returns what a name has before its number: db of db-3, nothing of db.
// Follows stateful_set_utils.go getParentNameAndOrdinal, v1.37.0.
func parentOf(name string) string {
	parent, _, _ := cutLast(name)
	return parent
}

func cutLast(name string) (parent, digits string, ok bool) {
	dash := strings.LastIndexByte(name, '-')
	if dash < 0 || dash == len(name)-1 {
		return "", "", false
	}
	for _, c := range name[dash+1:] {
		if c < '0' || c > '9' {
			return "", "", false
		}
	}
	return name[:dash], name[dash+1:], true
}
