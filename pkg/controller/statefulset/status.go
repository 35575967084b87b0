package statefulset

import (
	"fmt"
	"reflect"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// The reasons of the condition Progressing.
const (
	recreateInProgress = "RecreateInProgress"
	recreateCompleted  = "RecreateCompleted"
)

// beginStatus is the status before the pods are counted. Up to v1.36 it forgets the
// conditions. Follows stateful_set_control.go updateStatefulSet, v1.37.0.
func (s *sync) beginStatus() {
	s.status = &appsv1.StatefulSetStatus{
		ObservedGeneration: s.set.Generation,
		CurrentRevision:    s.current.name,
		UpdateRevision:     s.update.name,
		CollisionCount:     &s.collisions,
	}
	if s.Profile.KeepsStatefulConditions() && len(s.set.Status.Conditions) > 0 {
		s.status.Conditions = slices.Clone(s.set.Status.Conditions)
	}
}

// count puts into the status how many pods there are as the sync found them.
// Follows stateful_set_control.go updateStatus, v1.37.0.
func (s *sync) count() {
	counts := s.pods.Counts(s.current.name, s.update.name)
	s.status.Replicas = counts.Replicas
	s.status.ReadyReplicas = counts.Ready
	s.status.AvailableReplicas = counts.Available
	s.status.CurrentReplicas = counts.Current
	s.status.UpdatedReplicas = counts.Updated
}

// countAll counts also pods whose name has no ordinal of its own: while the StatefulSet
// is being deleted they are told of.
func (s *sync) countAll() {
	s.count()
	for _, pod := range s.pods.extra {
		s.status.Replicas++
		if pod.Ready && pod.Phase == controller.Running {
			s.status.ReadyReplicas++
			if s.pods.shape.minReady == 0 || !pod.ReadyAt.IsZero() && s.pods.shape.available(pod, s.now) {
				s.status.AvailableReplicas++
			}
		}
		if pod.Terminating {
			continue
		}
		at := pod.Labels[appsv1.StatefulSetRevisionLabel]
		if at == s.current.name {
			s.status.CurrentReplicas++
		}
		if at == s.update.name {
			s.status.UpdatedReplicas++
		}
	}
}

// writeStatus writes the status if it says something new. A conflict is met with
// another try, up to five in all.
// Follows stateful_set_control.go updateStatefulSetStatus and
// stateful_set_status_updater.go UpdateStatefulSetStatus, v1.37.0.
func (s *sync) writeStatus() error {
	s.complete()
	if s.Profile.Enabled(kubeversion.MaxUnavailableStatefulSet) {
		if _, err := MaxUnavailable(s.set); err != nil {
			return err
		}
	}
	if !s.tellsNew() {
		return nil
	}
	body := *s.set
	body.Status = *s.status
	var err error
	for range mostStatusUpdates {
		_, err = s.send(controller.Write{
			Verb:   controller.UpdateStatus,
			Object: s.ref(),
			Body:   &body,
			Reason: controller.StatusChanged,
			Message: fmt.Sprintf("%d pods, %d ready, %d available, %d updated", s.status.Replicas,
				s.status.ReadyReplicas, s.status.AvailableReplicas, s.status.UpdatedReplicas),
		})
		if !apierrors.IsConflict(err) {
			return err
		}
	}
	return err
}

// mostStatusUpdates is how often a status update is tried while it meets conflicts.
// Follows stateful_set_status_updater.go UpdateStatefulSetStatus, v1.37.0.
const mostStatusUpdates = 5

// complete moves the current revision on once all pods are updated and ready. Up to
// v1.36 only a rolling update is ever complete.
// Follows stateful_set_utils.go completeUpdate, v1.37.0.
func (s *sync) complete() {
	kind := s.set.Spec.UpdateStrategy.Type
	if kind != appsv1.RollingUpdateStatefulSetStrategyType && !s.Profile.CompletesAnyUpdate() {
		return
	}
	if !isDone(s.set, s.status) {
		return
	}
	s.status.CurrentReplicas = s.status.UpdatedReplicas
	s.status.CurrentRevision = s.status.UpdateRevision
	if kind == recreateStrategy && s.progressing() != nil && s.Profile.Enabled(kubeversion.StatefulSetRecreate) {
		s.progress(corev1.ConditionFalse, recreateCompleted, "All pods recreated successfully")
	}
}

// Complete reports whether the status of a StatefulSet says that its update, as it is
// specified now, is done. With a partition or OnDelete it may never be.
// Follows stateful_set_utils.go completeUpdate, v1.37.0.
func Complete(set *appsv1.StatefulSet) bool {
	return set.Status.ObservedGeneration >= set.Generation && isDone(set, &set.Status)
}

// isDone reports whether there are as many pods as wanted, all updated and ready. That
// they are available is not asked.
func isDone(set *appsv1.StatefulSet, status *appsv1.StatefulSetStatus) bool {
	wanted := *set.Spec.Replicas
	return status.UpdatedReplicas == wanted && status.ReadyReplicas == wanted && status.Replicas == wanted
}

// tellsNew reports whether the status differs from the one that is stored.
// Follows stateful_set_utils.go inconsistentStatus, v1.37.0.
func (s *sync) tellsNew() bool {
	before, after := s.set.Status, *s.status
	if after.ObservedGeneration > before.ObservedGeneration {
		return true
	}
	if s.Profile.KeepsStatefulConditions() && !reflect.DeepEqual(before.Conditions, after.Conditions) {
		return true
	}
	return after.Replicas != before.Replicas ||
		after.CurrentReplicas != before.CurrentReplicas ||
		after.ReadyReplicas != before.ReadyReplicas ||
		after.UpdatedReplicas != before.UpdatedReplicas ||
		after.AvailableReplicas != before.AvailableReplicas ||
		after.CurrentRevision != before.CurrentRevision ||
		after.UpdateRevision != before.UpdateRevision
}

func (s *sync) progressing() *appsv1.StatefulSetCondition {
	for i := range s.status.Conditions {
		if s.status.Conditions[i].Type == appsv1.StatefulSetProgressing {
			return &s.status.Conditions[i]
		}
	}
	return nil
}

// progress sets the condition Progressing; its time is that of the last change of its
// status. Follows stateful_set_utils.go setStatefulSetCondition, v1.37.0.
func (s *sync) progress(status corev1.ConditionStatus, reason, message string) {
	condition := appsv1.StatefulSetCondition{
		Type: appsv1.StatefulSetProgressing, Status: status, Reason: reason, Message: message,
		LastTransitionTime: metav1.NewTime(s.now),
	}
	current := s.progressing()
	if current == nil {
		s.status.Conditions = append(s.status.Conditions, condition)
		return
	}
	if current.Status == status {
		condition.LastTransitionTime = current.LastTransitionTime
	}
	*current = condition
}
