package statefulset

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

const recreateStrategy = appsv1.RecreateStatefulSetStrategyType

// refuseRecreate is the error of a strategy whose gate is off; nothing is even reported.
func (s *sync) refuseRecreate() error {
	if s.set.Spec.UpdateStrategy.Type != recreateStrategy || s.Profile.Enabled(kubeversion.StatefulSetRecreate) {
		return nil
	}
	return fmt.Errorf("statefulset %s/%s uses Recreate strategy but feature gate %s is disabled",
		s.set.Namespace, s.set.Name, kubeversion.StatefulSetRecreate)
}

// recreate deletes all pods of other revisions at once, condemned ones too, and waits
// until they are gone; only then pods are created.
// Follows stateful_set_control.go recreateDeleteAndWait, v1.37.0.
func (s *sync) recreate() (stop bool, err error) {
	if s.set.Spec.UpdateStrategy.Type != recreateStrategy {
		return false, nil
	}
	var run batches
	old := s.oldPlaces()
	for _, at := range old {
		if run.errs != nil && run.over(s.recreateIndex(at)) {
			break
		}
		if err := s.recreateOne(s.memberAt(at)); err != nil {
			run.note(s.recreateIndex(at), err)
		}
	}
	switch {
	case run.errs != nil:
		return true, run.err()
	case len(old) > 0:
		s.progress(corev1.ConditionTrue, recreateInProgress, "Deleting old revision pods")
		return true, nil
	case s.current.name != s.update.name:
		s.progress(corev1.ConditionTrue, recreateInProgress, "Waiting for new-revision pods to be created")
	}
	return false, nil
}

func (s *sync) recreateOne(m member) error {
	if m.terminating {
		s.waitFor(m, controller.PodTerminating, "Recreate: all old pods have to be gone first")
		return nil
	}
	err := s.delete(m, controller.RecreateDown, "strategy Recreate: all old pods stop first")
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// oldPlaces are those of existing pods of other revisions: wanted ones first, then
// condemned ones from the top.
func (s *sync) oldPlaces() []int {
	var places []int
	old, condemned := &s.pods.old, &s.pods.condemned
	for at := old.next(0); at >= 0; at = old.next(at + 1) {
		places = append(places, at)
	}
	for _, part := range s.pods.outside() {
		for at := condemned.last(part.to); at >= part.from; at = condemned.last(at) {
			if s.pods.places[at].revision != s.pods.update {
				places = append(places, at)
			}
		}
	}
	return places
}

// recreateIndex is the index of a pod in the order in which Recreate deletes.
func (s *sync) recreateIndex(at int) int {
	if wanted := s.pods.wanted; wanted.has(at) {
		return at - wanted.from
	}
	return s.pods.wanted.size() + s.pods.rank(at)
}
