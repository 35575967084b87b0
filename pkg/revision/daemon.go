package revision

import (
	"bytes"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// OfDaemonSet returns the revisions of a DaemonSet, lowest first: those that it controls
// and that its selector matches.
func OfDaemonSet(ds *appsv1.DaemonSet, revisions []*appsv1.ControllerRevision) []Entry {
	return entriesOf(recorded(ds, ds.Spec.Selector, revisions))
}

// FindOfDaemonSet returns the entry that kubectl means by a revision of a DaemonSet: 0 is
// the one before the latest. A revision that does not exist is an error that lists those
// that do.
func FindOfDaemonSet(
	ds *appsv1.DaemonSet, revisions []*appsv1.ControllerRevision, number int64,
) (Entry, error) {
	return findAmong("daemonset/"+ds.Name, OfDaemonSet(ds, revisions), number)
}

// DaemonUndo is what going back to a revision makes of a DaemonSet. What is sent is the
// data of the revision, as a strategic merge patch: all but the template stays as it is
// today.
type DaemonUndo struct {
	Entry
	// Skipped: the DaemonSet already has this template, and nothing is sent.
	Skipped  bool
	Restored *appsv1.DaemonSet
}

// RollbackDaemonSet says what kubectl rollout undo does with a DaemonSet, which is as a
// server stores it; revision 0 is the previous one.
// Follows kubectl's rollback.go DaemonSetRollbacker.Rollback, v0.37.2.
func RollbackDaemonSet(
	ds *appsv1.DaemonSet, revisions []*appsv1.ControllerRevision, number int64, profile kubeversion.Profile,
) (DaemonUndo, error) {
	entry, err := FindOfDaemonSet(ds, revisions, number)
	if err != nil {
		return DaemonUndo{}, err
	}
	current, err := DaemonData(&ds.Spec.Template, profile)
	if err != nil {
		return DaemonUndo{}, fmt.Errorf("daemonset/%s: %w", ds.Name, err)
	}
	restored, err := RestoredDaemonSet(ds, entry.ControllerRevision)
	return DaemonUndo{
		Entry:    entry,
		Skipped:  bytes.Equal(current, entry.ControllerRevision.Data.Raw),
		Restored: restored,
	}, err
}
