package daemonset

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

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
