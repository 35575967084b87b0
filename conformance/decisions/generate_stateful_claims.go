package decisions

import (
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

// claims draws the PersistentVolumeClaims: of pods that are there, of pods that are to be
// created again, and of pods that were scaled away.
func (s *stateful) claims() {
	// In most worlds the owners are what the policy says.
	strays := oneOf(s.dice, 0, 0, 0, 3, 10, 40) // percent
	for ordinal := max(0, s.start()-3); ordinal < s.end()+5; ordinal++ {
		pod := s.existing(s.podName(ordinal))
		exists := 97.0
		if pod == nil {
			exists = 50
		}
		for i := range s.set.Spec.VolumeClaimTemplates {
			claim := s.claim(&s.set.Spec.VolumeClaimTemplates[i], ordinal)
			if !s.percent(exists) {
				s.missing = append(s.missing, claim.Name)
				continue
			}
			astray := s.percent(float64(strays))
			claim.OwnerReferences = s.owners(ordinal, pod, astray)
			if astray {
				s.astray = append(s.astray, claim.Name)
			}
			s.world.Claims = append(s.world.Claims, claim)
		}
	}
}

func (s *stateful) existing(name string) *corev1.Pod {
	for _, pod := range s.world.Pods {
		if pod.Name == name && pod.Namespace == namespace {
			return pod
		}
	}
	return nil
}

func (s *stateful) claim(template *corev1.PersistentVolumeClaim, ordinal int) *corev1.PersistentVolumeClaim {
	claim := template.DeepCopy()
	claim.Name += "-" + s.podName(ordinal)
	claim.Namespace, claim.UID = namespace, types.UID(claim.Name)
	claim.ResourceVersion = s.generator.version()
	if claim.Labels == nil {
		claim.Labels = map[string]string{}
	}
	maps.Copy(claim.Labels, s.set.Spec.Selector.MatchLabels)
	claim.Spec.VolumeName = "volume-" + claim.Name
	claim.Status.Phase = corev1.ClaimBound
	if s.percent(2) {
		s.deletion(claim)
	}
	return claim
}

// owners are those that the retention policy asks for, or others.
func (s *stateful) owners(ordinal int, pod *corev1.Pod, astray bool) []metav1.OwnerReference {
	set := ownerOf("StatefulSet", s.set.Name, s.set.UID)
	podRef := ownerOf("Pod", s.podName(ordinal), "pod-of-old")
	podRef.APIVersion = "v1"
	if pod != nil {
		podRef.UID = pod.UID
	}
	if astray {
		return s.otherOwners(set, podRef)
	}
	policy := appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{}
	if s.set.Spec.PersistentVolumeClaimRetentionPolicy != nil {
		policy = *s.set.Spec.PersistentVolumeClaimRetentionPolicy
	}
	condemned := ordinal < s.start() || ordinal >= s.end()
	if pod == nil && s.percent(15) {
		condemned = true // until a moment ago
	}
	const deletes = appsv1.DeletePersistentVolumeClaimRetentionPolicyType
	switch {
	case policy.WhenScaled == deletes && condemned:
		return []metav1.OwnerReference{podRef}
	case policy.WhenDeleted == deletes:
		return []metav1.OwnerReference{set}
	}
	return nil
}

// otherOwners are any of those that the controller tells apart.
func (s *stateful) otherOwners(set, pod metav1.OwnerReference) []metav1.OwnerReference {
	plain := func(ref metav1.OwnerReference) metav1.OwnerReference {
		ref.Controller, ref.BlockOwnerDeletion = oneOf(s.dice, nil, ptr.To(false)), nil
		return ref
	}
	stale := func(ref metav1.OwnerReference) metav1.OwnerReference {
		ref.UID = "older"
		return ref
	}
	beta := set
	beta.APIVersion = "apps/v1beta1"
	backup := ownerOf("Backup", "nightly", "backup")
	return oneOf(s.dice,
		nil, nil,
		[]metav1.OwnerReference{set},
		[]metav1.OwnerReference{pod},
		[]metav1.OwnerReference{set, plain(pod)},
		[]metav1.OwnerReference{plain(set)},
		[]metav1.OwnerReference{plain(pod)},
		[]metav1.OwnerReference{stale(set)},
		[]metav1.OwnerReference{stale(pod)},
		[]metav1.OwnerReference{set, stale(pod)},
		[]metav1.OwnerReference{backup},
		[]metav1.OwnerReference{backup, plain(set)},
		[]metav1.OwnerReference{backup, plain(pod)},
		[]metav1.OwnerReference{bystander()},
		[]metav1.OwnerReference{bystander(), set},
		[]metav1.OwnerReference{beta},
	)
}
