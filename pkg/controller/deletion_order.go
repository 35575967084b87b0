package controller

import (
	"math"
	"slices"
	"sort"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// UnknownNode is where a pod of a forecast runs: on some node, shared with none
// of its siblings.
const UnknownNode = "?"

// DeletionOrder sorts pods so that those to delete come first.
// Follows controller_utils.go ActivePodsWithRanks, v1.37.0.
type DeletionOrder struct {
	Pods []*Pod
	// Neighbours of each pod: active pods of the same owner on its node.
	Neighbours []int
	// Now scales ages; zero where LogarithmicScaleDown is off.
	Now      time.Time
	Costs    bool // PodDeletionCost is on
	Sidecars bool // restarts of sidecars count (1.32)
}

// NewDeletionOrder prepares the order for a version. The slice is sorted in place.
func NewDeletionOrder(pods []*Pod, neighbours func(node string) int, profile kubeversion.Profile, now time.Time) DeletionOrder {
	order := DeletionOrder{
		Pods:       pods,
		Neighbours: make([]int, len(pods)),
		Costs:      profile.Enabled(kubeversion.PodDeletionCost),
		Sidecars:   profile.RanksSidecarRestarts(),
	}
	if profile.Enabled(kubeversion.LogarithmicScaleDown) {
		order.Now = now
	}
	for i, pod := range pods {
		order.Neighbours[i] = neighbours(pod.Node)
	}
	return order
}

// Len implements sort.Interface.
func (o DeletionOrder) Len() int { return len(o.Pods) }

// Swap implements sort.Interface.
func (o DeletionOrder) Swap(i, j int) {
	o.Pods[i], o.Pods[j] = o.Pods[j], o.Pods[i]
	o.Neighbours[i], o.Neighbours[j] = o.Neighbours[j], o.Neighbours[i]
}

// Less reports whether pod i goes before pod j. It is not transitive: equal times
// fall through to the restarts, unequal times of one age group go to the UID.
// Follows controller_utils.go ActivePodsWithRanks.Less, v1.37.0.
func (o DeletionOrder) Less(i, j int) bool {
	a, b := o.Pods[i], o.Pods[j]
	switch {
	case a.Node != b.Node && (a.Node == "" || b.Node == ""):
		return a.Node == ""
	case a.Phase != b.Phase:
		return a.Phase < b.Phase
	case a.Ready != b.Ready:
		return !a.Ready
	case o.Costs && a.Cost != b.Cost:
		return a.Cost < b.Cost
	case o.Neighbours[i] != o.Neighbours[j]:
		return o.Neighbours[i] > o.Neighbours[j]
	case a.Ready && !a.ReadyAt.Equal(b.ReadyAt):
		return o.younger(a, b, a.ReadyAt, b.ReadyAt)
	case a.Restarts != b.Restarts:
		return a.Restarts > b.Restarts
	case o.Sidecars && a.SidecarRestarts != b.SidecarRestarts:
		return a.SidecarRestarts > b.SidecarRestarts
	case !a.CreatedAt.Equal(b.CreatedAt):
		return o.younger(a, b, a.CreatedAt, b.CreatedAt)
	}
	return false
}

// younger compares two unequal times; an unknown time counts as the youngest.
func (o DeletionOrder) younger(a, b *Pod, timeA, timeB time.Time) bool {
	if timeA.IsZero() || timeB.IsZero() {
		return timeA.IsZero()
	}
	if o.Now.IsZero() {
		return timeA.After(timeB)
	}
	groupA, groupB := ageGroup(o.Now.Sub(timeA)), ageGroup(o.Now.Sub(timeB))
	if groupA == groupB {
		return a.UID < b.UID
	}
	return groupA < groupB
}

// ageGroup is the binary logarithm of an age, cut to a whole number: ages between
// 9 s and 17 s are one group. Follows controller_utils.go logarithmicRankDiff,
// v1.37.0.
func ageGroup(age time.Duration) int64 {
	if age <= 0 {
		return -1
	}
	return int64(math.Log2(float64(age)))
}

// deletionCache keeps a sorted order while it stays right: at one instant, with
// the same pods, none of which shares a node with a sibling. So a burst of syncs
// that each delete 500 pods sorts once.
type deletionCache struct {
	valid bool
	at    time.Time
	pods  []*Pod
}

// FirstToDelete returns the count pods that go first. Where all go, nothing is
// sorted. The real controller starts from a random order, so which of equal pods
// goes is not determined; here it is the one that came last.
// Follows replica_set.go getPodsToDelete, v1.37.0.
func (s *PodSet) FirstToDelete(count int, neighbours func(node string) int, profile kubeversion.Profile, now time.Time) []*Pod {
	if count >= int(s.counts.Active) {
		return s.Active()
	}
	if !s.order.valid || !s.order.at.Equal(now) {
		s.sortForDeletion(neighbours, profile, now)
	}
	first := make([]*Pod, 0, count)
	rest := s.order.pods
	for len(first) < count {
		if rest[0].Active() {
			first = append(first, rest[0])
		}
		rest = rest[1:]
	}
	return first
}

func (s *PodSet) sortForDeletion(neighbours func(node string) int, profile kubeversion.Profile, now time.Time) {
	pods := s.Active()
	slices.Reverse(pods)
	order := NewDeletionOrder(pods, neighbours, profile, now)
	alone := !slices.ContainsFunc(order.Neighbours, func(n int) bool { return n > 1 })
	sort.Stable(order)
	s.order = deletionCache{valid: alone, at: now, pods: pods}
}
