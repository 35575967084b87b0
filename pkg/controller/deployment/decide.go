package deployment

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// sync is one sync under way. Its deployment is a copy that the sync changes as
// the real controller changes its own.
type sync struct {
	View
	d        *appsv1.Deployment
	newest   *appsv1.ReplicaSet // once found; the templates do not change in a sync
	now      time.Time
	decision controller.Decision
}

// Decide says what the Deployment controller does in one sync at now. It changes
// nothing. Follows deployment_controller.go syncDeployment, v1.37.0.
func Decide(sees View, now time.Time) controller.Decision {
	s := &sync{View: sees, d: copyOf(sees.Deployment), now: now}
	s.decision.Err = s.run()
	if s.decision.Err != nil {
		s.decision.WakeAt = time.Time{}
	}
	return s.decision
}

func (s *sync) run() error {
	if reflect.DeepEqual(s.d.Spec.Selector, &metav1.LabelSelector{}) {
		s.refuseEmptySelector()
		return nil
	}
	sets, err := s.claim()
	if err != nil {
		return err
	}
	if s.d.DeletionTimestamp != nil {
		return s.statusOnly(sets)
	}
	if err := s.notePause(); err != nil {
		return err
	}
	if s.d.Spec.Paused {
		return s.resize(sets)
	}
	if _, asked := rollbackTo(s.d); asked {
		return s.rollback(sets)
	}
	scaling, err := s.isScalingEvent(sets)
	if err != nil {
		return err
	}
	if scaling {
		return s.resize(sets)
	}
	switch s.d.Spec.Strategy.Type {
	case appsv1.RecreateDeploymentStrategyType:
		return s.recreate(sets)
	case appsv1.RollingUpdateDeploymentStrategyType:
		return s.rollingUpdate(sets)
	}
	return fmt.Errorf("unexpected deployment strategy type: %s", s.d.Spec.Strategy.Type)
}

// refuseEmptySelector: a Deployment that selects everything is only observed.
func (s *sync) refuseEmptySelector() {
	if s.d.Status.ObservedGeneration >= s.d.Generation {
		return
	}
	s.d.Status.ObservedGeneration = s.d.Generation
	// The real controller ignores a refusal here.
	_ = s.sendStatus(controller.SelectsEverything, "an empty selector selects every pod; nothing is done")
}

// statusOnly is all that happens to a Deployment that is being deleted.
// Follows sync.go syncStatusOnly, v1.37.0.
func (s *sync) statusOnly(sets []*appsv1.ReplicaSet) error {
	family, err := s.identify(sets, false)
	if err != nil {
		return err
	}
	return s.writeStatus(family)
}

// resize handles a change of size and a paused Deployment: sizes change, nothing
// rolls. Follows sync.go sync, v1.37.0.
func (s *sync) resize(sets []*appsv1.ReplicaSet) error {
	family, err := s.identify(sets, false)
	if err != nil {
		return err
	}
	if err := s.scaleAll(family); err != nil {
		return err
	}
	if _, asked := rollbackTo(s.d); s.d.Spec.Paused && !asked {
		if err := s.cleanUp(family.old); err != nil {
			return err
		}
	}
	return s.writeStatus(family)
}

// isScalingEvent reports whether a ReplicaSet with pods remembers another size of
// the Deployment. Follows sync.go isScalingEvent, v1.37.0.
func (s *sync) isScalingEvent(sets []*appsv1.ReplicaSet) (bool, error) {
	family, err := s.identify(sets, false)
	if err != nil {
		return false, err
	}
	for _, rs := range active(family.all()) {
		if desired, ok := s.desiredAnnotation(rs); ok && desired != *s.d.Spec.Replicas {
			return true, nil
		}
	}
	return false, nil
}

// send asks the API what a write would do and records it, refused or not.
func (s *sync) send(w controller.Write) (cluster.Object, error) {
	stored, err := s.API.Answer(w)
	w.Count = 1
	w.Err = err
	s.decision.Writes = append(s.decision.Writes, w)
	return stored, err
}

// sendStatus writes the Deployment as the sync has it by now. What the API returns
// is not used: a second write of the same sync carries the old resourceVersion.
func (s *sync) sendStatus(reason controller.Reason, message string) error {
	_, err := s.send(controller.Write{
		Verb:    controller.UpdateStatus,
		Object:  s.ref("Deployment", s.d.Name),
		Body:    copyOf(s.d),
		Reason:  reason,
		Message: message,
	})
	return err
}

// copyOf copies what a sync may change of a Deployment; the rest is shared, since
// nobody changes an object in place.
func copyOf(d *appsv1.Deployment) *appsv1.Deployment {
	copied := *d
	copied.Annotations = maps.Clone(d.Annotations)
	copied.Status.Conditions = slices.Clone(d.Status.Conditions)
	if count := d.Status.CollisionCount; count != nil {
		own := *count
		copied.Status.CollisionCount = &own
	}
	return &copied
}

// copyOfSet copies what a sync may change of a ReplicaSet.
func copyOfSet(rs *appsv1.ReplicaSet) *appsv1.ReplicaSet {
	copied := *rs
	copied.Annotations = maps.Clone(rs.Annotations)
	size := *rs.Spec.Replicas
	copied.Spec.Replicas = &size
	return &copied
}

func (s *sync) updateReplicaSet(w controller.Write, rs *appsv1.ReplicaSet) (*appsv1.ReplicaSet, error) {
	w.Verb = controller.Update
	w.Object = s.ref("ReplicaSet", rs.Name)
	w.Body = rs
	stored, err := s.send(w)
	if err != nil {
		return nil, err
	}
	return stored.(*appsv1.ReplicaSet), nil
}

func (s *sync) ref(kind, name string) cluster.Ref {
	return cluster.Ref{
		APIVersion: appsv1.SchemeGroupVersion.String(),
		Kind:       kind,
		Namespace:  s.d.Namespace,
		Name:       name,
	}
}
