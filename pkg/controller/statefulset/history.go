package statefulset

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// version is a revision that pods are made of.
type version struct {
	name     string
	revision *appsv1.ControllerRevision
	template *corev1.PodTemplateSpec
}

// listRevisions returns the revisions that the StatefulSet's selector matches and that
// are its own or nobody's, oldest first.
// Follows controller_history.go ListControllerRevisions, v1.37.0.
func (s *sync) listRevisions(selector labels.Selector) []*appsv1.ControllerRevision {
	var list []*appsv1.ControllerRevision
	for _, r := range s.Revisions {
		owner := metav1.GetControllerOfNoCopy(r)
		if (owner == nil || s.isOwner(owner)) && selector.Matches(labels.Set(r.Labels)) {
			list = append(list, r)
		}
	}
	return revision.Sorted(list)
}

// isOwner compares what revisions are found by: kind, name and UID of their owner.
// Follows controller_history.go ControllerRevisionControllerIndexKey, v1.37.0.
func (s *sync) isOwner(ref *metav1.OwnerReference) bool {
	return ref.Kind == setKind().Kind && ref.Name == s.set.Name && ref.UID == s.set.UID
}

// findRevisions finds the revision of the template, or makes it, and the one that the
// status calls current. An older revision with the same template is taken again and
// becomes the newest: its number goes up, and the old number is no longer there.
// Follows stateful_set_control.go getStatefulSetRevisions, v1.37.0.
func (s *sync) findRevisions(sorted []*appsv1.ControllerRevision) error {
	s.collisions = collisionsOf(s.set)
	update, err := s.updateRevision(sorted)
	if err != nil {
		return err
	}
	s.update = &version{name: update.Name, revision: update}
	s.current = s.update
	for _, r := range sorted {
		if r.Name == s.set.Status.CurrentRevision && r.Name != s.update.name {
			s.current = &version{name: r.Name, revision: r}
			break
		}
	}
	return nil
}

// collisionsOf is how many names of revisions were taken, by the status.
func collisionsOf(set *appsv1.StatefulSet) int32 {
	if count := set.Status.CollisionCount; count != nil {
		return *count
	}
	return 0
}

func (s *sync) updateRevision(sorted []*appsv1.ControllerRevision) (*appsv1.ControllerRevision, error) {
	proposed, err := s.Memory.propose(s.set, revision.Next(sorted), s.Profile)
	if err != nil {
		return nil, err
	}
	if len(sorted) == 0 {
		return s.createRevision(proposed)
	}
	newest, same := sorted[len(sorted)-1], revision.LastSame(sorted, proposed)
	switch {
	case same != nil && revision.SameData(same, newest):
		return newest, nil
	case same != nil:
		return s.renumber(same, proposed.Revision)
	case s.Memory.meansLatest(s.set, newest, s.Profile):
		return newest, nil
	}
	return s.createRevision(proposed)
}

// renumber makes an older revision the newest. A conflict ends the sync: upstream means
// to try again, but then with the empty object of the refused answer, which has no name.
// Follows controller_history.go UpdateControllerRevision, v1.37.0.
func (s *sync) renumber(r *appsv1.ControllerRevision, number int64) (*appsv1.ControllerRevision, error) {
	raised := *r
	raised.Revision = number
	_, err := s.send(controller.Write{
		Verb:    controller.Update,
		Object:  s.revisionRef(r.Name),
		Body:    &raised,
		Reason:  controller.ReusedRevision,
		Message: fmt.Sprintf("the template is that of revision %d, which becomes %d", r.Revision, number),
	})
	return &raised, err
}

// mostCollisions bounds the search for a free name; the real controller has no bound.
const mostCollisions = 1000

// createRevision creates a revision. Where its name is taken, one with the same data is
// it, and for any other the next collision count gives another name.
// Follows controller_history.go CreateControllerRevision, v1.37.0.
func (s *sync) createRevision(proposed *appsv1.ControllerRevision) (*appsv1.ControllerRevision, error) {
	for range mostCollisions {
		body := *proposed
		body.Namespace = "" // as it is sent
		body.Name = revision.DataName(s.set.Name, s.hash(proposed.Data.Raw))
		stored, err := s.send(controller.Write{
			Verb:    controller.Create,
			Object:  s.revisionRef(body.Name),
			Body:    &body,
			Reason:  controller.NewTemplate,
			Message: fmt.Sprintf("a new pod template: revision %d", body.Revision),
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
		if revision.SameData(existing, proposed) {
			return existing, nil
		}
		s.collisions++
	}
	return nil, fmt.Errorf("no free name for a ControllerRevision of %s: %d are taken", s.set.Name, mostCollisions)
}

// Unknown stands for a hash that cannot be known, since values of the template were left
// out of a snapshot.
const Unknown = "<new>"

func (s *sync) hash(data []byte) string {
	if cluster.HasRedacted(&s.set.Spec.Template) {
		return Unknown
	}
	return revision.DataHash(data, s.collisions)
}

// restoreTemplates reads the templates of both revisions.
func (s *sync) restoreTemplates() error {
	var err error
	if s.current.template, err = s.Memory.restore(s.set, s.current.revision); err != nil {
		return err
	}
	s.update.template, err = s.Memory.restore(s.set, s.update.revision)
	return err
}

// truncateHistory deletes the lowest revisions beyond the limit. The current one, the
// one to update to and those that pods are at do not count.
// Follows stateful_set_control.go truncateHistory, v1.37.0. A negative limit keeps all;
// older controller managers panic over it.
func (s *sync) truncateHistory(sorted []*appsv1.ControllerRevision) error {
	var idle []*appsv1.ControllerRevision
	for _, r := range sorted {
		if !s.isLive(r.Name) {
			idle = append(idle, r)
		}
	}
	limit := s.set.Spec.RevisionHistoryLimit
	if limit == nil || *limit < 0 || len(idle) <= int(*limit) {
		return nil
	}
	for _, r := range idle[:len(idle)-int(*limit)] {
		_, err := s.send(controller.Write{
			Verb:    controller.Delete,
			Object:  s.revisionRef(r.Name),
			Reason:  controller.RevisionHistory,
			Message: fmt.Sprintf("old revisions without pods: %d, revisionHistoryLimit %d", len(idle), *limit),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *sync) isLive(name string) bool {
	return s.update != nil && (name == s.update.name || name == s.current.name) || s.pods.anyAt(name)
}

func (s *sync) revisionRef(name string) cluster.Ref {
	return cluster.Ref{
		APIVersion: appsv1.SchemeGroupVersion.String(),
		Kind:       "ControllerRevision",
		Namespace:  s.set.Namespace,
		Name:       name,
	}
}

func (s *sync) ref() cluster.Ref {
	return cluster.Ref{
		APIVersion: appsv1.SchemeGroupVersion.String(),
		Kind:       "StatefulSet",
		Namespace:  s.set.Namespace,
		Name:       s.set.Name,
	}
}
