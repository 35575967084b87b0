package revision

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/strategicpatch"

	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// NewControllerRevision returns the revision that the StatefulSet controller writes for
// a StatefulSet as it is now. The number is Next of those that exist. Its name holds for
// the collision count of the status; see DataName for another.
// Follows stateful_set_utils.go newRevision and controller_history.go
// NewControllerRevision, v1.37.0.
func NewControllerRevision(
	set *appsv1.StatefulSet, number int64, profile kubeversion.Profile,
) (*appsv1.ControllerRevision, error) {
	data, err := Data(&set.Spec.Template, profile)
	if err != nil {
		return nil, fmt.Errorf("statefulset/%s: %w", set.Name, err)
	}
	var collisions int32
	if set.Status.CollisionCount != nil {
		collisions = *set.Status.CollisionCount
	}
	hash := DataHash(data, collisions)
	labels := map[string]string{}
	maps.Copy(labels, set.Spec.Template.Labels)
	labels[DataHashLabel] = hash
	annotations := map[string]string{}
	maps.Copy(annotations, set.Annotations)
	owner := metav1.NewControllerRef(set, appsv1.SchemeGroupVersion.WithKind("StatefulSet"))
	return &appsv1.ControllerRevision{
		TypeMeta: metav1.TypeMeta{APIVersion: appsv1.SchemeGroupVersion.String(), Kind: "ControllerRevision"},
		ObjectMeta: metav1.ObjectMeta{
			Name:            DataName(set.Name, hash),
			Namespace:       set.Namespace,
			Labels:          labels,
			Annotations:     annotations,
			OwnerReferences: []metav1.OwnerReference{*owner},
		},
		Data:     runtime.RawExtension{Raw: data},
		Revision: number,
	}, nil
}

// NewDaemonRevision returns the revision that the DaemonSet controller writes for a
// DaemonSet as it is now, given DaemonData of its template. Its name and its label are told
// by Hash: see there for when they equal the cluster's.
// Follows daemon/update.go snapshot, v1.37.0.
func NewDaemonRevision(ds *appsv1.DaemonSet, number int64, data []byte) *appsv1.ControllerRevision {
	hash := Hash(&ds.Spec.Template, ds.Status.CollisionCount)
	labels := map[string]string{}
	maps.Copy(labels, ds.Spec.Template.Labels)
	labels[appsv1.DefaultDaemonSetUniqueLabelKey] = hash
	owner := metav1.NewControllerRef(ds, appsv1.SchemeGroupVersion.WithKind("DaemonSet"))
	return &appsv1.ControllerRevision{
		TypeMeta: metav1.TypeMeta{APIVersion: appsv1.SchemeGroupVersion.String(), Kind: "ControllerRevision"},
		ObjectMeta: metav1.ObjectMeta{
			Name:            ds.Name + "-" + hash,
			Namespace:       ds.Namespace,
			Labels:          labels,
			Annotations:     ds.Annotations,
			OwnerReferences: []metav1.OwnerReference{*owner},
		},
		Data:     runtime.RawExtension{Raw: data},
		Revision: number,
	}
}

// Sorted sorts ControllerRevisions by revision, then creation, then name, in a new list.
// Follows controller_history.go SortControllerRevisions, v1.37.0.
func Sorted(revisions []*appsv1.ControllerRevision) []*appsv1.ControllerRevision {
	sorted := slices.Clone(revisions)
	slices.SortStableFunc(sorted, func(a, b *appsv1.ControllerRevision) int {
		return cmp.Or(
			cmp.Compare(a.Revision, b.Revision),
			a.CreationTimestamp.Compare(b.CreationTimestamp.Time),
			cmp.Compare(a.Name, b.Name),
		)
	})
	return sorted
}

// Next returns the number of a revision after those, which are sorted.
// Follows stateful_set_utils.go nextRevision, v1.37.0.
func Next(sorted []*appsv1.ControllerRevision) int64 {
	if len(sorted) == 0 {
		return 1
	}
	return sorted[len(sorted)-1].Revision + 1
}

// SameData reports whether two revisions are the same: by bytes, so that a template that
// is written otherwise and means the same is another revision. Up to 1.34.1 their
// hash labels had to agree too where both happened to look like numbers, which only
// a collision can break, and which is left out.
// Follows controller_history.go EqualRevision, v1.37.0.
func SameData(a, b *appsv1.ControllerRevision) bool {
	return bytes.Equal(a.Data.Raw, b.Data.Raw)
}

// LastSame returns the last of the revisions with the same data, or nil.
// Follows controller_history.go FindEqualRevisions, v1.37.0.
func LastSame(sorted []*appsv1.ControllerRevision, as *appsv1.ControllerRevision) *appsv1.ControllerRevision {
	for _, r := range slices.Backward(sorted) {
		if SameData(r, as) {
			return r
		}
	}
	return nil
}

// Restored returns the StatefulSet as a revision describes it: its template is that of
// then, all else is as it is now. It shares with the argument what it has in common.
// Follows stateful_set_utils.go ApplyRevision, v1.37.0.
func Restored(set *appsv1.StatefulSet, from *appsv1.ControllerRevision) (*appsv1.StatefulSet, error) {
	if template, ok := replacedTemplate(from.Data.Raw); ok {
		restored := *set
		restored.Spec.Template = template
		return &restored, nil
	}
	return patched(set, from)
}

// RestoredDaemonSet is Restored for a DaemonSet.
// Follows kubectl's history.go applyDaemonSetHistory, v0.37.2.
func RestoredDaemonSet(ds *appsv1.DaemonSet, from *appsv1.ControllerRevision) (*appsv1.DaemonSet, error) {
	if template, ok := replacedTemplate(from.Data.Raw); ok {
		restored := *ds
		restored.Spec.Template = template
		return &restored, nil
	}
	return patched(ds, from)
}

// patched applies a revision as the strategic merge patch that it is.
func patched[T any](workload *T, from *appsv1.ControllerRevision) (*T, error) {
	current, err := json.Marshal(workload)
	if err != nil {
		return nil, fmt.Errorf("encoding what controllerrevision/%s is of: %w", from.Name, err)
	}
	restored := new(T)
	patched, err := strategicpatch.StrategicMergePatch(current, from.Data.Raw, restored)
	if err == nil {
		err = json.Unmarshal(patched, restored)
	}
	if err != nil {
		return nil, fmt.Errorf("reading controllerrevision/%s: %w", from.Name, err)
	}
	return restored, nil
}

// MeansLatest reports whether the proposed revision of a StatefulSet, which equals none
// that exists, says what the latest says once that has today's defaults and is written as
// today. Then it is not a new one. It spares StatefulSets a rollout when a server
// writes them otherwise after an upgrade.
// Follows stateful_set_control.go setMatchesLatestExistingRevision, v1.37.0.
func MeansLatest(
	set *appsv1.StatefulSet, proposed, latest *appsv1.ControllerRevision, profile kubeversion.Profile,
) bool {
	if !profile.Enabled(kubeversion.SemanticRevisionComparison) {
		return false
	}
	restored, err := Restored(set, latest)
	if err != nil {
		return false
	}
	defaults.PodTemplate(&restored.Spec.Template, profile)
	data, err := Data(&restored.Spec.Template, profile)
	return err == nil && bytes.Equal(data, proposed.Data.Raw)
}
