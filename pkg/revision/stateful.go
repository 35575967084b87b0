package revision

import (
	"cmp"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// OfStatefulSet returns the revisions of a StatefulSet, lowest first: those that it
// controls and that its selector matches.
func OfStatefulSet(set *appsv1.StatefulSet, revisions []*appsv1.ControllerRevision) []Entry {
	return entriesOf(recorded(set, set.Spec.Selector, revisions))
}

// entriesOf lists revisions, lowest first; of equal numbers that with the lower name.
func entriesOf(revisions []*appsv1.ControllerRevision) []Entry {
	var entries []Entry
	for _, r := range revisions {
		entries = append(entries, Entry{
			Number:             r.Revision,
			ControllerRevision: r,
			ChangeCause:        r.Annotations[ChangeCauseAnnotation],
		})
	}
	slices.SortStableFunc(entries, func(a, b Entry) int { return cmp.Compare(a.Number, b.Number) })
	return entries
}

// recorded returns the ControllerRevisions that kubectl counts as a workload's, by name.
// Follows kubectl's history.go controlledHistoryV1, v0.37.2.
func recorded(
	owner metav1.Object, selector *metav1.LabelSelector, revisions []*appsv1.ControllerRevision,
) []*appsv1.ControllerRevision {
	matcher, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return nil
	}
	var own []*appsv1.ControllerRevision
	for _, r := range revisions {
		if r.Namespace == owner.GetNamespace() && metav1.IsControlledBy(r, owner) &&
			matcher.Matches(labels.Set(r.Labels)) {
			own = append(own, r)
		}
	}
	slices.SortFunc(own, func(a, b *appsv1.ControllerRevision) int { return cmp.Compare(a.Name, b.Name) })
	return own
}

// FindOfStatefulSet returns the entry that kubectl means by a revision of a StatefulSet:
// 0 is the one before the latest. A revision that does not exist is an error that
// lists those that do.
// Follows kubectl's rollback.go findHistory, v0.37.2.
func FindOfStatefulSet(
	set *appsv1.StatefulSet, revisions []*appsv1.ControllerRevision, number int64,
) (Entry, error) {
	return findAmong("statefulset/"+set.Name, OfStatefulSet(set, revisions), number)
}

// findAmong follows kubectl's rollback.go findHistory, v0.37.2.
func findAmong(workload string, entries []Entry, number int64) (Entry, error) {
	if number == 0 && len(entries) > 1 {
		return entries[len(entries)-2], nil
	}
	for _, entry := range entries {
		if entry.Number == number && number > 0 {
			return entry, nil
		}
	}
	what := fmt.Sprintf("revision %d", number)
	if number == 0 {
		what = "previous revision"
	}
	return Entry{}, fmt.Errorf("%s has no %s: %s", workload, what, listed("ControllerRevision", entries))
}

// StatefulUndo is what going back to a revision makes of a StatefulSet. What is sent is
// the data of the revision, as a strategic merge patch: all but the template stays as
// it is today.
type StatefulUndo struct {
	Entry
	// Skipped: the StatefulSet already has this template, and nothing is sent.
	Skipped  bool
	Restored *appsv1.StatefulSet
}

// RollbackStatefulSet says what kubectl rollout undo does with a StatefulSet, which is as
// a server stores it; revision 0 is the previous one.
// Follows kubectl's rollback.go StatefulSetRollbacker.Rollback, v0.37.2.
func RollbackStatefulSet(
	set *appsv1.StatefulSet, revisions []*appsv1.ControllerRevision, number int64, profile kubeversion.Profile,
) (StatefulUndo, error) {
	entry, err := FindOfStatefulSet(set, revisions, number)
	if err != nil {
		return StatefulUndo{}, err
	}
	current, err := Data(&set.Spec.Template, profile)
	if err != nil {
		return StatefulUndo{}, fmt.Errorf("statefulset/%s: %w", set.Name, err)
	}
	restored, err := Restored(set, entry.ControllerRevision)
	return StatefulUndo{
		Entry:    entry,
		Skipped:  string(current) == string(entry.ControllerRevision.Data.Raw),
		Restored: restored,
	}, err
}
