package statefulset

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// The words of a retention policy.
const (
	keep   = appsv1.RetainPersistentVolumeClaimRetentionPolicyType
	remove = appsv1.DeletePersistentVolumeClaimRetentionPolicyType
)

// retentionPolicy is what becomes of claims; without a policy all stay.
// Follows stateful_set_utils.go getPersistentVolumeClaimRetentionPolicy, v1.37.0.
func retentionPolicy(set *appsv1.StatefulSet) appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy {
	if policy := set.Spec.PersistentVolumeClaimRetentionPolicy; policy != nil {
		return *policy
	}
	return appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{WhenDeleted: keep, WhenScaled: keep}
}

// holder is an object that may own a claim.
type holder struct {
	kind schema.GroupVersionKind
	name string
	uid  types.UID // empty: it does not exist yet
}

// names reports whether an owner reference means the holder, or an earlier object of
// its name. Follows stateful_set_utils.go matchesRef, v1.37.0.
func (h holder) names(ref metav1.OwnerReference) bool {
	return ref.APIVersion == h.kind.GroupVersion().String() && ref.Kind == h.kind.Kind && ref.Name == h.name
}

// owns follows stateful_set_utils.go hasOwnerRef, v1.37.0.
func (h holder) owns(claim *corev1.PersistentVolumeClaim) bool {
	return slices.ContainsFunc(claim.OwnerReferences, func(ref metav1.OwnerReference) bool {
		return ref.UID == h.uid
	})
}

// owned tells who a claim belongs to: to the StatefulSet or to a pod, by the policy
// and by whether the pod is wanted. Owners are what the garbage collector follows: a
// claim goes with its owner.
//
//	whenScaled  whenDeleted  pod wanted   condemned
//	Retain      Retain       nobody       nobody
//	Retain      Delete       StatefulSet  StatefulSet
//	Delete      Retain       nobody       pod
//	Delete      Delete       StatefulSet  pod
type owned struct {
	claim     *corev1.PersistentVolumeClaim
	set, pod  holder
	policy    appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy
	condemned bool
}

// wantsSet and wantsPod say whose the claim ought to be. An unknown policy counts as
// Retain.
func (o owned) wantsSet() bool {
	scaled := o.policy.WhenScaled
	return o.policy.WhenDeleted == remove && (scaled == keep || scaled == remove && !o.condemned)
}

func (o owned) wantsPod() bool {
	known := o.policy.WhenDeleted == keep || o.policy.WhenDeleted == remove
	return known && o.policy.WhenScaled == remove && o.condemned
}

func (o owned) asWanted() bool {
	return o.set.owns(o.claim) == o.wantsSet() && o.pod.owns(o.claim) == o.wantsPod()
}

// upToDate reports whether a claim's owners are right, or none of our business: it is
// left alone where a reference means an earlier StatefulSet or pod of the same name,
// or where somebody else controls it.
// Follows stateful_set_utils.go isClaimOwnerUpToDate, v1.37.0.
func (o owned) upToDate() bool {
	switch {
	case o.stale(o.set) || o.stale(o.pod):
		return true
	case o.foreign():
		return !o.set.owns(o.claim) && !o.pod.owns(o.claim)
	case o.loose():
		return false
	}
	return o.asWanted()
}

// stale reports whether the first reference that names a holder means another object.
// Follows stateful_set_utils.go hasStaleOwnerRef, v1.37.0.
func (o owned) stale(h holder) bool {
	first := slices.IndexFunc(o.claim.OwnerReferences, h.names)
	return first >= 0 && o.claim.OwnerReferences[first].UID != h.uid
}

// foreign reports whether somebody else controls a claim whose policy deletes.
// Follows stateful_set_utils.go hasUnexpectedController, v1.37.0.
func (o owned) foreign() bool {
	if o.policy.WhenScaled == keep && o.policy.WhenDeleted == keep {
		return false
	}
	return slices.ContainsFunc(o.claim.OwnerReferences, func(ref metav1.OwnerReference) bool {
		switch {
		case o.set.names(ref):
			return ref.UID != o.set.uid
		case o.pod.names(ref):
			return ref.UID != o.pod.uid
		}
		return controls(ref)
	})
}

// loose reports whether the StatefulSet or the pod owns the claim without controlling
// it, as up to v1.30. Follows stateful_set_utils.go hasNonControllerOwner, v1.37.0.
func (o owned) loose() bool {
	return slices.ContainsFunc(o.claim.OwnerReferences, func(ref metav1.OwnerReference) bool {
		return (ref.UID == o.set.uid || ref.UID == o.pod.uid) && !controls(ref)
	})
}

func controls(ref metav1.OwnerReference) bool { return ref.Controller != nil && *ref.Controller }

// owners returns the references that the claim ought to have.
// Follows stateful_set_utils.go updateClaimOwnerRefForSetAndPod, v1.37.0.
func (o owned) owners() []metav1.OwnerReference {
	refs := []metav1.OwnerReference{}
	for _, ref := range o.claim.OwnerReferences {
		if !o.set.names(ref) && !o.pod.names(ref) {
			refs = append(refs, ref)
		}
	}
	if o.foreign() {
		return refs
	}
	if o.wantsSet() {
		refs = withController(refs, o.set)
	}
	if o.wantsPod() {
		refs = withController(refs, o.pod)
	}
	return refs
}

// withController follows stateful_set_utils.go addControllerRef, v1.37.0.
func withController(refs []metav1.OwnerReference, h holder) []metav1.OwnerReference {
	if slices.ContainsFunc(refs, func(ref metav1.OwnerReference) bool { return ref.UID == h.uid }) {
		return refs
	}
	yes := true
	return append(refs, metav1.OwnerReference{
		APIVersion: h.kind.GroupVersion().String(), Kind: h.kind.Kind, Name: h.name, UID: h.uid,
		Controller: &yes, BlockOwnerDeletion: &yes,
	})
}

// plainOwners is owners up to v1.30: whoever has to own the claim does so beside any
// other. Follows stateful_set_utils.go updateClaimOwnerRefForSetAndPod, v1.29.6.
func (o owned) plainOwners() []metav1.OwnerReference {
	refs := slices.Clone(o.claim.OwnerReferences)
	for _, owner := range []struct {
		holder
		wanted bool
	}{{o.set, o.wantsSet()}, {o.pod, o.wantsPod()}} {
		at := slices.IndexFunc(refs, func(ref metav1.OwnerReference) bool { return ref.UID == owner.uid })
		switch {
		case owner.wanted && at < 0:
			refs = append(refs, metav1.OwnerReference{
				APIVersion: owner.kind.GroupVersion().String(), Kind: owner.kind.Kind, Name: owner.name, UID: owner.uid,
			})
		case !owner.wanted && at >= 0:
			refs = slices.Delete(refs, at, at+1)
		}
	}
	return refs
}
