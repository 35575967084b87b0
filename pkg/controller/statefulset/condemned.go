package statefulset

import (
	"fmt"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// condemned are the places that are not wanted, from the top: first what is above the
// wanted ones, then what is below.
func (s *PodSet) condemned() [2]span {
	return [2]span{{s.wanted.to, len(s.places)}, {0, s.wanted.from}}
}

// rank is how many condemned pods come before a place, counted from the top.
func (s *PodSet) rank(at int) int {
	exists := func(w int) uint64 { return s.created[w] }
	above, below := s.condemned()[0], s.condemned()[1]
	if at >= above.from {
		return span{at + 1, above.to}.count(exists)
	}
	return above.count(exists) + span{at + 1, below.to}.count(exists)
}

// eachCondemned does something for the condemned pods that a test holds for, from the
// top: in order until the first that ends it, in parallel in batches.
// Follows stateful_set_control.go runForAll, v1.37.0, over the condemned.
func (s *sync) eachCondemned(test func(int) uint64, do func(member) (bool, error)) (stop bool, err error) {
	var run batches
	for _, part := range s.pods.condemned() {
		for at := part.highest(test); at >= 0; at = (span{part.from, at}).highest(test) {
			if run.errs != nil && run.over(s.pods.rank(at)) {
				return true, run.err()
			}
			stop, err := do(s.memberAt(at))
			if !s.parallel() && (stop || err != nil) {
				return true, err
			}
			if err != nil {
				run.note(s.pods.rank(at), err)
			}
		}
	}
	return run.err() != nil, run.err()
}

// fixCondemnedClaims gives the claims of condemned pods to whom the policy wants them to
// belong. Follows stateful_set_control.go updateStatefulSet, v1.37.0.
func (s *sync) fixCondemnedClaims() (stop bool, err error) {
	untidy := func(w int) uint64 { return s.pods.created[w] &^ s.pods.tidy[w] }
	return s.eachCondemned(untidy, func(m member) (bool, error) {
		if !s.claimsOwned(m) {
			return false, s.giveClaims(m)
		}
		if s.claimsExist(m) {
			s.pods.tidy.set(m.at, true)
		}
		return false, nil
	})
}

// processCondemned deletes the pods that are not wanted: in order the highest, unless
// something has to be waited for; in parallel all.
func (s *sync) processCondemned() (stop bool, err error) {
	if !s.parallel() {
		exists := func(w int) uint64 { return s.pods.created[w] }
		return s.eachCondemned(exists, s.processOneCondemned)
	}
	staying := func(w int) uint64 { return s.pods.created[w] &^ s.pods.terminating[w] }
	return s.eachCondemned(staying, s.processOneCondemned)
}

// processOneCondemned deletes a condemned pod. In order, one that is not available has
// to become so first, unless it is the first of all pods that is not: so of two
// broken condemned pods the higher one blocks for ever.
// Follows stateful_set_control.go processCondemned, v1.37.0.
func (s *sync) processOneCondemned(m member) (stop bool, err error) {
	if !s.parallel() {
		broken := !s.pods.ready.has(m.at) || !s.pods.available.has(m.at)
		if s.pods.terminating.has(m.at) {
			s.waitFor(m, controller.PodTerminating, "the pod is on its way out: pods go one at a time")
			return true, nil
		}
		if first := s.firstUnavailable(); broken && first != m.at {
			s.waitFor(m, controller.PodNotAvailable, s.whyBlocked(first))
			return true, nil
		}
	}
	return true, s.delete(m, controller.Condemned, s.whyCondemned(m))
}

func (s *sync) whyBlocked(first int) string {
	if first < 0 {
		return "the pod has to be available before it can go"
	}
	return fmt.Sprintf("the pod has to be available before it can go: only %s, the first that is not, may go as it is",
		s.memberAt(first).name)
}

func (s *sync) whyCondemned(m member) string {
	first, count := s.pods.shape.start, s.pods.wanted.size()
	switch count {
	case 0:
		return "no replicas are wanted"
	case 1:
		return fmt.Sprintf("ordinal %d is not wanted, only %d is", m.ordinal, first)
	}
	return fmt.Sprintf("ordinal %d is not wanted, %d to %d are", m.ordinal, first, first+count-1)
}

// firstUnavailable is the place of the lowest wanted pod that is not available, else of
// the lowest condemned one; -1 where all are.
func (s *sync) firstUnavailable() int {
	if at := s.pods.wanted.lowest(s.unavailable); at >= 0 {
		return at
	}
	condemned := func(w int) uint64 { return s.pods.created[w] & s.unavailable(w) }
	above, below := s.pods.condemned()[0], s.pods.condemned()[1]
	if at := below.lowest(condemned); at >= 0 {
		return at
	}
	return above.lowest(condemned)
}

// unavailable are the places without a pod that counts as available and stays; up to
// v1.33 being ready was enough.
// Follows stateful_set_utils.go isUnavailable, v1.37.0, and isHealthy, v1.33.13.
func (s *sync) unavailable(w int) uint64 {
	if s.Profile.WaitsForAvailablePods() {
		return ^(s.pods.available[w] &^ s.pods.terminating[w])
	}
	return ^(s.pods.ready[w] &^ s.pods.terminating[w])
}
