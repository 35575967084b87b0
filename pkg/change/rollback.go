package change

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// Rollback goes back to a revision; 0 is the previous one.
type Rollback struct {
	Revision int64
}

// Apply implements Intent.
func (r Rollback) Apply(to Target) (Edit, error) {
	after, err := to.workload()
	if err != nil {
		return Edit{}, err
	}
	state := to.State
	if state == nil {
		state = &cluster.Snapshot{}
	}
	switch o := after.(type) {
	case *appsv1.Deployment:
		return r.deployment(to, o, state)
	case *appsv1.StatefulSet:
		return r.statefulSet(to, o, state)
	case *appsv1.DaemonSet:
		return r.daemonSet(to, o, state)
	}
	return Edit{}, fmt.Errorf("%s has no revisions, a Deployment, StatefulSet or DaemonSet has: "+
		"apply its earlier manifest", cluster.RefOf(after))
}

func (r Rollback) deployment(
	to Target, d *appsv1.Deployment, state *cluster.Snapshot,
) (Edit, error) {
	undo, err := revision.Rollback(d, state.ReplicaSets, r.Revision)
	if err != nil {
		return Edit{}, err
	}
	if undo.Skipped {
		return to.edited(d, request{}, skippedRollback(undo.Number))
	}
	patch, err := undo.Patch()
	if err != nil {
		return Edit{}, err
	}
	sends, err := patchRequest(types.JSONPatchType, patch)
	if err != nil {
		return Edit{}, err
	}
	d.Spec.Template, d.Annotations = undo.Template, undo.Annotations
	return to.edited(d, sends)
}

// statefulSet sends the data of the revision: it is a patch.
func (r Rollback) statefulSet(
	to Target, set *appsv1.StatefulSet, state *cluster.Snapshot,
) (Edit, error) {
	undo, err := revision.RollbackStatefulSet(set, state.Revisions, r.Revision, to.Profile)
	if err != nil {
		return Edit{}, err
	}
	if undo.Skipped {
		return to.edited(set, request{}, skippedRollback(undo.Number))
	}
	return to.patchedBack(undo.Restored, undo.Entry)
}

// daemonSet does the same.
func (r Rollback) daemonSet(to Target, ds *appsv1.DaemonSet, state *cluster.Snapshot) (Edit, error) {
	undo, err := revision.RollbackDaemonSet(ds, state.Revisions, r.Revision, to.Profile)
	if err != nil {
		return Edit{}, err
	}
	if undo.Skipped {
		return to.edited(ds, request{}, skippedRollback(undo.Number))
	}
	return to.patchedBack(undo.Restored, undo.Entry)
}

// patchedBack sends what a ControllerRevision recorded.
func (t Target) patchedBack(restored cluster.Object, to revision.Entry) (Edit, error) {
	sends, err := patchRequest(types.StrategicMergePatchType, to.ControllerRevision.Data.Raw)
	if err != nil {
		return Edit{}, err
	}
	return t.edited(restored, sends)
}

func skippedRollback(number int64) string {
	return fmt.Sprintf("skipped rollback: the template already is that of revision %d", number)
}
