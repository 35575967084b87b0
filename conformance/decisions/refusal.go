package decisions

import (
	"errors"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// Refusal is a rule of the API server: which writes it refuses and why.
type Refusal struct {
	Verb     controller.Verb `json:"verb"`
	Resource string          `json:"resource"`
	// Name of the object; empty: any.
	Name string `json:"name,omitempty"`
	// After is how many such writes pass before the rule applies.
	After int `json:"after,omitempty"`
	// Times is how often the rule applies; 0: from then on.
	Times int    `json:"times,omitempty"`
	Cause string `json:"cause"`
}

// The causes of refusals.
const (
	Quota                = "Quota"
	NamespaceTerminating = "NamespaceTerminating"
	Conflict             = "Conflict"
	NotFound             = "NotFound"
	Invalid              = "Invalid"
	AlreadyExists        = "AlreadyExists"
	Internal             = "Internal"
	Disconnected         = "Disconnected"
)

// errorOf is what a client gets. Its text names no object: several requests run
// at once, and which of them is refused must not show in a condition.
func errorOf(cause, resource string) error {
	group := ""
	if resource != "pods" {
		group = "apps"
	}
	kind := schema.GroupResource{Group: group, Resource: resource}
	switch cause {
	case Quota:
		return apierrors.NewForbidden(kind, "it", errors.New("exceeded quota: small"))
	case NamespaceTerminating:
		refusal := apierrors.NewForbidden(kind, "it",
			errors.New("the namespace is being terminated"))
		refusal.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: corev1.NamespaceTerminatingCause}}
		return refusal
	case Conflict:
		return apierrors.NewConflict(kind, "it", errors.New("the object has been modified"))
	case NotFound:
		return apierrors.NewNotFound(kind, "it")
	case Invalid:
		return apierrors.NewInvalid(schema.GroupKind{Group: group, Kind: "It"}, "it", nil)
	case AlreadyExists:
		return apierrors.NewAlreadyExists(kind, "it")
	case Internal:
		return apierrors.NewInternalError(errors.New("etcd is slow"))
	}
	return errors.New("connection refused")
}
