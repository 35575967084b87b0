package daemonset

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// rollingUpdate replaces old pods, as far as the update strategy allows.
// Follows update.go rollingUpdate, v1.37.0.
func (s *sync) rollingUpdate() error {
	unavailable, err := MaxUnavailable(s.ds, s.count(should))
	if err != nil {
		return fmt.Errorf("couldn't get unavailable numbers: %w", err)
	}
	surge, err := MaxSurge(s.ds, s.count(should))
	if err != nil {
		return fmt.Errorf("couldn't get unavailable numbers: %w", err)
	}
	if surge == 0 {
		return s.replaceInPlace(unavailable)
	}
	return s.replaceBySurge(surge)
}

// replaceInPlace deletes old pods; the next sync creates new ones in their place. Those
// that are not available go at once, the others while no more nodes than allowed lack an
// available pod.
func (s *sync) replaceInPlace(allowed int) error {
	var todo actions
	missing := s.count(unavailable)
	s.deletePods(&todo, broken, s.count(broken), removal{
		reason: controller.BrokenOldRevision, message: "the old pod is not available anyway"})
	switch budget := fmt.Sprintf("%d of %d nodes may lack an available pod, %d do", allowed, s.count(should), missing); {
	case s.count(candidate) == 0:
	case allowed > missing:
		s.deletePods(&todo, candidate, allowed-missing, removal{reason: controller.OldRevision, message: budget})
	default:
		s.waitFor(unavailable, controller.NodesUnavailable, budget)
	}
	return s.act(todo)
}

// deletePods deletes the old pods of the first nodes with a trait, at most so many.
func (s *sync) deletePods(todo *actions, t trait, most int, because removal) {
	s.each(t, func(_ int, p *place) bool {
		if most <= 0 || todo.deletions() >= burst {
			return false
		}
		most--
		todo.delete(s.oldPod(p), because.reason, because.message)
		return true
	})
}

func (s *sync) oldPod(p *place) *controller.Pod { return s.pods.shape.pairOn(p).old }

// replaceBySurge creates new pods beside old ones, and deletes those once the new ones are
// available. Where the old pod is not available the new one is created at once; for the
// others so many may be on their way as the surge says. On nodes that are no longer for
// the DaemonSet old pods stay until as many others are available as there are to be.
func (s *sync) replaceBySurge(allowed int) error {
	if err := s.refuseGoneNodes(); err != nil {
		return err
	}
	var todo actions
	pending := s.count(surging)
	s.leave(&todo, broken, s.count(broken), controller.BrokenOldRevision)
	s.deletePods(&todo, replaced, s.count(replaced), removal{
		reason: controller.Replaced, message: "the new pod of the node is available"})
	s.leave(&todo, candidate, s.count(served)-s.count(should), controller.NodeNotEligible)

	todo.create(s.nodesWith(broken, burst, should), controller.UnavailableOld,
		"the old pod is not available: the new one is created beside it")
	switch budget := fmt.Sprintf("%d of %d nodes may have an extra pod, %d have", allowed, s.count(should), pending); {
	case s.count(candidate) == 0:
	case allowed > pending:
		todo.create(s.nodesWith(candidate, min(allowed-pending, burst), should), controller.SurgeAllowed, budget)
	default:
		s.waitFor(surging, controller.SurgePending, budget)
	}
	return s.act(todo)
}

// leave deletes old pods with a trait on nodes that should have none, at most so many.
func (s *sync) leave(todo *actions, t trait, most int, reason controller.Reason) {
	s.each(t, func(_ int, p *place) bool {
		if most > 0 && !p.should {
			most--
			todo.delete(s.oldPod(p), reason, s.pods.FitOf(p.node).Message)
		}
		return most > 0
	})
}

// refuseGoneNodes: an old pod alone on a node that does not exist ends the sync, until
// somebody else has deleted the pod.
func (s *sync) refuseGoneNodes() error {
	if s.count(gone) == 0 {
		return nil
	}
	for _, t := range [...]trait{broken, candidate} {
		if names := s.nodesWith(gone, 1, t); len(names) > 0 {
			return fmt.Errorf("couldn't get node for nodeName %q: %w", names[0],
				apierrors.NewNotFound(corev1.Resource("node"), names[0]))
		}
	}
	return nil
}

// waitFor notes that the budget is spent, and on which nodes: on none where no node at all
// is to have a pod, and so none may lack one.
func (s *sync) waitFor(t trait, reason controller.Reason, budget string) {
	first := s.nodesWith(t, 1)
	if len(first) == 0 {
		s.wait(s.ref(), reason, budget)
		return
	}
	s.wait(cluster.Ref{APIVersion: "v1", Kind: "Node", Name: first[0]}, reason, budget+": "+s.someNodes(t))
}

// someNodes names the first few nodes with a trait: a, b, c and 4 more.
func (s *sync) someNodes(t trait) string {
	const few = 3
	text := strings.Join(s.nodesWith(t, few), ", ")
	if more := s.count(t) - few; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
