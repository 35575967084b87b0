package simulate

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// stored implements workload.
func (s *daemon) stored(w *world, o *Outcome) {
	o.DaemonSet = s.set
	o.Revisions = revision.Sorted(s.revisions)
	o.Waits = s.waits
	for _, name := range s.unfinished() {
		if w.notReady[name] && !w.works(name) {
			o.Except = append(o.Except, name)
		}
	}
}

// complete implements workload. Nodes that were not ready before the change and still are
// not are left out.
func (s *daemon) complete(_ *world, o *Outcome) bool {
	if s.lastErr != nil || s.set.DeletionTimestamp != nil {
		return false
	}
	if len(o.Except) == 0 {
		return o.Last.Terminating == 0 && daemonset.Complete(s.set)
	}
	return s.set.Status.ObservedGeneration >= s.set.Generation && len(s.unfinished()) == len(o.Except)
}

// unfinished are the nodes, by name, on which something is still to come: they should have
// a pod and none is available, they have an old one, or one is on its way out.
func (s *daemon) unfinished() []string {
	var names []string
	for _, node := range s.pods.Unavailable() {
		if s.pods.FitOf(node).Should {
			names = append(names, node)
		}
	}
	for _, pod := range s.pods.All() {
		node := nodeOf(pod)
		if pod.Terminating || pod.Active() && !s.pods.IsUpdated(pod) && s.pods.FitOf(node).Should {
			names = append(names, node)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// explain implements workload.
func (s *daemon) explain(w *world, o *Outcome) {
	for _, pod := range s.broken() {
		if pod.Ordinal > 0 && !w.notReady[nodeOf(pod)] {
			o.NewBroken++
		}
	}
	if held := s.holds(o); held != "" {
		o.Held, o.Cause = true, held
		return
	}
	o.Cause = s.cause(w, o)
}

// holds says what keeps pods at an old revision by design, where that is all there is to
// do.
func (s *daemon) holds(o *Outcome) string {
	if s.set.Spec.UpdateStrategy.Type != appsv1.OnDeleteDaemonSetStrategyType ||
		s.lastErr != nil || s.set.DeletionTimestamp != nil {
		return ""
	}
	old := int32(0)
	for _, pod := range s.pods.All() {
		node := nodeOf(pod)
		if slices.Contains(o.Except, node) || !s.pods.FitOf(node).Should {
			continue
		}
		if pod.Terminating || pod.Active() && !pod.Ready {
			return ""
		}
		if pod.Active() && !s.pods.IsUpdated(pod) {
			old++
		}
	}
	if old == 0 {
		return ""
	}
	return fmt.Sprintf("OnDelete: %d of %d pods stay at the old revision until somebody deletes them", old, o.Last.Total)
}

// cause says why the DaemonSet does not get further.
func (s *daemon) cause(w *world, o *Outcome) string {
	last := o.Last
	why := s.troubles(w, o)
	switch {
	case s.set.DeletionTimestamp != nil:
		return "the DaemonSet is being deleted: the controller does nothing"
	case s.lastErr != nil:
		return fmt.Sprintf("the controller fails: %v", s.lastErr)
	case s.waits != nil && why != "":
		return s.waits.Message + "; " + why
	case s.waits != nil:
		return s.waits.Message
	case why != "":
		return why
	}
	return fmt.Sprintf("%d pods exist, %d wanted, %d available, %d terminating: the controller has nothing to do",
		last.Total, last.Desired, last.Available, last.Terminating)
}

// troubles say what is wrong with nodes and pods: nodes that are not ready, and pods
// elsewhere that are not.
func (s *daemon) troubles(w *world, o *Outcome) string {
	var nodes []string
	for _, name := range s.unfinished() {
		if node := w.nodes.Get(name); node != nil && !isReady(node) {
			nodes = append(nodes, name)
		}
	}
	var parts []string
	if len(nodes) > 0 {
		parts = append(parts, fmt.Sprintf("%s %s not ready", listedAs("node", nodes), isOrAre(len(nodes))))
	}
	broken := slices.DeleteFunc(s.broken(), func(pod *controller.Pod) bool { return !w.works(nodeOf(pod)) })
	switch {
	case len(broken) == 0:
	case o.HorizonReached:
		parts = append(parts, "not ready yet: "+listed(broken))
	default:
		parts = append(parts, fmt.Sprintf("%s never %s ready%s", listed(broken), become(len(broken)), s.portOf(broken)))
	}
	return strings.Join(parts, "; ")
}

// portOf says which host port keeps the first of some pods from starting.
func (s *daemon) portOf(pods []*controller.Pod) string {
	for _, pod := range pods {
		if other := s.hinders(pod); other != nil && s.blocked[pod] {
			return fmt.Sprintf(": pod %s has the same host port on node %s", other.Name, nodeOf(pod))
		}
	}
	return ""
}

func isOrAre(count int) string {
	if count == 1 {
		return "is"
	}
	return "are"
}

// broken are the pods that are not ready.
func (s *daemon) broken() []*controller.Pod {
	return slices.DeleteFunc(s.pods.All(), func(pod *controller.Pod) bool { return !pod.Active() || pod.Ready })
}
