package replicaset

import (
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// manage creates the pods that are missing or deletes those that are too many.
// Follows replica_set.go manageReplicas, v1.37.0.
func (s *sync) manage(pods *controller.PodSet) error {
	active := int(pods.Counts(s.now).Active)
	diff := active - int(*s.ReplicaSet.Spec.Replicas)
	switch {
	case diff < 0:
		return s.create(min(-diff, burst), active)
	case diff > 0:
		return s.delete(pods, min(diff, burst))
	}
	return nil
}

// create asks for pods in batches of 1, 2, 4, … and stops after a batch in which
// one was refused. In a namespace that is going away every refusal counts as
// success: nothing can be done about it.
// Follows replica_set.go slowStartBatch, v1.37.0.
func (s *sync) create(count, active int) error {
	pod := s.newPod()
	if len(pod.Labels) == 0 {
		return errors.New("unable to create pods, no labels")
	}
	admitted, refusal := s.API.Admit(pod, count)
	namespaceGoes := apierrors.HasStatusCause(refusal, corev1.NamespaceTerminatingCause)
	attempted := count
	if admitted < count && !namespaceGoes {
		attempted = controller.Attempts(admitted, count)
	}
	write := controller.Write{
		Verb:   controller.Create,
		Object: s.podRef(""),
		Body:   pod,
		Count:  min(admitted, attempted),
		Reason: controller.TooFewPods,
		Message: fmt.Sprintf("%d pods exist, %d wanted: create %d",
			active, *s.ReplicaSet.Spec.Replicas, count),
	}
	if write.Count > 0 {
		s.decision.Writes = append(s.decision.Writes, write)
	}
	if admitted >= count {
		return nil
	}
	write.Count, write.Err = attempted-admitted, refusal
	s.decision.Writes = append(s.decision.Writes, write)
	if namespaceGoes {
		return nil
	}
	return refusal
}

// delete asks for all deletions at once; a pod that is already gone is fine.
func (s *sync) delete(pods *controller.PodSet, count int) error {
	chosen := pods.FirstToDelete(count, s.Neighbours, s.Profile, s.now)
	message := fmt.Sprintf("%d pods exist, %d wanted: delete %d",
		pods.Counts(s.now).Active, *s.ReplicaSet.Spec.Replicas, count)
	var done []*controller.Pod
	var refused []controller.Write
	var firstErr error
	for _, pod := range chosen {
		write := controller.Write{
			Verb:    controller.Delete,
			Object:  s.podRef(pod.Name),
			Count:   1,
			Pods:    []*controller.Pod{pod},
			Reason:  controller.TooManyPods,
			Message: message,
		}
		if _, write.Err = s.API.Answer(write); write.Err == nil {
			done = append(done, pod)
			continue
		}
		refused = append(refused, write)
		if !apierrors.IsNotFound(write.Err) {
			firstErr = firstOf(firstErr, fmt.Errorf("unable to delete pods: %w", write.Err))
		}
	}
	if len(done) > 0 {
		s.decision.Writes = append(s.decision.Writes, controller.Write{
			Verb: controller.Delete, Object: s.podRef(""), Count: len(done), Pods: done,
			Reason: controller.TooManyPods, Message: message,
		})
	}
	s.decision.Writes = append(s.decision.Writes, refused...)
	return firstErr
}

// newPod is the pod that the template describes.
// Follows controller_utils.go GetPodFromTemplate, v1.37.0.
func (s *sync) newPod() *corev1.Pod {
	template := s.ReplicaSet.Spec.Template.DeepCopy()
	pod := &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			GenerateName:    controller.GenerateName(s.ReplicaSet.Name),
			Labels:          template.Labels,
			Annotations:     template.Annotations,
			Finalizers:      template.Finalizers,
			OwnerReferences: []metav1.OwnerReference{s.ownerReference()},
		},
		Spec: template.Spec,
	}
	if pod.Labels == nil {
		pod.Labels = map[string]string{}
	}
	if pod.Annotations == nil {
		pod.Annotations = map[string]string{}
	}
	if pod.Finalizers == nil {
		pod.Finalizers = []string{}
	}
	return pod
}

// stamp is an instant as a condition holds it.
func stamp(now time.Time) metav1.Time { return metav1.NewTime(now) }
