package revision

import (
	"encoding/json"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// Undo is what going back to a revision sends, and what it makes of a Deployment.
type Undo struct {
	Entry
	// Skipped: the Deployment already has this template, and nothing is sent.
	Skipped bool

	// Template has no pod-template-hash label.
	Template    corev1.PodTemplateSpec
	Annotations map[string]string
}

// Rollback says what kubectl rollout undo does with a Deployment; revision 0 is
// the previous one. A paused Deployment is refused.
// Follows kubectl's rollback.go DeploymentRollbacker.Rollback, v0.37.2.
func Rollback(d *appsv1.Deployment, sets []*appsv1.ReplicaSet, number int64) (Undo, error) {
	entry, err := Find(d, sets, number)
	if err != nil {
		return Undo{}, err
	}
	if d.Spec.Paused {
		return Undo{}, fmt.Errorf("deployment/%s is paused: resume it before going back to revision %d",
			d.Name, entry.Number)
	}
	return Undo{
		Entry:       entry,
		Skipped:     SameTemplate(&entry.ReplicaSet.Spec.Template, &d.Spec.Template),
		Template:    WithoutHash(&entry.ReplicaSet.Spec.Template),
		Annotations: restoredAnnotations(d, entry.ReplicaSet),
	}, nil
}

// Patch returns the JSON patch to send.
// Follows kubectl's rollback.go getDeploymentPatch, v0.37.2.
func (u Undo) Patch() ([]byte, error) {
	type replace struct {
		Op    string `json:"op"`
		Path  string `json:"path"`
		Value any    `json:"value"`
	}
	patch, err := json.Marshal([]replace{
		{Op: "replace", Path: "/spec/template", Value: u.Template},
		{Op: "replace", Path: "/metadata/annotations", Value: u.Annotations},
	})
	if err != nil {
		return nil, fmt.Errorf("encoding revision %d of replicaset/%s: %w", u.Number, u.ReplicaSet.Name, err)
	}
	return patch, nil
}

// restoredAnnotations takes what the controller keeps for itself from the
// Deployment and all else from the ReplicaSet: other annotations of today go.
func restoredAnnotations(d *appsv1.Deployment, from *appsv1.ReplicaSet) map[string]string {
	annotations := map[string]string{}
	for key, value := range d.Annotations {
		if Kept(key) {
			annotations[key] = value
		}
	}
	for key, value := range from.Annotations {
		if !Kept(key) {
			annotations[key] = value
		}
	}
	return annotations
}

// Kept reports whether an annotation belongs to one object only: it is copied
// neither from a Deployment to its ReplicaSets nor back by a rollback.
// Follows deployment_util.go annotationsToSkip, v1.37.0.
func Kept(annotation string) bool {
	switch annotation {
	case corev1.LastAppliedConfigAnnotation, Annotation, HistoryAnnotation,
		DesiredReplicasAnnotation, MaxReplicasAnnotation, appsv1.DeprecatedRollbackTo:
		return true
	}
	return false
}
