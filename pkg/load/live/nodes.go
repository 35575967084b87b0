package live

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// readNodes reads the nodes that the pods of DaemonSets are on or will be. It does so when
// it is known whether there are DaemonSets, and last: a node that came meanwhile gets its
// pods in the plan, as it does from the controller. Without nodes there is no plan.
func (s *Server) readNodes(ctx context.Context, found *findings) error {
	if !found.hasDaemonSets() {
		return nil
	}
	var err error
	found.nodes, err = s.nodes(ctx)
	return err
}

// hasDaemonSets reports whether there are DaemonSets in question, or will be.
func (f *findings) hasDaemonSets() bool {
	for _, w := range f.aim.named {
		if w.Ref.Kind == "DaemonSet" && w.Selector != nil {
			return true
		}
	}
	return len(keep(f.daemons, func(ds *appsv1.DaemonSet) bool {
		return f.aim.has(refOf("DaemonSet", ds))
	})) > 0
}

// nodes lists all nodes. What is not planned with goes with each page, and labels, which
// most nodes have in common, are kept once.
func (s *Server) nodes(ctx context.Context) ([]*corev1.Node, error) {
	l := newListing(s, call{resource: "nodes"},
		func(l *corev1.NodeList) []corev1.Node { return l.Items })
	known := texts{}
	l.take = func(node *corev1.Node) *corev1.Node {
		node = cluster.PlannedNode(node)
		node.Labels = known.labels(node.Labels)
		return node
	}
	return l.read(ctx, scope{})
}

// texts holds one copy of each text.
type texts map[string]string

func (t texts) labels(of map[string]string) map[string]string {
	shared := make(map[string]string, len(of))
	for key, value := range of {
		shared[t.shared(key)] = t.shared(value)
	}
	return shared
}

func (t texts) shared(text string) string {
	if known, ok := t[text]; ok {
		return known
	}
	t[text] = text
	return text
}
