package simulate

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// history is the revisions of a StatefulSet or of a DaemonSet.
type history struct{ revisions []*appsv1.ControllerRevision }

// placeRevisions notes the revisions of a snapshot, and returns those that somebody
// controls by whom that is.
func (w *world) placeRevisions(state *cluster.Snapshot) map[types.UID][]*appsv1.ControllerRevision {
	owned := map[types.UID][]*appsv1.ControllerRevision{}
	for _, r := range state.Revisions {
		w.revisions[keyOf(r)] = r
		if owner := cluster.ControllerOf(r); owner != nil {
			owned[owner.UID] = append(owned[owner.UID], r)
		} else {
			w.bareRevisions[r.Namespace] = append(w.bareRevisions[r.Namespace], r)
		}
	}
	return owned
}

// visible are the revisions of the workload, and those of its namespace that nobody
// controls.
func (h *history) visible(w *world, namespace string) []*appsv1.ControllerRevision {
	return slices.Concat(h.revisions, w.bareRevisions[namespace])
}

func (h *history) remember(w *world, r *appsv1.ControllerRevision) {
	w.revisions[keyOf(r)] = r
	h.revisions = append(h.revisions, r)
}

func (h *history) forget(w *world, r *appsv1.ControllerRevision) {
	if r == nil {
		return
	}
	same := func(other *appsv1.ControllerRevision) bool { return other == r }
	delete(w.revisions, keyOf(r))
	h.revisions = slices.DeleteFunc(h.revisions, same)
	bare := w.bareRevisions[r.Namespace]
	w.bareRevisions[r.Namespace] = slices.DeleteFunc(bare, same)
}
