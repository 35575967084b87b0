package daemonset

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// mostStatusUpdates is how often a status update is tried.
// Follows daemon_controller.go StatusUpdateRetries, v1.37.0: one try, and one more.
const mostStatusUpdates = 2

// status is what the nodes and pods, as the sync found them, add up to. Of several pods
// on a node only the first is looked at: with surge that is the old one.
// Follows daemon_controller.go updateDaemonSetStatus, v1.37.0.
func (s *sync) status() appsv1.DaemonSetStatus {
	status := *s.ds.Status.DeepCopy()
	status.ObservedGeneration = s.ds.Generation
	status.DesiredNumberScheduled = int32(s.count(should))
	status.CurrentNumberScheduled = int32(s.count(current))
	status.NumberMisscheduled = int32(s.count(misscheduled))
	status.NumberReady = int32(s.count(firstReady))
	status.UpdatedNumberScheduled = int32(s.count(firstUpdated))
	status.NumberAvailable = int32(s.count(firstAvailable))
	status.NumberUnavailable = status.DesiredNumberScheduled - status.NumberAvailable
	return status
}

// writeStatus writes the status if it says something new, and asks for another look while
// ready pods are not available. Whatever it was refused for, it tries once more.
// Follows daemon_controller.go storeDaemonSetStatus, v1.37.0.
func (s *sync) writeStatus() error {
	status := s.status()
	if !sameNumbers(&s.ds.Status, &status) || s.ds.Status.ObservedGeneration < s.ds.Generation {
		if err := s.storeStatus(status); err != nil {
			return fmt.Errorf("error storing status for daemon set %s: %w", s.ds.Name, err)
		}
	}
	if s.ds.Spec.MinReadySeconds > 0 && status.NumberReady != status.NumberAvailable {
		s.wakeAfter(time.Duration(s.ds.Spec.MinReadySeconds) * time.Second)
	}
	return nil
}

func (s *sync) storeStatus(status appsv1.DaemonSetStatus) error {
	body := *s.ds
	body.Status = status
	var err error
	for range mostStatusUpdates {
		_, err = s.send(controller.Write{
			Verb:   controller.UpdateStatus,
			Object: s.ref(),
			Body:   &body,
			Reason: controller.StatusChanged,
			Message: fmt.Sprintf("of %d nodes %d have a pod, %d are updated, %d available",
				status.DesiredNumberScheduled, status.CurrentNumberScheduled,
				status.UpdatedNumberScheduled, status.NumberAvailable),
		})
		if err == nil {
			return nil
		}
	}
	return err
}

func sameNumbers(a, b *appsv1.DaemonSetStatus) bool {
	return a.DesiredNumberScheduled == b.DesiredNumberScheduled &&
		a.CurrentNumberScheduled == b.CurrentNumberScheduled &&
		a.NumberMisscheduled == b.NumberMisscheduled &&
		a.NumberReady == b.NumberReady &&
		a.UpdatedNumberScheduled == b.UpdatedNumberScheduled &&
		a.NumberAvailable == b.NumberAvailable &&
		a.NumberUnavailable == b.NumberUnavailable
}
