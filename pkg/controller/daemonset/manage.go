package daemonset

import (
	"fmt"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// manage gives each node that should have a pod one, and takes away pods that failed, that
// succeeded, that are too many, or that may not stay.
// Follows daemon_controller.go manage, v1.37.0.
func (s *sync) manage() error {
	var todo actions
	s.lookAtUntidy(&todo)
	if missing := s.count(lacking); missing > 0 {
		todo.create(s.nodesWith(lacking, burst), controller.NodeNeedsPod,
			fmt.Sprintf("%d of %d nodes lack a pod", missing, s.count(should)))
	}
	return s.act(todo)
}

// lookAtUntidy finds the pods to delete, whatever the update strategy.
// Follows daemon_controller.go podsShouldBeOnNode, v1.37.0.
func (s *sync) lookAtUntidy(todo *actions) {
	s.pods.register.each(untidy, func(at int) bool {
		p := &s.pods.places[at]
		switch {
		case !p.exists:
			for _, pod := range p.pods {
				if isAdrift(pod) {
					todo.delete(pod, controller.NodeGone, "the node that the pod waits for does not exist")
				}
			}
		case p.stays:
			s.lookAtFinished(p, todo)
			s.lookAtExcess(p, todo)
		default:
			s.evict(p, todo)
		}
		return true
	})
}

// evict takes all pods off a node.
func (s *sync) evict(p *place, todo *actions) {
	why := s.pods.FitOf(p.node).Message
	for _, pod := range p.pods {
		if !pod.Terminating {
			todo.delete(pod, controller.NodeNotEligible, why)
		}
	}
}

// lookAtFinished takes finished pods off a node. One that failed is left alone for a while
// if another failed there shortly before.
func (s *sync) lookAtFinished(p *place, todo *actions) {
	key := failureKey{s.ds.UID, s.ds.Status.ObservedGeneration, p.node}
	for _, pod := range p.pods {
		switch {
		case pod.Terminating || pod.Phase != controller.Finished:
		case !pod.Failed:
			todo.delete(pod, controller.PodFinished, "the pod succeeded, and is to run for ever")
		default:
			if delay, holds := s.Memory.backOff(key, s.now); holds {
				s.wakeAfter(delay)
				continue
			}
			s.Memory.fail(key, s.now)
			todo.delete(pod, controller.PodFinished, "the pod failed")
		}
	}
}

// lookAtExcess takes running pods off a node that has too many.
func (s *sync) lookAtExcess(p *place, todo *actions) {
	extra, superseded := s.pods.shape.excess(p, s.now)
	for _, pod := range extra {
		todo.delete(pod, controller.ExcessPod, "the node has more pods than it may have")
	}
	switch {
	case superseded == nil:
	case superseded.Ready:
		todo.delete(superseded, controller.Replaced, "the new pod of the node is available")
	default:
		todo.delete(superseded, controller.Replaced, "the node has a new pod, and the old one is not ready")
	}
}

// nodesWith returns the first nodes, at most so many, that have all of the traits.
func (s *sync) nodesWith(t trait, most int, also ...trait) []string {
	var names []string
	s.each(t, func(at int, p *place) bool {
		if len(names) >= most {
			return false
		}
		for _, other := range also {
			if !s.pods.register.has(other, at) {
				return true
			}
		}
		names = append(names, p.node)
		return true
	})
	return names
}

func (s *sync) each(t trait, visit func(at int, p *place) bool) {
	s.pods.register.each(t, func(at int) bool { return visit(at, &s.pods.places[at]) })
}

func (s *sync) count(t trait) int { return s.pods.register.counts[t] }
