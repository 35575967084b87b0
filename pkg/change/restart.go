package change

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

const restartedAt = "kubectl.kubernetes.io/restartedAt"

// Restart replaces all pods by ones with the same template but for an annotation.
type Restart struct{}

// Apply implements Intent.
// Follows kubectl's objectrestarter.go defaultObjectRestarter, v0.37.2.
func (Restart) Apply(to Target) (Edit, error) {
	after, err := to.workload()
	if err != nil {
		return Edit{}, err
	}
	ref := cluster.RefOf(after)
	switch o := after.(type) {
	case *appsv1.ReplicaSet:
		return Edit{}, fmt.Errorf(
			"%s cannot be restarted, since a ReplicaSet never replaces pods: delete its pods", ref)
	case *appsv1.Deployment:
		if o.Spec.Paused {
			return Edit{}, fmt.Errorf("%s is paused: resume it before a restart", ref)
		}
	}
	template, at := podTemplate(after), to.Now.UTC().Format(time.RFC3339)
	if template.Annotations[restartedAt] == at {
		return Edit{}, fmt.Errorf("%s was restarted in this same second: wait a second", ref)
	}
	if template.Annotations == nil {
		template.Annotations = map[string]string{}
	}
	template.Annotations[restartedAt] = at
	return to.edited(after, request{})
}
