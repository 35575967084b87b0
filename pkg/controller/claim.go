package controller

import (
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Claim is what a controller does about the ownership of one object.
type Claim int

// The claims.
const (
	Ignore  Claim = iota // somebody else's, or nobody's business
	Keep                 // owned, and the selector matches
	Adopt                // nobody's, and the selector matches
	Release              // owned, and the selector does not match
)

// ClaimOf says what a controller does about an object.
// Follows controller_ref_manager.go ClaimObject, v1.37.0:
//
//	owned    matches  controller deleting  object deleting
//	by me    yes      any                  any              Keep
//	by me    no       no                   any              Release
//	nobody   yes      no                   no               Adopt
//	any other case                                          Ignore
func ClaimOf(controller, object metav1.Object, matches bool) Claim {
	owner := metav1.GetControllerOfNoCopy(object)
	deleting := controller.GetDeletionTimestamp() != nil
	switch {
	case owner != nil && owner.UID != controller.GetUID():
		return Ignore
	case owner != nil && matches:
		return Keep
	case owner != nil && !deleting:
		return Release
	case owner != nil || deleting || !matches || object.GetDeletionTimestamp() != nil:
		return Ignore
	case controller.GetNamespace() != "" && controller.GetNamespace() != object.GetNamespace():
		return Ignore
	}
	return Adopt
}

// AdoptionPatch is the strategic merge patch that makes owner the controller of
// an object. Follows controller_ref_manager.go ownerRefControllerPatch, v1.37.0.
func AdoptionPatch(owner metav1.OwnerReference, object types.UID) []byte {
	return ownersPatch(object, []metav1.OwnerReference{owner})
}

// ReleasePatch is the strategic merge patch that takes an owner off an object.
// Follows controller_ref_manager.go GenerateDeleteOwnerRefStrategicMergeBytes,
// v1.37.0.
func ReleasePatch(owner, object types.UID) []byte {
	return ownersPatch(object, []map[string]string{{"$patch": "delete", "uid": string(owner)}})
}

func ownersPatch[T any](object types.UID, owners []T) []byte {
	patch := map[string]any{
		"metadata": map[string]any{"uid": object, "ownerReferences": owners},
	}
	// Strings and booleans always encode.
	data, _ := json.Marshal(patch)
	return data
}
