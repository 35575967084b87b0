package live

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
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
