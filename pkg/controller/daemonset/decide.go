package daemonset

import (
	"fmt"
	"reflect"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// sync is one sync under way.
type sync struct {
	View
	ds       *appsv1.DaemonSet
	selector labels.Selector
	pods     *PodSet
	now      time.Time
	decision controller.Decision

	hash string                       // of the revision to update to
	old  []*appsv1.ControllerRevision // all others

	claimed  bool // pods were adopted and released
	claimErr error
	// acting: pods were created or deleted, and the controller waits until it sees that.
	acting bool
}

// Decide says what the DaemonSet controller does in one sync at now. It changes nothing,
// but for what View.Memory has to remember, and what View.Pods keeps to be quicker the
// next time.
//
// Where the real controller takes nodes in random order, those with the lower names are
// first here. How many there are, and which are forced, does not depend on it.
// Follows daemon_controller.go syncDaemonSet, v1.37.0.
func Decide(sees View, now time.Time) controller.Decision {
	s := &sync{View: sees, ds: sees.DaemonSet, pods: sees.Pods, now: now}
	if s.Memory == nil {
		s.Memory = &Memory{}
	}
	switch {
	case reflect.DeepEqual(s.ds.Spec.Selector, &metav1.LabelSelector{}):
		s.wait(s.ref(), controller.SelectsEverything, "the selector is empty: the controller does nothing")
	case s.ds.DeletionTimestamp == nil:
		s.decision.Err = s.run()
	}
	return s.decision
}

func (s *sync) run() error {
	var err error
	if s.selector, err = s.Memory.selector(s.ds.Spec.Selector); err == nil {
		err = s.findRevisions()
	}
	if err != nil {
		return fmt.Errorf("failed to construct revisions of DaemonSet: %w", err)
	}
	if err := s.claimPods(); err != nil {
		return err
	}
	s.pods.Follow(s.View, s.hash, s.now)
	// The status is written in any case, also where the update failed. It tells of the pods
	// as the sync found them.
	err = s.update()
	if refused := s.writeStatus(); err == nil {
		return refused
	}
	return err
}

// update brings the pods nearer to what is wanted. A rolling update goes on only when
// nothing else had to be created or deleted.
// Follows daemon_controller.go updateDaemonSet, v1.37.0.
func (s *sync) update() error {
	if err := s.manage(); err != nil {
		return err
	}
	if !s.acting && s.ds.Spec.UpdateStrategy.Type == appsv1.RollingUpdateDaemonSetStrategyType {
		if err := s.rollingUpdate(); err != nil {
			return err
		}
	}
	if err := s.cleanupHistory(); err != nil {
		return fmt.Errorf("failed to clean up revisions of DaemonSet: %w", err)
	}
	return nil
}

// WakeAfterReady is how long after it saw a pod become ready the controller looks again;
// zero: not because of that. It adds a second in every version.
// Follows daemon_controller.go updatePod, v1.37.0.
func WakeAfterReady(ds *appsv1.DaemonSet) time.Duration {
	if ds.Spec.MinReadySeconds <= 0 {
		return 0
	}
	return time.Duration(ds.Spec.MinReadySeconds)*time.Second + time.Second
}

// wakeAfter asks for another look; the earliest counts.
func (s *sync) wakeAfter(delay time.Duration) {
	at := s.now.Add(delay)
	if s.decision.WakeAt.IsZero() || at.Before(s.decision.WakeAt) {
		s.decision.WakeAt = at
	}
}

// wait notes what keeps the sync from going on.
func (s *sync) wait(object cluster.Ref, reason controller.Reason, message string) {
	s.decision.Waits = &controller.Wait{Object: object, Reason: reason, Message: message}
}

// send asks the API what a write would do and records it, refused or not.
func (s *sync) send(w controller.Write) (cluster.Object, error) {
	stored, err := s.API.Answer(w)
	w.Count = 1
	w.Err = err
	s.decision.Writes = append(s.decision.Writes, w)
	return stored, err
}

func (s *sync) podRef(name string) cluster.Ref {
	return cluster.Ref{APIVersion: "v1", Kind: "Pod", Namespace: s.ds.Namespace, Name: name}
}

func (s *sync) revisionRef(name string) cluster.Ref {
	return cluster.Ref{
		APIVersion: appsv1.SchemeGroupVersion.String(),
		Kind:       "ControllerRevision",
		Namespace:  s.ds.Namespace,
		Name:       name,
	}
}

func (s *sync) ref() cluster.Ref {
	return cluster.Ref{
		APIVersion: appsv1.SchemeGroupVersion.String(),
		Kind:       setKind().Kind,
		Namespace:  s.ds.Namespace,
		Name:       s.ds.Name,
	}
}

func setKind() schema.GroupVersionKind { return appsv1.SchemeGroupVersion.WithKind("DaemonSet") }
