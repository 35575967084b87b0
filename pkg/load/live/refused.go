package live

import (
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

// refused makes an answer of a dry run's error: what the server would refuse, or why
// it cannot be asked. What says nothing about the change stays an error.
//
//	422                                          refused, field by field
//	400, 403 of a webhook, a policy, a quota     refused, with its own words
//	403 by RBAC                                  not tried: others may write
//	400 webhook that does not know dry runs      not tried
//	404 of the namespace                         not tried: it may be in the same input
//	404, 409                                     the object is not as in the state
func refused(err error, w Write, c call) (Answer, error) {
	var answered apierrors.APIStatus
	if !errors.As(err, &answered) {
		return Answer{}, err
	}
	status := answered.Status()
	message := oneLine(status.Message)
	switch {
	case deniedByWebhook(message), apierrors.IsInvalid(err):
		return Answer{Refusals: refusals(status)}, nil
	case strings.Contains(message, "does not support dry run"):
		return Answer{Untried: message}, nil
	case forbidsUser(err):
		return Answer{Untried: fmt.Sprintf("%s may not %s", userOf(err), c)}, nil
	case apierrors.IsForbidden(err), apierrors.IsBadRequest(err),
		apierrors.IsRequestEntityTooLargeError(err):
		return Answer{Refusals: refusals(status)}, nil
	case isNamespace(status):
		return Answer{Untried: fmt.Sprintf("there is no namespace %s yet", w.Ref.Namespace)}, nil
	case apierrors.IsAlreadyExists(err), apierrors.IsConflict(err),
		apierrors.IsNotFound(err) && !unknownResource(err):
		return Answer{}, moved(w.Ref)
	case strings.Contains(message, "failed calling webhook"):
		return Answer{}, tell(err,
			fmt.Sprintf("%s -n %s cannot be tried: %s", w.Ref, w.Ref.Namespace, message),
			"--defaulting local plans without asking the server")
	}
	return Answer{}, err
}

// deniedByWebhook recognises a denial by the words that API servers put before what a
// webhook says: its code and reason are the webhook's to choose.
func deniedByWebhook(message string) bool {
	return strings.HasPrefix(message, "admission webhook ") &&
		strings.Contains(message, " denied the request")
}

// refusals are the fields that the server names, or else the whole of what it says.
func refusals(status metav1.Status) []validate.Refusal {
	var list []validate.Refusal
	if status.Details != nil && !deniedByWebhook(status.Message) {
		for _, cause := range status.Details.Causes {
			if cause.Field != "" {
				list = append(list, validate.Refusal{Field: cause.Field, Reason: oneLine(cause.Message)})
			}
		}
	}
	if len(list) == 0 {
		list = append(list, validate.Refusal{Reason: oneLine(status.Message)})
	}
	return list
}

func isNamespace(status metav1.Status) bool {
	return status.Reason == metav1.StatusReasonNotFound &&
		status.Details != nil && status.Details.Kind == "namespaces"
}
