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
	d, ok := after.(*appsv1.Deployment)
	if !ok {
		return Edit{}, fmt.Errorf(
			"%s cannot be restarted, since a ReplicaSet never replaces pods: delete its pods",
			cluster.RefOf(after))
	}
	if d.Spec.Paused {
		return Edit{}, fmt.Errorf("deployment/%s is paused: resume it before a restart", d.Name)
	}
	at := to.Now.UTC().Format(time.RFC3339)
	if d.Spec.Template.Annotations[restartedAt] == at {
		return Edit{}, fmt.Errorf("deployment/%s was restarted in this same second: wait a second", d.Name)
	}
	if d.Spec.Template.Annotations == nil {
		d.Spec.Template.Annotations = map[string]string{}
	}
	d.Spec.Template.Annotations[restartedAt] = at
	return to.edited(d, request{})
}
