package statefulset

import (
	"errors"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// sync is one sync under way.
type sync struct {
	View
	set      *appsv1.StatefulSet
	pods     *PodSet
	now      time.Time
	decision controller.Decision

	// current and update are the revisions that pods are at or go to; nil until they
	// are known.
	current, update *version
	collisions      int32 // names of revisions that were taken
	// status is what the sync reports; nil until there is something to report.
	status *appsv1.StatefulSetStatus
}

// Decide says what the StatefulSet controller does in one sync at now. It changes
// nothing, but for what View.Pods and View.Memory keep to be quicker the next time.
// Follows stateful_set.go sync, v1.37.0.
func Decide(sees View, now time.Time) controller.Decision {
	selector, err := metav1.LabelSelectorAsSelector(sees.StatefulSet.Spec.Selector)
	if err != nil {
		return controller.Decision{}
	}
	s := &sync{View: sees, set: sees.StatefulSet, pods: sees.Pods, now: now}
	if s.Memory == nil {
		s.Memory = &Memory{}
	}
	s.decision.Err = s.run(selector)
	if s.decision.Err == nil {
		s.decision.WakeAt = s.wakeAt()
	}
	return s.decision
}

func (s *sync) run(selector labels.Selector) error {
	revisions := s.listRevisions(selector)
	if err := s.adoptRevisions(revisions); err != nil {
		return err
	}
	if err := s.claimPods(selector); err != nil {
		return err
	}
	s.pods.Follow(s.set, s.Profile, s.now)
	err := s.perform(revisions)
	// History is cut in any case, also where the sync failed.
	return joined([]error{err, s.truncateHistory(revisions)})
}

// perform finds the revisions, brings the pods nearer to them and reports.
// Follows stateful_set_control.go performUpdate, v1.37.0.
func (s *sync) perform(revisions []*appsv1.ControllerRevision) error {
	if err := s.findRevisions(revisions); err != nil {
		return err
	}
	s.pods.aim(s.update.name)
	err := s.updatePods()
	if s.status == nil {
		return err
	}
	if refused := s.writeStatus(); err == nil {
		return refused
	}
	return err
}

// updatePods takes the steps in their order; each may end the sync.
// Follows stateful_set_control.go updateStatefulSet, v1.37.0.
func (s *sync) updatePods() error {
	if err := s.restoreTemplates(); err != nil {
		return err
	}
	if err := s.refuseRecreate(); err != nil {
		return err
	}
	s.beginStatus()
	if s.set.DeletionTimestamp != nil {
		s.countAll()
		return nil
	}
	for _, step := range []func() (stop bool, err error){
		s.recreate, s.processReplicas, s.fixCondemnedClaims, s.processCondemned,
	} {
		if stop, err := step(); stop || err != nil {
			s.count()
			return err
		}
	}
	s.count()
	switch s.set.Spec.UpdateStrategy.Type {
	case appsv1.OnDeleteStatefulSetStrategyType, recreateStrategy:
		return nil
	}
	return s.rollingUpdate()
}

// parallel reports whether pods are created and deleted without regard to each other.
// Follows stateful_set_utils.go allowsBurst, v1.37.0.
func (s *sync) parallel() bool {
	return s.set.Spec.PodManagementPolicy == appsv1.ParallelPodManagement
}

// claimPods releases strays and adopts orphans; those adopted count at once.
// Follows controller_ref_manager.go ClaimPods, v1.37.0.
func (s *sync) claimPods(selector labels.Selector) error {
	if s.set.DeletionTimestamp != nil {
		return nil
	}
	var errs []error
	for _, pod := range s.Strays {
		errs = append(errs, s.release(pod))
	}
	var adopted []*controller.Pod
	for _, pod := range s.Orphans {
		if pod.Terminating || !IsMember(s.set, selector, pod) {
			continue
		}
		switch err := s.adopt(pod); {
		case err == nil:
			adopted = append(adopted, pod)
		case !apierrors.IsNotFound(err):
			errs = append(errs, err)
		}
	}
	s.pods = s.pods.with(adopted)
	return joined(errs)
}

// IsMember reports whether a StatefulSet takes a pod for its own: the selector matches
// the labels, and the name is the StatefulSet's with a number.
// Follows stateful_set.go getPodsForStatefulSet and stateful_set_utils.go isMemberOf,
// v1.37.0.
func IsMember(set *appsv1.StatefulSet, selector labels.Selector, pod *controller.Pod) bool {
	return selector.Matches(labels.Set(pod.Labels)) && parentOf(pod.Name) == set.Name
}

func (s *sync) release(pod *controller.Pod) error {
	_, err := s.send(controller.Write{
		Verb:    controller.Patch,
		Object:  s.podRef(pod.Name),
		Patch:   controller.ReleasePatch(s.set.UID, pod.UID),
		Pods:    []*controller.Pod{pod},
		Reason:  controller.ReleaseMismatch,
		Message: "the pod's labels or name are no longer those of the StatefulSet's pods",
	})
	if apierrors.IsNotFound(err) || apierrors.IsInvalid(err) {
		return nil
	}
	return err
}

func (s *sync) adopt(pod *controller.Pod) error {
	_, err := s.send(controller.Write{
		Verb:    controller.Patch,
		Object:  s.podRef(pod.Name),
		Patch:   controller.AdoptionPatch(s.ownerReference(), pod.UID),
		Pods:    []*controller.Pod{pod},
		Reason:  controller.AdoptOrphan,
		Message: "nobody owns the pod, and its labels and name are those of the StatefulSet's pods",
	})
	return err
}

// adoptRevisions makes revisions that nobody owns the StatefulSet's own.
// Follows stateful_set.go adoptOrphanRevisions, v1.37.0.
func (s *sync) adoptRevisions(revisions []*appsv1.ControllerRevision) error {
	for _, revision := range revisions {
		if metav1.GetControllerOfNoCopy(revision) != nil {
			continue
		}
		if s.set.DeletionTimestamp != nil {
			return errors.New("can't adopt ControllerRevisions: the StatefulSet is being deleted")
		}
		_, err := s.send(controller.Write{
			Verb:    controller.Patch,
			Object:  s.revisionRef(revision.Name),
			Patch:   controller.AdoptionPatch(s.ownerReference(), revision.UID),
			Reason:  controller.AdoptOrphan,
			Message: "nobody owns the revision and the StatefulSet's selector matches it",
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// wakeAt says when to look whether another pod is available.
// Follows stateful_set.go syncStatefulSet, v1.37.0 and v1.33.13.
func (s *sync) wakeAt() time.Time {
	minReady := time.Duration(s.set.Spec.MinReadySeconds) * time.Second
	if minReady <= 0 {
		return time.Time{}
	}
	if !s.Profile.ChecksStatefulPodsOnTime() {
		if s.status.AvailableReplicas == *s.set.Spec.Replicas {
			return time.Time{}
		}
		return s.now.Add(minReady)
	}
	if s.status.ReadyReplicas == s.status.AvailableReplicas {
		return time.Time{}
	}
	if next := s.pods.nextAvailable(); !next.IsZero() {
		return next
	}
	return s.now.Add(minReady)
}

// WakeAfterReady is how long after it saw a pod become ready the controller looks
// again; zero: not because of that.
// Follows stateful_set.go updatePod: v1.33.13 adds a second, v1.37.0 does not.
func WakeAfterReady(sees View) time.Duration {
	minReady := time.Duration(sees.StatefulSet.Spec.MinReadySeconds) * time.Second
	if minReady > 0 && !sees.Profile.ChecksStatefulPodsOnTime() {
		return minReady + time.Second
	}
	return max(minReady, 0)
}

// send asks the API what a write would do and records it, refused or not.
func (s *sync) send(w controller.Write) (cluster.Object, error) {
	stored, err := s.API.Answer(w)
	w.Count = 1
	w.Err = err
	s.decision.Writes = append(s.decision.Writes, w)
	return stored, err
}

// waitFor notes what keeps the sync from going on.
func (s *sync) waitFor(m member, reason controller.Reason, message string) {
	s.decision.Waits = &controller.Wait{Object: s.podRef(m.name), Reason: reason, Message: message}
}

func (s *sync) podRef(name string) cluster.Ref {
	return cluster.Ref{APIVersion: "v1", Kind: "Pod", Namespace: s.set.Namespace, Name: name}
}

func (s *sync) ownerReference() metav1.OwnerReference {
	return *metav1.NewControllerRef(s.set, setKind())
}

func setKind() schema.GroupVersionKind { return appsv1.SchemeGroupVersion.WithKind("StatefulSet") }
func podKind() schema.GroupVersionKind { return corev1.SchemeGroupVersion.WithKind("Pod") }
