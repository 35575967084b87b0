package revision

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Entry is one revision of a workload.
type Entry struct {
	Number             int64
	ReplicaSet         *appsv1.ReplicaSet         // of a Deployment
	ControllerRevision *appsv1.ControllerRevision // of a StatefulSet or DaemonSet
	ChangeCause        string                     // empty where nobody recorded one
}

// OfDeployment returns the revisions of a Deployment, lowest first. ReplicaSets
// that it does not control, that its selector does not match, or whose revision
// is not a number have none; those without a revision count as 0.
func OfDeployment(d *appsv1.Deployment, sets []*appsv1.ReplicaSet) []Entry {
	var entries []Entry
	for _, set := range oldestFirst(owned(d, sets)) {
		n, err := Number(set)
		if err != nil {
			continue
		}
		entries = append(entries, entryOf(set, n))
	}
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Compare(a.Number, b.Number)
	})
	return entries
}

func entryOf(set *appsv1.ReplicaSet, number int64) Entry {
	return Entry{
		Number:      number,
		ReplicaSet:  set,
		ChangeCause: set.Annotations[ChangeCauseAnnotation],
	}
}

// owned returns the ReplicaSets that kubectl counts as a Deployment's.
// Follows kubectl's deployment.go listReplicaSets, v0.37.2.
func owned(d *appsv1.Deployment, sets []*appsv1.ReplicaSet) []*appsv1.ReplicaSet {
	selector, err := metav1.LabelSelectorAsSelector(d.Spec.Selector)
	if err != nil {
		return nil
	}
	var own []*appsv1.ReplicaSet
	for _, set := range sets {
		if set.Namespace == d.Namespace && metav1.IsControlledBy(set, d) &&
			selector.Matches(labels.Set(set.Labels)) {
			own = append(own, set)
		}
	}
	return own
}

// oldestFirst sorts by creation and name, without changing its argument.
func oldestFirst(sets []*appsv1.ReplicaSet) []*appsv1.ReplicaSet {
	sorted := slices.Clone(sets)
	slices.SortStableFunc(sorted, func(a, b *appsv1.ReplicaSet) int {
		return cmp.Or(
			a.CreationTimestamp.Compare(b.CreationTimestamp.Time),
			strings.Compare(a.Name, b.Name),
		)
	})
	return sorted
}

// currentLast moves the ReplicaSet whose template is the Deployment's to the end:
// the order in which kubectl looks for a revision.
func currentLast(d *appsv1.Deployment, sets []*appsv1.ReplicaSet) []*appsv1.ReplicaSet {
	for i, set := range sets {
		if SameTemplate(&set.Spec.Template, &d.Spec.Template) {
			return append(slices.Delete(slices.Clone(sets), i, i+1), set)
		}
	}
	return sets
}

// Find returns the entry that kubectl means by a revision of a Deployment: 0 is
// the one before the latest. A revision that does not exist is an error that
// lists those that do.
// Follows kubectl's rollback.go deploymentRevision, v0.37.2.
func Find(d *appsv1.Deployment, sets []*appsv1.ReplicaSet, number int64) (Entry, error) {
	if number == 0 {
		return previous(d, sets)
	}
	for _, set := range currentLast(d, oldestFirst(owned(d, sets))) {
		if n, err := Number(set); err == nil && n == number && number > 0 {
			return entryOf(set, n), nil
		}
	}
	return Entry{}, fmt.Errorf("deployment/%s has no revision %d: %s",
		d.Name, number, listed("ReplicaSet", OfDeployment(d, sets)))
}

// previous returns the entry with the second highest revision.
func previous(d *appsv1.Deployment, sets []*appsv1.ReplicaSet) (Entry, error) {
	latest, second := Entry{Number: -1}, Entry{Number: -1}
	for _, set := range currentLast(d, oldestFirst(owned(d, sets))) {
		n, err := Number(set)
		entry := entryOf(set, n)
		switch {
		case err != nil:
		case n > latest.Number:
			latest, second = entry, latest
		case n > second.Number:
			second = entry
		}
	}
	if second.ReplicaSet == nil {
		return Entry{}, fmt.Errorf("deployment/%s has no previous revision: %s",
			d.Name, listed("ReplicaSet", OfDeployment(d, sets)))
	}
	return second, nil
}

// listed names the revisions that there are; kind is that of the objects they are in.
func listed(kind string, entries []Entry) string {
	var numbers []string
	for _, e := range entries {
		if e.Number > 0 {
			numbers = append(numbers, strconv.FormatInt(e.Number, 10))
		}
	}
	if len(numbers) == 0 {
		return "the state holds no " + kind + " of it with a revision"
	}
	return "it has " + strings.Join(slices.Compact(numbers), ", ")
}
