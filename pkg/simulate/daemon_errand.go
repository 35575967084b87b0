package simulate

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// daemonErrand is a sync of the DaemonSet controller under way: its batches follow each
// other, the requests of a batch run side by side.
type daemonErrand struct {
	world    *world
	of       *daemon
	decision controller.Decision
	batches  [][]controller.Write
	current  []controller.Write
	did      bool
}

func (w *world) startDaemon(s *daemon, decision controller.Decision) {
	w.daemonSets.start(s)
	w.launch(w.daemonSets.client, &daemonErrand{
		world: w, of: s, decision: decision, batches: daemonBatches(decision.Writes),
	})
}

// daemonBatches cuts the writes of a sync into what follows each other and what goes out
// side by side: pods are created in batches of 1, 2, 4, … and then all deletions are sent
// at once; all else follows each other.
// Follows daemon_controller.go syncNodes, v1.37.0.
func daemonBatches(writes []controller.Write) [][]controller.Write {
	var batches [][]controller.Write
	for len(writes) > 0 {
		first := writes[0]
		same := slices.IndexFunc(writes, func(other controller.Write) bool { return !goTogether(first, other) })
		if same < 0 {
			same = len(writes)
		}
		requests := requestsOf(writes[:max(same, 1)])
		writes = writes[max(same, 1):]
		if first.Object.Kind != "Pod" || first.Verb != controller.Create {
			batches = append(batches, requests)
			continue
		}
		for size := 1; len(requests) > 0; size *= 2 {
			n := min(size, len(requests))
			batches = append(batches, requests[:n])
			requests = requests[n:]
		}
	}
	return slices.DeleteFunc(batches, func(batch []controller.Write) bool { return len(batch) == 0 })
}

// goTogether reports whether two writes are creations, or deletions, of pods.
func goTogether(a, b controller.Write) bool {
	pods := a.Object.Kind == "Pod" && b.Object.Kind == "Pod"
	return pods && a.Verb == b.Verb && (a.Verb == controller.Create || a.Verb == controller.Delete)
}

// requestsOf returns each request of some writes on its own, but for those refused.
func requestsOf(writes []controller.Write) []controller.Write {
	var requests []controller.Write
	for _, write := range writes {
		for i := range write.Count {
			request := oneOf(write, i)
			if len(write.Nodes) > 0 {
				request.Nodes = write.Nodes[i : i+1]
			}
			if write.Err == nil {
				requests = append(requests, request)
			}
		}
	}
	return requests
}

func (e *daemonErrand) next() (controller.Write, bool) {
	if len(e.batches) == 0 {
		return controller.Write{}, false
	}
	e.current = e.batches[0]
	e.batches = e.batches[1:]
	return controller.Write{Count: len(e.current)}, true
}

// land lets the API server answer. Where it refuses what it would have accepted when the
// sync began, the sync ends and fails; that a pod is gone already is fine.
func (e *daemonErrand) land(_ controller.Write, index int) {
	write := e.current[index]
	if write.Verb == controller.Delete && len(write.Pods) > 0 && !e.isThere(write.Pods[0]) {
		return
	}
	stored, err := e.answer(write)
	if err != nil {
		e.batches = nil
		e.decision.Err = err
		return
	}
	e.did = true
	e.of.apply(e.world, write, stored)
	if write.Object.Kind == "Pod" && write.Verb != controller.Patch {
		e.world.tellOf(e.world.daemonSets.client, e.of.events)
	}
}

func (e *daemonErrand) answer(write controller.Write) (cluster.Object, error) {
	if write.Verb == controller.Patch && len(write.Pods) > 0 && !e.isKnown(write.Pods[0]) {
		return nil, apierrors.NewNotFound(corev1.Resource("pods"), write.Object.Name)
	}
	return e.world.answer(write)
}

func (e *daemonErrand) isThere(pod *controller.Pod) bool {
	return slices.Contains(e.of.pods.On(nodeOf(pod)), pod)
}

// isKnown reports whether a pod still is the DaemonSet's, or nobody's.
func (e *daemonErrand) isKnown(pod *controller.Pod) bool {
	return e.isThere(pod) || slices.Contains(e.of.strays, pod) ||
		slices.Contains(e.world.orphans[e.of.set.Namespace], pod)
}

func (e *daemonErrand) end() {
	e.world.daemonSets.end(e.of)
	e.of.conclude(e.world, e.decision, e.did)
}
