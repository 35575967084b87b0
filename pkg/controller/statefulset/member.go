package statefulset

import (
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// member is a pod of the StatefulSet, or one that ought to be.
type member struct {
	place
	at   int // its place
	name string
}

func (m member) uid() types.UID {
	if m.pod == nil {
		return ""
	}
	return m.pod.UID
}

func (s *sync) memberAt(at int) member {
	m := member{place: s.pods.places[at], at: at}
	if m.pod != nil {
		m.name = m.pod.Name
	} else {
		m.name = PodName(s.set, m.ordinal)
	}
	return m
}

// PodName is the name of the pod with an ordinal: db-0.
// Follows stateful_set_utils.go getPodName, v1.37.0.
func PodName(set *appsv1.StatefulSet, ordinal int) string {
	return set.Name + "-" + strconv.Itoa(ordinal)
}

// versionFor is the revision that a missing pod gets.
// Follows stateful_set_utils.go newVersionedStatefulSetPod, v1.37.0.
func (s *sync) versionFor(ordinal int) *version {
	if ordinal-s.pods.shape.start < s.keepOld() {
		return s.current
	}
	return s.update
}

// keepOld is how many of the first ordinals get a missing pod back at the current
// revision: as many as the partition says, or, without a rollingUpdate block, as many
// as the status counts current pods.
// Follows stateful_set_utils.go newVersionedStatefulSetPod, v1.37.0.
//
// Example: 4 pods, type RollingUpdate and no block. Two are updated, and db-1 is
// evicted: 1 is below currentReplicas 2, so db-1 comes back old. With
// "rollingUpdate: {partition: 0}" it comes back new.
func (s *sync) keepOld() int {
	strategy := s.set.Spec.UpdateStrategy
	switch {
	case strategy.RollingUpdate != nil:
		return partition(s.set)
	case strategy.Type == appsv1.RollingUpdateStatefulSetStrategyType:
		return int(s.set.Status.CurrentReplicas)
	}
	return 0
}

// identityMatches follows stateful_set_utils.go identityMatches, v1.37.0.
func (s *sync) identityMatches(name string, labels map[string]string, ordinal int) bool {
	return name == PodName(s.set, ordinal) && labels[appsv1.StatefulSetPodNameLabel] == name
}

// storageMatches reports whether a pod has the volumes of all claims.
// Follows stateful_set_utils.go storageMatches, v1.37.0.
func (s *sync) storageMatches(pod *corev1.Pod, ordinal int) bool {
	volumes := map[string]corev1.Volume{}
	for _, volume := range pod.Spec.Volumes {
		volumes[volume.Name] = volume
	}
	for _, template := range s.set.Spec.VolumeClaimTemplates {
		source := volumes[template.Name].PersistentVolumeClaim
		if source == nil || source.ClaimName != ClaimName(template.Name, s.set.Name, ordinal) {
			return false
		}
	}
	return true
}

// inShape reports whether identity and volumes of a pod are as they should. A pod
// that the controller made, and nobody touched since, is.
func (s *sync) inShape(m member) bool {
	if m.pod == nil {
		return true
	}
	return s.identityMatches(m.name, m.pod.Labels, m.ordinal) &&
		(m.pod.Object == nil || s.storageMatches(m.pod.Object, m.ordinal))
}
