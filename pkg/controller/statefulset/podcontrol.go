package statefulset

import (
	"fmt"
	"maps"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// mostUpdates is how often an update of a pod is tried while it meets conflicts.
// Follows stateful_pod_control.go UpdateStatefulPod, v1.37.0.
const mostUpdates = 4

// repair makes a pod what its identity, its volumes and the policy for its claims ask
// for. Where only the owners of claims were wrong, the pod is written all the same, as
// it is. A conflict over a claim, too, is met with another try.
// Follows stateful_pod_control.go UpdateStatefulPod, v1.37.0.
func (s *sync) repair(m member) error {
	pod := s.stored(m)
	var err error
	for range mostUpdates {
		var wrong []string
		if wrong, err = s.correct(pod, m); err == nil && len(wrong) > 0 {
			err = s.writeRepaired(pod, m, wrong)
			if m.pod != nil && pod.Name == m.name {
				pod = s.stored(m) // as read again
			}
		}
		if !apierrors.IsConflict(err) {
			break
		}
	}
	return err
}

func (s *sync) writeRepaired(pod *corev1.Pod, m member, wrong []string) error {
	write := controller.Write{
		Verb:    controller.Update,
		Object:  s.podRef(pod.Name),
		Body:    pod.DeepCopy(),
		Reason:  controller.RepairPod,
		Message: "corrected: " + strings.Join(wrong, ", "),
	}
	if m.pod != nil {
		write.Pods = []*controller.Pod{m.pod}
	}
	_, err := s.send(write)
	return err
}

// correct changes what is wrong with a pod and its claims, and says what it was.
func (s *sync) correct(pod *corev1.Pod, m member) (wrong []string, err error) {
	if !s.identityMatches(pod.Name, pod.Labels, m.ordinal) {
		s.identify(pod, m.ordinal)
		wrong = append(wrong, "its identity")
	}
	m.name = pod.Name // db-01 is db-1 from here on
	if !s.storageMatches(pod, m.ordinal) {
		pod.Spec.Volumes = s.volumesOf(pod, m.ordinal)
		wrong = append(wrong, "its volumes")
		if err := s.createClaims(m); err != nil {
			return wrong, err
		}
	}
	if !s.claimsOwned(m) {
		wrong = append(wrong, "the owners of its claims")
		if err := s.giveClaims(m); err != nil {
			return wrong, err
		}
	}
	return wrong, nil
}

// stored returns a copy of a pod, with labels of its own. One of a forecast is as the
// controller made it.
func (s *sync) stored(m member) *corev1.Pod {
	if m.pod == nil {
		return s.newPod(m.ordinal, s.versionFor(m.ordinal))
	}
	if m.pod.Object == nil {
		at := s.update
		if m.pod.Labels[appsv1.StatefulSetRevisionLabel] == s.current.name {
			at = s.current
		}
		return s.newPod(m.ordinal, at)
	}
	pod := *m.pod.Object
	pod.Labels = maps.Clone(pod.Labels)
	if pod.Labels == nil {
		pod.Labels = map[string]string{}
	}
	return &pod
}

// create asks for the claims of a missing pod, then for the pod. The owners of claims
// are corrected also where the pod was refused, but not where it exists already.
// Follows stateful_pod_control.go CreateStatefulPod, v1.37.0.
func (s *sync) create(m member) error {
	if err := s.createClaims(m); err != nil {
		return err
	}
	at := s.versionFor(m.ordinal)
	_, err := s.send(controller.Write{
		Verb:    controller.Create,
		Object:  s.podRef(m.name),
		Body:    s.newPod(m.ordinal, at),
		Reason:  controller.MissingPod,
		Message: s.whyCreated(m, at),
	})
	if apierrors.IsAlreadyExists(err) {
		return err
	}
	if given := s.giveClaims(m); given != nil {
		return given
	}
	return err
}

func (s *sync) whyCreated(m member, at *version) string {
	size := s.pods.wanted.size()
	wanted := fmt.Sprintf("%d of %d pods exist", size-s.pods.missing.count, size)
	if at == s.current && s.current.name != s.update.name {
		return wanted + "; this one is created at the old revision " + at.name
	}
	return wanted
}

// delete asks to delete a pod. That it is gone already is fine since v1.36.
// Follows stateful_pod_control.go DeleteStatefulPod, v1.37.0.
func (s *sync) delete(m member, reason controller.Reason, message string) error {
	write := controller.Write{
		Verb:    controller.Delete,
		Object:  s.podRef(m.name),
		Reason:  reason,
		Message: message,
	}
	if m.pod != nil {
		write.Pods = []*controller.Pod{m.pod}
	}
	_, err := s.send(write)
	if apierrors.IsNotFound(err) && s.Profile.DeletesGonePods() {
		return nil
	}
	return err
}
