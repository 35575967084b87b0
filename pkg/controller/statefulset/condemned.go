package statefulset

import (
	"fmt"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// outside are the places that are not wanted, from the top: first those above the wanted
// ones, then those below.
func (s *PodSet) outside() [2]span {
	return [2]span{{s.wanted.to, len(s.places)}, {0, s.wanted.from}}
}

// rank is how many condemned pods come before a place, counted from the top.
func (s *PodSet) rank(place int) int {
	rank := 0
	for _, part := range s.outside() {
		for at := s.condemned.last(part.to); at >= part.from; at = s.condemned.last(at) {
			if at == place {
				return rank
			}
			rank++
		}
	}
	return rank
}

// eachCondemned does something for those of the condemned pods that are marked, from the
// top: in order until the first that ends it, in parallel in batches.
// Follows stateful_set_control.go runForAll, v1.37.0, over the condemned.
func (s *sync) eachCondemned(marked *marks, do func(member) (bool, error)) (stop bool, err error) {
	var run batches
	for _, part := range s.pods.outside() {
		for at := marked.last(part.to); at >= part.from; at = marked.last(at) {
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
	return s.eachCondemned(&s.pods.condemnedUntidy, func(m member) (bool, error) {
		if !s.claimsOwned(m) {
			return false, s.giveClaims(m)
		}
		if s.claimsExist(m) {
			s.pods.setTidy(m.at, true)
		}
		return false, nil
	})
}

// processCondemned deletes the pods that are not wanted: in order the highest, unless
// something has to be waited for; in parallel all.
func (s *sync) processCondemned() (stop bool, err error) {
	if s.parallel() {
		return s.eachCondemned(&s.pods.condemnedStaying, s.processOneCondemned)
	}
	return s.eachCondemned(&s.pods.condemned, s.processOneCondemned)
}

// processOneCondemned deletes a condemned pod. In order, one that is not available has
// to become so first, unless it is the first of all pods that is not: so of two
// broken condemned pods the higher one blocks for ever.
// Follows stateful_set_control.go processCondemned, v1.37.0.
func (s *sync) processOneCondemned(m member) (stop bool, err error) {
	if !s.parallel() {
		broken := !m.ready || !m.available
		if m.terminating {
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
// the lowest condemned one; -1 where all are. Up to v1.33 being ready was enough.
func (s *sync) firstUnavailable() int {
	if at := s.pods.unavailable.next(0); at >= 0 {
		return at
	}
	condemned := &s.pods.condemned
	for at := condemned.next(0); at >= 0; at = condemned.next(at + 1) {
		if s.pods.isUnavailable(at) {
			return at
		}
	}
	return -1
}
