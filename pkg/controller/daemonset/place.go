package daemonset

import (
	"cmp"
	"slices"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// shape is what the traits of a node depend on besides its pods and its labels.
type shape struct {
	hash       string // of the revision to update to; empty: none is known
	generation string // of the template; empty: none is known
	surge      bool   // a node may have a second pod
	minReady   time.Duration
	// atBoundary: a pod whose minReadySeconds end exactly now is available.
	atBoundary bool
	// countsBroken: old pods that are not available count against maxUnavailable.
	countsBroken bool
}

// place is a node with the pods of the DaemonSet on it or on their way to it.
type place struct {
	node   string
	exists bool
	should bool // see Fit
	stays  bool
	pods   []*controller.Pod // see before
	traits traitSet
	tally  tally
}

func (p *place) see(fit Fit) { p.should, p.stays = fit.Should, fit.Continue }

// tally is how many pods there are; all but terminating count active ones only.
type tally struct{ total, updated, ready, available, terminating int32 }

func (t *tally) add(o tally, sign int32) {
	t.total += sign * o.total
	t.updated += sign * o.updated
	t.ready += sign * o.ready
	t.available += sign * o.available
	t.terminating += sign * o.terminating
}

// before is the order of a node's pods: those that are assigned first, then the older,
// then by name. Follows daemon_controller.go podByCreationTimestampAndPhase, v1.37.0.
func before(a, b *controller.Pod) int {
	if (a.Node == "") != (b.Node == "") {
		if a.Node != "" {
			return -1
		}
		return 1
	}
	return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Ordinal, b.Ordinal))
}

// listed reports whether the controller looks at a pod at all: one that has ended and is
// being deleted is left to others.
// Follows daemon_controller.go getNodesToDaemonPods, v1.37.0.
func listed(pod *controller.Pod) bool {
	return !(pod.Terminating && pod.Phase == controller.Finished)
}

// isUpdated follows daemonset_util.go IsPodUpdated, v1.37.0: the hash of the revision or
// the generation of the template is enough.
func (s *shape) isUpdated(pod *controller.Pod) bool {
	return s.hash != "" && pod.Labels[hashLabel] == s.hash ||
		s.generation != "" && pod.Labels[generationLabel] == s.generation
}

// available follows pkg/api/v1/pod/util.go IsPodAvailable, v1.37.0; up to v1.33 the
// comparison is strict.
func (s *shape) available(pod *controller.Pod, now time.Time) bool {
	if !pod.Ready || s.minReady == 0 {
		return pod.Ready
	}
	since := pod.ReadyAt.Add(s.minReady)
	return !pod.ReadyAt.IsZero() && (since.Before(now) || s.atBoundary && since.Equal(now))
}

// pair is the pods of a node as a rolling update sees them.
type pair struct {
	new, old *controller.Pod // of those that stay
	crowded  bool            // several of a kind stay
	first    *controller.Pod
	listed   int // all that the controller looks at
	staying  int // of these: not terminating
	running  int // of these: not finished either
}

// pairOn looks at the pods of a node.
// Follows update.go findUpdatedPodsOnNode, v1.37.0.
func (s *shape) pairOn(p *place) pair {
	var found pair
	for _, pod := range p.pods {
		if !listed(pod) {
			continue
		}
		if found.listed++; found.first == nil {
			found.first = pod
		}
		if pod.Terminating {
			continue
		}
		found.staying++
		if pod.Phase != controller.Finished {
			found.running++
		}
		kind := &found.old
		if s.isUpdated(pod) {
			kind = &found.new
		}
		found.crowded = found.crowded || *kind != nil
		*kind = pod
	}
	return found
}

// read works out the traits of a node.
func (s *shape) read(p *place, now time.Time) traitSet {
	found := s.pairOn(p)
	return s.status(p, found, now) | s.upkeep(p, found, now) | s.update(p, found, now)
}

// status is what a node adds to the numbers of the status.
// Follows daemon_controller.go updateDaemonSetStatus, v1.37.0.
func (s *shape) status(p *place, found pair, now time.Time) traitSet {
	has, first := found.listed > 0, found.first
	here := p.should && has
	return traitSet(0).
		with(should, p.should).
		with(current, here).
		with(misscheduled, p.exists && !p.should && has).
		with(firstReady, here && first.Ready).
		with(firstAvailable, here && s.available(first, now)).
		with(firstUpdated, here && s.isUpdated(first)).
		with(gone, !p.exists)
}

// upkeep is what manage has to do on a node: a pod to create, pods to look at.
// Follows daemon_controller.go podsShouldBeOnNode, v1.37.0.
func (s *shape) upkeep(p *place, found pair, now time.Time) traitSet {
	lacks := p.should && (found.listed == 0 || s.surge && found.running == 0)
	var untidyNow bool
	switch {
	case !p.exists:
		untidyNow = slices.ContainsFunc(p.pods, isAdrift)
	case p.stays:
		untidyNow = found.staying > found.running || found.running > 1 && s.hasExcess(p, now)
	default:
		untidyNow = found.staying > 0
	}
	return traitSet(0).with(lacking, lacks).with(untidy, untidyNow)
}

// update is what a rolling update counts of a node.
// Follows update.go rollingUpdate, v1.37.0; v1.29.6 does not count broken old pods.
func (s *shape) update(p *place, found pair, now time.Time) traitSet {
	if found.listed == 0 && !p.should {
		return 0
	}
	newUp := found.new != nil && s.available(found.new, now)
	oldUp := found.old != nil && s.available(found.old, now)
	if found.crowded {
		return traitSet(0).with(unavailable, true).with(surging, true)
	}
	oldAlone := found.old != nil && found.new == nil
	both := found.old != nil && found.new != nil
	fine := oldAlone && (oldUp || !s.countsBroken) || !both && newUp
	return traitSet(0).
		with(unavailable, !fine).
		with(broken, oldAlone && !oldUp).
		with(candidate, oldAlone && oldUp).
		with(surging, both && !newUp).
		with(served, oldUp || found.old == nil && newUp).
		with(replaced, both && newUp)
}

// isAdrift reports whether a pod waits for a node that does not exist: nobody else would
// delete it. One that terminates already is deleted again, in each sync.
// Follows daemon_controller.go getUnscheduledPodsWithoutNode, v1.37.0.
func isAdrift(pod *controller.Pod) bool { return pod.Node == "" && listed(pod) }

// excess returns the running pods that a node has too many of, by the rule for nodes on
// which pods may stay. Without surge the first stays. With surge the first new and the
// first old one stay, until the old one is superseded: the new one is available, or the
// old one is not even ready.
// Follows daemon_controller.go podsShouldBeOnNode, v1.37.0. New is by the hash alone here.
func (s *shape) excess(p *place, now time.Time) (extra []*controller.Pod, superseded *controller.Pod) {
	running := slices.DeleteFunc(slices.Clone(p.pods), func(pod *controller.Pod) bool { return !pod.Active() })
	if len(running) <= 1 {
		return nil, nil
	}
	if !s.surge {
		return running[1:], nil
	}
	var firstNew, firstOld *controller.Pod
	for _, pod := range running {
		switch isNew := pod.Labels[hashLabel] == s.hash; {
		case isNew && firstNew == nil:
			firstNew = pod
		case !isNew && firstOld == nil:
			firstOld = pod
		default:
			extra = append(extra, pod)
		}
	}
	if firstNew != nil && firstOld != nil && (!firstOld.Ready || s.available(firstNew, now)) {
		superseded = firstOld
	}
	return extra, superseded
}

func (s *shape) hasExcess(p *place, now time.Time) bool {
	extra, superseded := s.excess(p, now)
	return len(extra) > 0 || superseded != nil
}

// count counts the pods of a place.
func (s *shape) count(p *place, now time.Time) tally {
	var t tally
	for _, pod := range p.pods {
		switch {
		case pod.Active():
			t.total++
			t.updated += one(s.isUpdated(pod))
			t.ready += one(pod.Ready)
			t.available += one(s.available(pod, now))
		case pod.Terminating && pod.Phase != controller.Finished:
			t.terminating++
		}
	}
	return t
}

func one(holds bool) int32 {
	if holds {
		return 1
	}
	return 0
}
