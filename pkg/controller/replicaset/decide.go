package replicaset

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// burst is the most pods that one sync creates or deletes.
// Follows replica_set.go BurstReplicas, v1.37.0.
const burst = 500

// sync is one sync under way.
type sync struct {
	View
	now      time.Time
	decision controller.Decision
}

// Decide says what the ReplicaSet controller does in one sync at now. It changes
// nothing. Follows replica_set.go syncReplicaSet, v1.37.0.
func Decide(sees View, now time.Time) controller.Decision {
	s := &sync{View: sees, now: now}
	selector, err := metav1.LabelSelectorAsSelector(sees.ReplicaSet.Spec.Selector)
	if err != nil {
		return controller.Decision{}
	}
	s.decision.Err = s.run(selector)
	return s.decision
}

func (s *sync) run(selector labels.Selector) error {
	pods, err := s.claim(selector)
	if err != nil {
		return err
	}
	// The status is that of the pods listed before the sync acts on them: it lags
	// by one sync.
	counts, next := pods.Counts(s.now), pods.NextAvailable(s.now)
	var manageErr error
	if s.ReplicaSet.DeletionTimestamp == nil {
		manageErr = s.manage(pods)
	}
	status := s.status(counts, manageErr)
	if err := s.writeStatus(status); err != nil {
		return err
	}
	if manageErr == nil {
		s.decision.WakeAt = s.wakeAt(counts, next)
	}
	return manageErr
}

// claim releases strays, adopts orphans and returns the pods to count.
// Follows controller_ref_manager.go ClaimPods, v1.37.0, for active pods.
func (s *sync) claim(selector labels.Selector) (*controller.PodSet, error) {
	if s.ReplicaSet.DeletionTimestamp != nil {
		return s.Owned, nil
	}
	var firstErr error
	for _, pod := range s.Strays {
		if pod.Active() {
			firstErr = firstOf(firstErr, s.release(pod))
		}
	}
	var adopted []*controller.Pod
	for _, pod := range s.Orphans {
		if !pod.Active() || !selector.Matches(labels.Set(pod.Labels)) {
			continue
		}
		switch err := s.adopt(pod); {
		case err == nil:
			adopted = append(adopted, pod)
		case !apierrors.IsNotFound(err):
			firstErr = firstOf(firstErr, err)
		}
	}
	if firstErr != nil || len(adopted) == 0 {
		return s.Owned, firstErr
	}
	return s.Owned.With(adopted, s.now), nil
}

func firstOf(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

func (s *sync) release(pod *controller.Pod) error {
	_, err := s.send(controller.Write{
		Verb:    controller.Patch,
		Object:  s.podRef(pod.Name),
		Patch:   controller.ReleasePatch(s.ReplicaSet.UID, pod.UID),
		Pods:    []*controller.Pod{pod},
		Reason:  controller.ReleaseMismatch,
		Message: "the pod's labels no longer match the ReplicaSet's selector",
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
		Message: "nobody owns the pod and the ReplicaSet's selector matches it",
	})
	return err
}

// wakeAt says when the next pod becomes available.
func (s *sync) wakeAt(counts controller.Counts, next time.Time) time.Time {
	minReady := time.Duration(s.ReplicaSet.Spec.MinReadySeconds) * time.Second
	switch {
	case minReady <= 0 || counts.Ready == counts.Available:
		return time.Time{}
	case !s.Profile.ChecksAvailabilityOnTime():
		// Follows replica_set.go syncReplicaSet, v1.33.13: only once all are ready.
		if counts.Ready != *s.ReplicaSet.Spec.Replicas {
			return time.Time{}
		}
		return s.now.Add(minReady)
	case next.IsZero():
		return s.now.Add(minReady)
	}
	return next
}

// WakeAfterReady is how long after it saw a pod become ready the controller looks
// again; zero: not because of that.
// Follows replica_set.go updatePod: v1.33.13 adds a second, v1.37.0 does not.
func WakeAfterReady(sees View) time.Duration {
	minReady := time.Duration(sees.ReplicaSet.Spec.MinReadySeconds) * time.Second
	if minReady > 0 && !sees.Profile.ChecksAvailabilityOnTime() {
		return minReady + time.Second
	}
	return max(minReady, 0)
}

func (s *sync) send(w controller.Write) (cluster.Object, error) {
	stored, err := s.API.Answer(w)
	w.Count = max(w.Count, 1)
	w.Err = err
	s.decision.Writes = append(s.decision.Writes, w)
	return stored, err
}

func (s *sync) podRef(name string) cluster.Ref {
	return cluster.Ref{APIVersion: "v1", Kind: "Pod", Namespace: s.ReplicaSet.Namespace, Name: name}
}

func (s *sync) ownerReference() metav1.OwnerReference {
	return *metav1.NewControllerRef(s.ReplicaSet, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))
}

func (s *sync) ref() cluster.Ref {
	return cluster.Ref{
		APIVersion: appsv1.SchemeGroupVersion.String(),
		Kind:       "ReplicaSet",
		Namespace:  s.ReplicaSet.Namespace,
		Name:       s.ReplicaSet.Name,
	}
}
