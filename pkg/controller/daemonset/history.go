package daemonset

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// hashLabel is the label with the hash of a template: of pods, and of revisions.
const hashLabel = appsv1.DefaultDaemonSetUniqueLabelKey

// Unknown stands for a hash that cannot be known: only a server with this program's API
// types hashes a template as this program does, and nobody can hash values that were left
// out of a snapshot. A name has it in brackets, so that nobody takes it for real; a label
// cannot.
const Unknown = "new"

// findRevisions finds the revision of the template, or makes it, and its hash. An older
// revision with the same template becomes the newest: its number goes up, and the old
// number is no longer there.
// Follows update.go constructHistory, v1.37.0.
func (s *sync) findRevisions() error {
	own, err := s.claimRevisions()
	if err != nil {
		return err
	}
	data, err := s.Memory.data(s.ds, s.Profile)
	if err != nil {
		return err
	}
	var same []*appsv1.ControllerRevision
	for _, r := range own {
		if r, err = s.labelled(r); err != nil {
			return err
		}
		if bytes.Equal(data, r.Data.Raw) {
			same = append(same, r)
		} else {
			s.old = append(s.old, r)
		}
	}
	current, err := s.current(same, highest(s.old)+1)
	if err == nil {
		s.hash = current.Labels[hashLabel]
	}
	return err
}

// current returns the revision of the template, given those that have it.
func (s *sync) current(same []*appsv1.ControllerRevision, number int64) (*appsv1.ControllerRevision, error) {
	if len(same) == 0 {
		return s.createRevision(number)
	}
	kept, err := s.deduplicate(same)
	if err != nil || kept.Revision >= number {
		return kept, err
	}
	raised := *kept
	raised.Revision = number
	_, err = s.send(controller.Write{
		Verb:    controller.Update,
		Object:  s.revisionRef(kept.Name),
		Body:    &raised,
		Reason:  controller.ReusedRevision,
		Message: fmt.Sprintf("the template is that of revision %d, which becomes %d", kept.Revision, number),
	})
	return kept, err
}

// labelled returns a revision that has a label with its hash. One that lacks it gets its
// own name for a hash.
func (s *sync) labelled(r *appsv1.ControllerRevision) (*appsv1.ControllerRevision, error) {
	if _, ok := r.Labels[hashLabel]; ok {
		return r, nil
	}
	body := *r
	body.Labels = map[string]string{hashLabel: r.Name}
	maps.Copy(body.Labels, r.Labels)
	stored, err := s.send(controller.Write{
		Verb:    controller.Update,
		Object:  s.revisionRef(r.Name),
		Body:    &body,
		Reason:  controller.LabelRevision,
		Message: "the revision has no label with a hash: it gets its name for one",
	})
	if err != nil {
		return nil, err
	}
	return stored.(*appsv1.ControllerRevision), nil
}

// highest returns the highest number of the revisions, at least 0.
// Follows update.go maxRevision, v1.37.0.
func highest(revisions []*appsv1.ControllerRevision) int64 {
	number := int64(0)
	for _, r := range revisions {
		number = max(number, r.Revision)
	}
	return number
}

// deduplicate keeps the highest of several revisions of the template; of equal ones the
// last. All pods get its hash before the others are deleted.
// Follows update.go dedupCurHistories, v1.37.0.
func (s *sync) deduplicate(same []*appsv1.ControllerRevision) (*appsv1.ControllerRevision, error) {
	if len(same) == 1 {
		return same[0], nil
	}
	kept := same[0]
	for _, r := range same[1:] {
		if r.Revision >= kept.Revision {
			kept = r
		}
	}
	if s.Profile.RelabelsPodsOnce() {
		if err := s.relabelPods(kept); err != nil {
			return nil, err
		}
	}
	for _, r := range same {
		if r.Name == kept.Name {
			continue
		}
		if err := s.deleteDuplicate(r, kept); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// deleteDuplicate deletes a revision. Up to v1.30 it relabels the pods before each.
func (s *sync) deleteDuplicate(r, kept *appsv1.ControllerRevision) error {
	if !s.Profile.RelabelsPodsOnce() {
		if err := s.relabelPods(kept); err != nil {
			return err
		}
	}
	_, err := s.send(controller.Write{
		Verb:    controller.Delete,
		Object:  s.revisionRef(r.Name),
		Reason:  controller.DuplicateRevision,
		Message: fmt.Sprintf("revision %d of %s has the same template", kept.Revision, kept.Name),
	})
	return err
}

// relabelPods gives all pods the hash of a revision: also those that are at another one.
func (s *sync) relabelPods(kept *appsv1.ControllerRevision) error {
	if err := s.claimPods(); err != nil {
		return err
	}
	// Strings always encode.
	patch, _ := json.Marshal(map[string]any{
		"metadata": map[string]any{"labels": map[string]string{hashLabel: kept.Labels[hashLabel]}},
	})
	for _, pod := range s.pods.All() {
		if pod.Labels[hashLabel] == kept.Labels[hashLabel] {
			continue
		}
		_, err := s.send(controller.Write{
			Verb:    controller.Patch,
			Object:  s.podRef(pod.Name),
			Patch:   patch,
			Pods:    []*controller.Pod{pod},
			Reason:  controller.DuplicateRevision,
			Message: "several revisions have the template: the pods get the label of " + kept.Name,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// createRevision creates the revision of the template. Where its name is taken, one with
// the same data is it; for any other the next sync has another name, since the count of
// collisions goes up.
// Follows update.go snapshot, v1.37.0.
func (s *sync) createRevision(number int64) (*appsv1.ControllerRevision, error) {
	data, err := s.Memory.data(s.ds, s.Profile)
	if err != nil {
		return nil, err
	}
	body := revision.NewDaemonRevision(s.ds, number, data)
	if s.hashUnknown() {
		label := s.placeholder()
		body.Name, body.Labels[hashLabel] = s.unknownName(label), label
	}
	stored, err := s.send(controller.Write{
		Verb:    controller.Create,
		Object:  s.revisionRef(body.Name),
		Body:    body,
		Reason:  controller.NewTemplate,
		Message: fmt.Sprintf("a new pod template: revision %d", number),
	})
	if err == nil {
		return stored.(*appsv1.ControllerRevision), nil
	}
	if !apierrors.IsAlreadyExists(err) {
		return nil, err
	}
	existing := s.Lookup(body.Name)
	if existing == nil {
		return nil, apierrors.NewNotFound(appsv1.Resource("controllerrevisions"), body.Name)
	}
	if bytes.Equal(existing.Data.Raw, data) {
		return existing, nil
	}
	return nil, s.countCollision(body.Name, err)
}

func (s *sync) hashUnknown() bool {
	return !s.Profile.SharesAPITypes() || cluster.HasRedacted(&s.ds.Spec.Template)
}

// placeholder stands for the hash of a revision that is created: new, or new2 where that
// is taken.
func (s *sync) placeholder() string {
	label := Unknown
	for n := 2; s.Lookup(s.unknownName(label)) != nil; n++ {
		label = fmt.Sprintf("%s%d", Unknown, n)
	}
	return label
}

func (s *sync) unknownName(label string) string { return s.ds.Name + "-<" + label + ">" }

// countCollision raises the count of collisions, and returns what the sync fails with.
func (s *sync) countCollision(name string, taken error) error {
	body := *s.ds
	body.Status = *s.ds.Status.DeepCopy()
	if body.Status.CollisionCount == nil {
		body.Status.CollisionCount = new(int32)
	}
	*body.Status.CollisionCount++
	_, err := s.send(controller.Write{
		Verb:    controller.UpdateStatus,
		Object:  s.ref(),
		Body:    &body,
		Reason:  controller.HashCollision,
		Message: fmt.Sprintf("revision %s exists and has another template: another hash is tried", name),
	})
	if err != nil {
		return err
	}
	return taken
}

// cleanupHistory deletes the lowest revisions beyond the limit. The current one does not
// count; those that pods are at count, and are passed over.
// Follows update.go cleanupHistory, v1.37.0.
func (s *sync) cleanupHistory() error {
	if s.ds.Spec.RevisionHistoryLimit == nil {
		return nil
	}
	limit := int(*s.ds.Spec.RevisionHistoryLimit)
	excess := len(s.old) - limit
	if excess <= 0 {
		return nil
	}
	lowestFirst := slices.Clone(s.old)
	slices.SortStableFunc(lowestFirst, func(a, b *appsv1.ControllerRevision) int {
		return cmp.Compare(a.Revision, b.Revision)
	})
	for _, r := range lowestFirst {
		if excess <= 0 {
			break
		}
		if hash := r.Labels[hashLabel]; hash != "" && s.pods.anyAt(hash) {
			continue
		}
		_, err := s.send(controller.Write{
			Verb:    controller.Delete,
			Object:  s.revisionRef(r.Name),
			Reason:  controller.RevisionHistory,
			Message: fmt.Sprintf("old revisions: %d, revisionHistoryLimit %d", len(s.old), limit),
		})
		if err != nil {
			return err
		}
		excess--
	}
	return nil
}

// HashOf returns the hash that pods of the template have, or will have, as far as that can
// be told without a write: of several revisions with the template it is that of the one
// that is kept.
func HashOf(sees View) string {
	ds := sees.DaemonSet
	data, err := revision.DaemonData(&ds.Spec.Template, sees.Profile)
	selector, invalid := metav1.LabelSelectorAsSelector(ds.Spec.Selector)
	if err != nil || invalid != nil {
		return ""
	}
	var kept *appsv1.ControllerRevision
	for _, r := range revision.Sorted(sees.Revisions) {
		claim := controller.ClaimOf(ds, r, selector.Matches(labels.Set(r.Labels)))
		if (claim == controller.Keep || claim == controller.Adopt) && bytes.Equal(data, r.Data.Raw) {
			kept = r
		}
	}
	switch s := (&sync{View: sees, ds: ds}); {
	case kept != nil && kept.Labels[hashLabel] != "":
		return kept.Labels[hashLabel]
	case kept != nil:
		return kept.Name
	case s.hashUnknown():
		return s.placeholder()
	}
	return revision.Hash(&ds.Spec.Template, ds.Status.CollisionCount)
}
