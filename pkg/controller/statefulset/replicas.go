package statefulset

import (
	"fmt"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// processReplicas sees to the pods that are wanted, lowest ordinals first. In order, it
// ends at the first that needs anything or is not available; in parallel nothing ends
// it but a refusal.
// Follows stateful_set_control.go runForAll, v1.37.0, over the replicas.
func (s *sync) processReplicas() (stop bool, err error) {
	wanted := s.pods.wanted
	s.existing = wanted.count(func(w int) uint64 { return s.pods.created[w] })
	if s.parallel() {
		return s.processInParallel(wanted)
	}
	for at := wanted.lowest(s.pods.unsteady); at >= 0; at = (span{at + 1, wanted.to}).lowest(s.pods.unsteady) {
		if stop, err := s.processReplica(at); stop || err != nil {
			return true, err
		}
	}
	return false, nil
}

func (s *sync) processInParallel(wanted span) (stop bool, err error) {
	var run batches
	for at := wanted.lowest(s.pods.untidy); at >= 0; at = (span{at + 1, wanted.to}).lowest(s.pods.untidy) {
		index := at - wanted.from
		if run.over(index) {
			break
		}
		_, err := s.processReplica(at)
		run.note(index, err)
	}
	return run.err() != nil, run.err()
}

// unsteady are the places whose pod the controller has something to do for, or to wait
// for, before it goes on to the next ordinal.
func (s *PodSet) unsteady(w int) uint64 {
	return ^(s.ready[w] & s.available[w] & s.tidy[w] &^ s.terminating[w])
}

// untidy are the places whose pod the controller has something to do for. A pod that
// is finished is to be replaced.
func (s *PodSet) untidy(w int) uint64 { return s.finished[w] | ^s.tidy[w] }

// processReplica sees to one pod that is wanted; stop says that in order nothing may
// follow. Follows stateful_set_control.go processReplica, v1.37.0.
func (s *sync) processReplica(at int) (stop bool, err error) {
	m := s.memberAt(at)
	switch {
	case m.pod == nil:
		if stop, err := s.createReplica(m); stop || err != nil {
			return true, err
		}
	case m.pod.Phase == controller.Finished:
		return true, s.replaceFinished(m)
	case m.pod.Phase == controller.Pending:
		if err := s.createMissingClaims(m); err != nil {
			return true, err
		}
	}
	if !s.parallel() && s.mustWait(m) {
		return true, nil
	}
	if err := s.keepTidy(m); err != nil {
		return true, err
	}
	return false, nil
}

// replaceFinished deletes a pod that failed or succeeded; a later sync, after it is
// gone, creates it anew.
func (s *sync) replaceFinished(m member) error {
	s.waitFor(m, controller.PodFinished, "its containers have ended: it is deleted and created again")
	if m.pod.Terminating {
		return nil
	}
	return s.delete(m, controller.PodFinished, "the pod has ended, and is created again once it is gone")
}

// createReplica creates a missing pod, unless a claim of its name is about to go with
// an earlier pod.
func (s *sync) createReplica(m member) (stop bool, err error) {
	if claim, stale := s.staleClaim(m); stale {
		s.waitFor(m, controller.StaleClaim, fmt.Sprintf("claim %s belongs to an earlier pod %s and has to go first", claim, m.name))
		return true, nil
	}
	if err := s.create(m); err != nil {
		return true, err
	}
	if s.parallel() {
		return false, nil
	}
	s.waitFor(m, controller.PodNotReady, "the pod was just created")
	return true, nil
}

// mustWait reports whether a pod keeps the controller from the ordinals after it.
func (s *sync) mustWait(m member) bool {
	switch {
	case s.pods.terminating.has(m.at):
		s.waitFor(m, controller.PodTerminating, "the pod is on its way out")
	case !s.pods.ready.has(m.at):
		s.waitFor(m, controller.PodNotReady, "the pod is not running and ready")
	case !s.pods.available.has(m.at):
		s.waitFor(m, controller.PodNotAvailable, fmt.Sprintf("the pod has not been ready for %s", s.pods.shape.minReady))
	default:
		return false
	}
	return true
}

// keepTidy repairs a pod that is not as it should be, and remembers one that is.
func (s *sync) keepTidy(m member) error {
	if !s.inShape(m) || !s.claimsOwned(m) {
		return s.repair(m)
	}
	if m.pod != nil && s.claimsExist(m) {
		s.pods.tidy.set(m.at, true)
	}
	return nil
}
