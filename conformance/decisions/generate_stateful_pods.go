package decisions

import (
	"maps"
	"strconv"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

// pods draws the pods of the StatefulSet, those to be scaled away included, and some that
// only look like its own.
func (s *stateful) pods() {
	present := map[mood]float64{complete: 99, rolling: 96, scaling: 95, saturated: 98, odd: 85}[s.state]
	sick := oneOf(s.dice, 0, 0, 0, 0, 4, 15, 45) // percent
	moved := s.between(s.start(), s.end())       // from here on pods are at the new revision
	contested := s.percent(20)
	for ordinal := range s.last() {
		inRange := ordinal >= s.start() && ordinal < s.end()
		if inRange && !s.percent(present) || !inRange && !s.percent(85) {
			continue
		}
		pod := s.pod(ordinal, s.revisionAt(ordinal, moved))
		if s.percent(float64(sick)) {
			s.sicken(pod)
		}
		if s.percent(6) {
			s.muddle(pod)
			s.muddled = append(s.muddled, pod.Name)
		}
		if contested {
			s.podBelongs(pod)
		}
		s.world.Pods = append(s.world.Pods, pod)
	}
	s.oneSick()
	s.strangeNames()
	s.shufflePods()
}

// last is the ordinal after the last that has a pod, past the end where the StatefulSet
// was larger. Before the start there are pods where it was moved, but at most three.
func (s *stateful) last() []int {
	more := map[mood]float64{complete: 3, rolling: 15, scaling: 70, saturated: 30, odd: 40}[s.state]
	first, last := s.start(), s.end()
	if s.percent(more) {
		last += s.between(1, 4)
	}
	if s.percent(more / 2) {
		first = max(0, first-s.between(1, 3))
	}
	var ordinals []int
	for ordinal := first; ordinal < last; ordinal++ {
		ordinals = append(ordinals, ordinal)
	}
	return ordinals
}

// revisionAt is the revision of a pod: pods are moved from the last to the first.
func (s *stateful) revisionAt(ordinal, moved int) string {
	switch {
	case s.state == complete && s.percent(97):
		return s.update
	case s.state == odd && s.percent(40) || s.percent(4):
		other := []string{s.current, s.update, "db-forgotten", ""}
		for _, revision := range s.world.Revisions {
			other = append(other, revision.Name)
		}
		return oneOf(s.dice, other...)
	case ordinal >= moved:
		return s.update
	}
	return s.current
}

// pod is a healthy one.
func (s *stateful) pod(ordinal int, revision string) *corev1.Pod {
	name := s.podName(ordinal)
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Namespace: namespace, UID: types.UID("pod-" + strconv.Itoa(ordinal)),
			ResourceVersion:   s.generator.version(),
			CreationTimestamp: s.before(s.now),
			Labels:            maps.Clone(template(current).Labels),
			OwnerReferences:   []metav1.OwnerReference{ownerOf("StatefulSet", s.set.Name, s.set.UID)},
		},
		Spec: corev1.PodSpec{
			Hostname: name, Subdomain: s.set.Spec.ServiceName,
			Containers: []corev1.Container{{Name: "web", Image: "web:1"}},
			Volumes:    s.podVolumes(ordinal),
		},
		Status: corev1.PodStatus{Phase: corev1.PodRunning},
	}
	pod.Labels[appsv1.StatefulSetPodNameLabel] = name
	pod.Labels[appsv1.PodIndexLabel] = strconv.Itoa(ordinal)
	if revision != "" {
		pod.Labels[appsv1.StatefulSetRevisionLabel] = revision
	}
	s.becameReady(pod, corev1.ConditionTrue)
	minReady := time.Duration(s.set.Spec.MinReadySeconds) * time.Second
	pod.Status.Conditions[0].LastTransitionTime = metav1.NewTime(
		s.now.Add(-minReady - time.Duration(s.between(2, 5000))*time.Second).Truncate(time.Second))
	return pod
}

func (s *stateful) becameReady(pod *corev1.Pod, status corev1.ConditionStatus) {
	pod.Status.Conditions = []corev1.PodCondition{{
		Type: corev1.PodReady, Status: status,
		LastTransitionTime: s.around(s.now, s.set.Spec.MinReadySeconds),
	}}
}

func (s *stateful) podVolumes(ordinal int) []corev1.Volume {
	var all []corev1.Volume
	own := map[string]bool{}
	for _, claim := range s.set.Spec.VolumeClaimTemplates {
		own[claim.Name] = true
		all = append(all, corev1.Volume{Name: claim.Name, VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{
				ClaimName: claim.Name + "-" + s.podName(ordinal),
			},
		}})
	}
	for _, volume := range s.volumes {
		if !own[volume.Name] {
			all = append(all, volume)
		}
	}
	return all
}

// sicken makes a pod one of those that a controller waits for or replaces.
func (s *stateful) sicken(pod *corev1.Pod) {
	switch s.IntN(9) {
	case 0, 1:
		pod.Status = corev1.PodStatus{Phase: corev1.PodPending}
	case 2:
		s.becameReady(pod, oneOf(s.dice, corev1.ConditionFalse, corev1.ConditionUnknown))
	case 3, 4:
		s.becameReady(pod, corev1.ConditionTrue)
	case 5:
		pod.Status.Phase = oneOf(s.dice, corev1.PodFailed, corev1.PodSucceeded)
		s.becameReady(pod, oneOf(s.dice, corev1.ConditionFalse, corev1.ConditionTrue))
	case 6, 7:
		s.deletion(pod)
	case 8:
		pod.Status.Phase = oneOf(s.dice, corev1.PodUnknown, corev1.PodPending)
		s.becameReady(pod, corev1.ConditionTrue)
		pod.Status.Conditions[0].LastTransitionTime = oneOf(s.dice, metav1.Time{}, s.before(s.now))
	}
	if s.percent(10) {
		s.deletion(pod)
	}
}

// oneSick makes one pod sick where all were well, the usual trouble, or the last two, which
// stops a scale-down.
func (s *stateful) oneSick() {
	pods := s.world.Pods
	switch {
	case len(pods) == 0:
	case s.percent(25):
		s.sicken(oneOf(s.dice, pods...))
	case s.percent(16):
		fresh := s.percent(50)
		for _, pod := range pods[max(0, len(pods)-2):] {
			s.sicken(pod)
			if fresh {
				pod.DeletionTimestamp, pod.Status.Phase = nil, corev1.PodRunning
				s.becameReady(pod, corev1.ConditionTrue)
			}
		}
	}
}

// muddle takes something of a pod's identity or storage away.
func (s *stateful) muddle(pod *corev1.Pod) {
	volumes := pod.Spec.Volumes
	switch roll := s.IntN(6); {
	case roll == 0:
		delete(pod.Labels, appsv1.StatefulSetPodNameLabel)
	case roll == 1:
		pod.Labels[appsv1.StatefulSetPodNameLabel] = "other-0"
		pod.Labels[appsv1.PodIndexLabel] = "77"
	case roll == 2:
		delete(pod.Labels, appsv1.PodIndexLabel)
	case len(volumes) == 0:
	case roll == 3:
		pod.Spec.Volumes = volumes[1:]
	case roll == 4:
		volumes[0].VolumeSource = corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}
	case roll == 5 && volumes[0].PersistentVolumeClaim != nil:
		volumes[0].PersistentVolumeClaim.ClaimName = "data-other-0"
	}
}

// podBelongs makes some pods orphans, strays or somebody else's.
func (s *stateful) podBelongs(pod *corev1.Pod) {
	switch roll := s.IntN(100); {
	case roll < 8:
		pod.OwnerReferences = nil
	case roll < 10:
		pod.OwnerReferences = nil
		pod.Labels["app"] = "other"
	case roll < 16:
		pod.Labels["app"] = "other"
	case roll < 20:
		pod.OwnerReferences = []metav1.OwnerReference{oneOf(s.dice,
			ownerOf("StatefulSet", s.set.Name, "recreated"),
			ownerOf("StatefulSet", "renamed", s.set.UID),
			ownerOf("ReplicaSet", s.set.Name, s.set.UID))}
	case roll < 22:
		pod.OwnerReferences[0].Controller = ptr.To(false)
	case roll < 24:
		pod.OwnerReferences = append([]metav1.OwnerReference{bystander()}, pod.OwnerReferences...)
	case roll < 25:
		pod.Namespace = "elsewhere"
	}
}

// strangeNames adds pods that the StatefulSet owns and whose names are no ordinals of it,
// or gives one pod another spelling of its ordinal. No two pods have one ordinal: which of
// them counted would be random.
func (s *stateful) strangeNames() {
	if s.percent(4) {
		pod := s.pod(0, s.update)
		pod.UID = "strange"
		pod.Name = s.set.Name + oneOf(s.dice, "", "-", "-x", "-extra-0", "-99999999999")
		if s.percent(30) {
			pod.OwnerReferences = nil
		}
		s.world.Pods = append(s.world.Pods, pod)
	}
	if len(s.world.Pods) > 0 && s.percent(2) {
		pod := oneOf(s.dice, s.world.Pods...)
		if ordinal, ok := strings.CutPrefix(pod.Name, s.set.Name+"-"); ok && ordinal != "" {
			pod.Name = s.set.Name + "-0" + ordinal
		}
	}
}
