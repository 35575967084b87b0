package rollouts

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// bind gives a new claim its volume at once, and the finalizer that keeps it as long
// as a Pod uses it.
func bind(claim *corev1.PersistentVolumeClaim) {
	claim.Spec.VolumeName = "volume-of-" + claim.Name
	claim.Status = corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound}
	claim.Finalizers = []string{"kubernetes.io/pvc-protection"}
}

// collect does at once what the garbage collector and the protection of claims make of
// the store: a claim whose owners are gone is deleted, one that is being deleted goes
// when no Pod uses it. The lock is held.
func (s *store) collect() {
	for _, name := range slices.Sorted(maps.Keys(s.objects[claims])) {
		claim := s.objects[claims][name]
		if s.isGarbage(claim) {
			s.terminate(claims, claim)
			claim = s.objects[claims][name]
		}
		if claim.GetDeletionTimestamp() != nil && !s.inUse(name) {
			s.drop(claims, claim)
		}
	}
}

// isGarbage reports whether an object had owners and none of them exists any more.
func (s *store) isGarbage(object cluster.Object) bool {
	owners := object.GetOwnerReferences()
	return len(owners) > 0 && !slices.ContainsFunc(owners, s.exists)
}

func (s *store) exists(owner metav1.OwnerReference) bool {
	for _, resource := range resources() {
		if object, ok := s.objects[resource][owner.Name]; ok && object.GetUID() == owner.UID {
			return true
		}
	}
	return false
}

// inUse reports whether a Pod has a claim among its volumes. All Pods have a node, so
// those that never started count too.
// Follows volume/pvcprotection pvc_protection_controller.go podUsesPVCForDeletion, v1.37.0.
func (s *store) inUse(claim string) bool {
	for _, object := range s.objects[pods] {
		if slices.Contains(claimsOf(object.(*corev1.Pod)), claim) {
			return true
		}
	}
	return false
}

// claimsOf names the claims that a Pod uses.
func claimsOf(pod *corev1.Pod) []string {
	var names []string
	for _, volume := range pod.Spec.Volumes {
		if volume.PersistentVolumeClaim != nil {
			names = append(names, volume.PersistentVolumeClaim.ClaimName)
		}
	}
	return names
}

// isUsable reports whether a Pod can start with its claims as they are: each exists, is
// bound and is not being deleted. The lock is held.
func (s *store) isUsable(pod *corev1.Pod) bool {
	for _, name := range claimsOf(pod) {
		claim, ok := s.objects[claims][name].(*corev1.PersistentVolumeClaim)
		if !ok || claim.Status.Phase != corev1.ClaimBound || claim.DeletionTimestamp != nil {
			return false
		}
	}
	return true
}

// usable is isUsable without the lock.
func (s *store) usable(pod *corev1.Pod) bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.isUsable(pod)
}

// setPhase changes how claims stand to their volumes.
func (s *store) setPhase(names []string, phase corev1.PersistentVolumeClaimPhase) {
	s.lock.Lock()
	defer s.lock.Unlock()
	for _, name := range names {
		if current, ok := s.objects[claims][name]; ok {
			claim := current.DeepCopyObject().(*corev1.PersistentVolumeClaim)
			claim.Status.Phase = phase
			s.put(watch.Modified, claims, claim)
		}
	}
}
