package rollouts

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	"k8s.io/kubernetes/pkg/controller/daemon"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
)

// nodeChange is a change of one of the nodes that there are then, by number, as
// --node-change takes it with a name. One that makes no sense then is not made.
type nodeChange struct {
	verb   string
	number int
	value  string
}

// String is the change with the number in place of the name.
func (c nodeChange) String() string { return c.text(fmt.Sprintf("#%d", c.number)) }

func (c nodeChange) text(node string) string {
	if c.value != "" {
		node += "=" + c.value
	}
	return c.verb + ":" + node
}

// of is the change as it is made to nodes; false: it is not.
func (c nodeChange) of(nodes []*corev1.Node) (made change.NodeChange, ok bool) {
	name := fmt.Sprintf("new-%d", c.number)
	if c.verb != "add" {
		name = nodes[c.number%len(nodes)].Name
	}
	made, err := change.ParseNodeChange(c.text(name))
	if err != nil {
		panic(err)
	}
	_, err = change.EditNodes(nodes, time.Now(), made)
	return made, err == nil && (c.verb != "remove" || len(nodes) > 1)
}

func (w *World) describeNodes() string {
	var text strings.Builder
	for _, node := range w.Nodes {
		fmt.Fprintf(&text, "; %s: %s %v", node.Name, node.Labels["disk"], node.Spec.Taints)
	}
	return fmt.Sprintf("%s; node changes %v; alike %v", text.String(), w.NodeChanges, w.Alike)
}

// onNodes is an edit that changes nodes.
func onNodes(changes ...nodeChange) edit {
	return edit{name: fmt.Sprint(changes), act: func(r *real) { r.changeNodes(changes...) }}
}

// changeNodes changes nodes one after the other, each once, and tells what became of them.
func (r *real) changeNodes(changes ...nodeChange) []change.NodeEdit {
	var all []change.NodeEdit
	changed := map[string]bool{}
	for _, c := range changes {
		nodes := r.store.snapshot().Nodes
		made, ok := c.of(nodes)
		if !ok {
			continue
		}
		edits, err := change.EditNodes(nodes, time.Now(), made)
		if err != nil {
			panic(err)
		}
		for _, e := range edits {
			if changed[e.Name()] {
				continue
			}
			changed[e.Name()] = true
			r.changeNode(e)
			all = append(all, e)
		}
	}
	return all
}

// changeNode writes a node, and does to the pods on it what the node lifecycle controller,
// the garbage collector of pods and the kubelet then do.
func (r *real) changeNode(e change.NodeEdit) {
	var err error
	switch {
	case e.After == nil:
		err = r.store.delete(machines, e.Name(), metav1.DeleteOptions{})
		r.nodes.each(e.Name(), r.nodes.collect)
	case e.Before == nil:
		_, err = r.store.create(machines, e.After)
	default:
		_, err = r.store.update(machines, true, e.After)
		switch worked := works(e.Before); {
		case worked && !works(e.After):
			r.nodes.each(e.Name(), r.nodes.becomeUnready)
		case !worked && works(e.After):
			r.nodes.each(e.Name(), r.nodes.goOn)
		}
	}
	if err != nil {
		panic(err)
	}
}

// remember lets a controller that has just started plan what it would have planned when it
// saw the pods become ready.
// Follows daemon_controller.go updatePod, v1.37.0.
func (r *real) remember(state *cluster.Snapshot) {
	seconds := state.DaemonSets[0].Spec.MinReadySeconds
	for _, pod := range state.Pods {
		if !isDaemon(pod) || !isAlive(pod) || !isReady(pod) {
			continue
		}
		_, ready := podutil.GetPodCondition(&pod.Status, corev1.PodReady)
		available := ready.LastTransitionTime.Add(time.Duration(seconds) * time.Second)
		if available.After(time.Now()) {
			r.lookAfter(time.Until(available.Add(time.Second)))
		}
	}
}

// wantedNodes are the nodes on which the DaemonSet should have a pod as things are.
func (r *real) wantedNodes() map[string]bool {
	state := r.store.snapshot()
	wanted := map[string]bool{}
	for _, node := range state.Nodes {
		wanted[node.Name], _ = daemon.NodeShouldRunDaemonPod(logr.Discard(), node, state.DaemonSets[0])
	}
	return wanted
}

// nodeWrite is the change of a node as a simulation takes it.
func nodeWrite(e change.NodeEdit) simulate.Change {
	var write simulate.Change
	if e.Before != nil {
		write.Before = e.Before
	}
	if e.After != nil {
		write.After = e.After
	}
	return write
}

func works(node *corev1.Node) bool {
	for _, c := range node.Status.Conditions {
		if c.Type == corev1.NodeReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return true
}

// worksNow reports whether a node is there and works. The lock is not held.
func (s *store) worksNow(name string) bool {
	node, err := s.get(machines, name)
	return err == nil && works(node.(*corev1.Node))
}

// isDaemon reports whether a pod is one of a DaemonSet.
func isDaemon(pod *corev1.Pod) bool {
	owner := cluster.ControllerOf(pod)
	return owner != nil && owner.Kind == "DaemonSet"
}
