package daemonset

import (
	"cmp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
)

// Nodes are the nodes of a cluster in the order of their names. Many DaemonSets may see
// the same; each PodSet takes over what changed since it looked last.
type Nodes struct {
	sorted []*corev1.Node
	// joined counts how often a node came or went.
	joined int
	// changed are the names of nodes that got other labels or taints, one for each time.
	changed []string
}

// NewNodes takes nodes in any order. Of several with one name the last counts.
func NewNodes(nodes []*corev1.Node) *Nodes {
	sorted := slices.Clone(nodes)
	slices.SortStableFunc(sorted, func(a, b *corev1.Node) int { return cmp.Compare(a.Name, b.Name) })
	distinct := sorted[:0]
	for _, node := range sorted {
		if last := len(distinct) - 1; last >= 0 && distinct[last].Name == node.Name {
			distinct[last] = node
			continue
		}
		distinct = append(distinct, node)
	}
	return &Nodes{sorted: distinct}
}

// Put adds a node, or replaces the one of that name. A node is never changed in place.
func (n *Nodes) Put(node *corev1.Node) {
	at, exists := n.find(node.Name)
	if !exists {
		n.sorted = slices.Insert(n.sorted, at, node)
		n.joined++
		return
	}
	if !sameForDaemonSets(n.sorted[at], node) {
		n.changed = append(n.changed, node.Name)
	}
	n.sorted[at] = node
}

// Remove forgets the node of a name. Its pods are still there.
func (n *Nodes) Remove(name string) {
	if at, exists := n.find(name); exists {
		n.sorted = slices.Delete(n.sorted, at, at+1)
		n.joined++
	}
}

// Get returns the node of a name, or nil.
func (n *Nodes) Get(name string) *corev1.Node {
	if at, exists := n.find(name); exists {
		return n.sorted[at]
	}
	return nil
}

// All returns the nodes in the order of their names. The list is not to be changed.
func (n *Nodes) All() []*corev1.Node { return n.sorted }

func (n *Nodes) find(name string) (int, bool) {
	return slices.BinarySearchFunc(n.sorted, name, func(node *corev1.Node, name string) int {
		return cmp.Compare(node.Name, name)
	})
}

// sameForDaemonSets compares what a DaemonSet looks at: labels and taints. That a node
// is cordoned, or not ready, shows in its taints only.
// Follows daemon_controller.go shouldIgnoreNodeUpdate, v1.37.0.
func sameForDaemonSets(before, after *corev1.Node) bool {
	return equality.Semantic.DeepEqual(before.Labels, after.Labels) &&
		equality.Semantic.DeepEqual(before.Spec.Taints, after.Spec.Taints)
}
