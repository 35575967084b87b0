package simulate

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// isReady reports whether a node's kubelet works. One that says nothing of it, as in a
// file that somebody wrote, does.
func isReady(node *corev1.Node) bool {
	for i := range node.Status.Conditions {
		if c := &node.Status.Conditions[i]; c.Type == corev1.NodeReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return true
}

// notReady are the names of nodes that are not ready.
func notReady(nodes []*corev1.Node) map[string]bool {
	names := map[string]bool{}
	for _, node := range nodes {
		if !isReady(node) {
			names[node.Name] = true
		}
	}
	return names
}

// works reports whether pods start and stop on a node: it exists and is ready.
func (w *world) works(name string) bool {
	node := w.nodes.Get(name)
	return node != nil && isReady(node)
}

// changeNode lets a node join, leave or change. What that does to pods comes right after
// all changes, before any controller looks.
func (w *world) changeNode(before, after *corev1.Node) {
	var then func(*daemon)
	switch {
	case after == nil:
		w.nodes.Remove(before.Name)
		then = func(s *daemon) { s.lost(w, before.Name) }
	case before != nil && isReady(before) && !isReady(after):
		then = func(s *daemon) { s.broke(w, after.Name) }
	case before != nil && !isReady(before) && isReady(after):
		then = func(s *daemon) { s.mended(w, after.Name) }
	}
	if after != nil {
		w.lookAfter(before, after)
		w.nodes.Put(after)
	}
	if then == nil {
		return
	}
	w.atStart = append(w.atStart, func() {
		for _, s := range w.daemons() {
			then(s)
		}
	})
}

// lookAfter lets the controller look at the DaemonSets for which it matters that a node
// joins or changes.
func (w *world) lookAfter(before, after *corev1.Node) {
	for _, s := range w.daemons() {
		if daemonset.LooksAfter(s.view(w, nil), before, after) {
			w.daemonSets.add(s)
		}
	}
}

// daemons are the DaemonSets in their order.
func (w *world) daemons() []*daemon {
	var found []*daemon
	for _, wl := range w.sorted() {
		if s, ok := wl.(*daemon); ok {
			found = append(found, s)
		}
	}
	return found
}

// lost plans the end of the pods on a node that no longer exists.
func (s *daemon) lost(w *world, node string) {
	for _, pod := range s.pods.On(node) {
		if pod.Node != "" {
			s.collect(w, pod)
		}
	}
}

// broke makes the pods on a node not ready, as soon as the node is not.
// Follows pkg/controller/util/node/controller_utils.go MarkPodsNotReady, v1.37.0.
func (s *daemon) broke(w *world, node string) {
	for _, pod := range append([]*controller.Pod(nil), s.pods.On(node)...) {
		if !pod.Ready || pod.Node == "" {
			continue
		}
		s.pods.Remove(pod)
		pod.Ready = false
		s.pods.Add(pod)
		w.changed(s)
		w.daemonSets.add(s)
		s.tellPod(w, pod, timeline.Fail, controller.Write{
			Reason: "NodeNotReady", Message: "its node is not ready any more: the pod is not either"})
	}
}

// mended lets a node that is ready again go on with its pods.
func (s *daemon) mended(w *world, node string) {
	for _, pod := range s.pods.On(node) {
		switch {
		case pod.Terminating:
			s.letGo(w, pod)
		case pod.Active() && !pod.Ready:
			s.start(w, pod)
		}
	}
}

// orphanedAfter is how long a pod stays whose node does not exist: so long the garbage
// collector waits for the node to come back. It looks every 20s, so that it may take up to
// twice as long.
// Follows pkg/controller/podgc/gc_controller.go quarantineTime, v1.37.0.
const orphanedAfter = 40 * time.Second

// collect plans the end of a pod whose node does not exist.
func (s *daemon) collect(w *world, pod *controller.Pod) {
	w.agenda.add(happening{at: w.now.Add(orphanedAfter), kind: podGone, owner: collected{s}, pod: pod})
}

// collected is the owner of pods that the garbage collector takes away.
type collected struct{ *daemon }

// podGone implements podOwner.
func (c collected) podGone(w *world, pod *controller.Pod) {
	c.remove(w, pod, controller.Write{Reason: "NodeGone", Message: "its node does not exist: the pod is taken away"})
}

// daemonPod finds a pod of a DaemonSet, or nil.
func (w *world) daemonPod(key types.NamespacedName) (*daemon, *controller.Pod) {
	for _, s := range w.daemons() {
		for _, pod := range s.pods.All() {
			if s.set.Namespace == key.Namespace && pod.Name == key.Name {
				return s, pod
			}
		}
	}
	return nil, nil
}
