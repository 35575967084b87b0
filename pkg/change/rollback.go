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
	d, ok := after.(*appsv1.Deployment)
	if !ok {
		return Edit{}, fmt.Errorf("%s has no revisions, a Deployment has: apply its earlier manifest",
			cluster.RefOf(after))
	}
	var sets []*appsv1.ReplicaSet
	if to.State != nil {
		sets = to.State.ReplicaSets
	}
	undo, err := revision.Rollback(d, sets, r.Revision)
	if err != nil {
		return Edit{}, err
	}
	if undo.Skipped {
		return to.edited(d, request{}, fmt.Sprintf(
			"skipped rollback: the template already is that of revision %d", undo.Number))
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
