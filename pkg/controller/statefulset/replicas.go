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
	if s.parallel() {
		return s.processInParallel()
	}
	unsteady := &s.pods.unsteady
	for at := unsteady.next(0); at >= 0; at = unsteady.next(at + 1) {
		if stop, err := s.processReplica(at); stop || err != nil {
			return true, err
		}
	}
	return false, nil
}

func (s *sync) processInParallel() (stop bool, err error) {
	var run batches
	untidy := &s.pods.untidy
	for at := untidy.next(0); at >= 0; at = untidy.next(at + 1) {
		index := at - s.pods.wanted.from
		if run.over(index) {
			break
		}
		_, err := s.processReplica(at)
		run.note(index, err)
	}
	return run.err() != nil, run.err()
}

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
		s.waitFor(m, controller.StaleClaim,
			fmt.Sprintf("claim %s belongs to an earlier pod %s and has to go first", claim, m.name))
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
	case m.terminating:
		s.waitFor(m, controller.PodTerminating, "the pod is on its way out")
	case !m.ready:
		s.waitFor(m, controller.PodNotReady, "the pod is not running and ready")
	case !m.available:
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
		s.pods.setTidy(m.at, true)
	}
	return nil
}
