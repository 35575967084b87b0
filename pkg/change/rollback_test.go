package change

import (
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestRollbackSendsTheTemplateOfTheRevision(t *testing.T) {
	d := deployment(t, live)
	to := target(d)
	to.State.ReplicaSets = revisions(d)
	e := apply(t, Rollback{0}, to)
	if got := e.After.(*appsv1.Deployment).Spec.Template; got.Spec.Containers[0].Image != "web:0" ||
		got.Labels[appsv1.DefaultDeploymentUniqueLabelKey] != "" {
		t.Errorf("got %v", got)
	}
	if e.PatchType != "application/json-patch+json" || len(e.Body.([]any)) != 2 {
		t.Errorf("sends %s %v", e.PatchType, e.Body)
	}
	if _, kept := e.After.GetAnnotations()["team"]; kept {
		t.Error("an annotation that the revision has not is kept")
	}
	e = apply(t, Rollback{2}, to)
	if e.Changed() || !slices.Contains(e.Notes, "skipped rollback: the template already is that of revision 2") {
		t.Errorf("changes %v, notes %v", e.Changes, e.Notes)
	}
}

// revisions are web:0 (1) and what the Deployment has (2).
func revisions(d *appsv1.Deployment) []*appsv1.ReplicaSet {
	var sets []*appsv1.ReplicaSet
	for i, image := range []string{"web:0", "web:1"} {
		set := &appsv1.ReplicaSet{Spec: appsv1.ReplicaSetSpec{Template: *d.Spec.Template.DeepCopy()}}
		set.Spec.Template.Spec.Containers[0].Image = image
		set.Spec.Template.Labels[appsv1.DefaultDeploymentUniqueLabelKey] = image[4:]
		set.Name, set.Namespace, set.Labels = "web-"+image[4:], "shop", set.Spec.Template.Labels
		set.Annotations = map[string]string{"deployment.kubernetes.io/revision": []string{"1", "2"}[i]}
		set.OwnerReferences = append(set.OwnerReferences, ownerOf(d))
		sets = append(sets, set)
	}
	return sets
}

func ownerOf(d *appsv1.Deployment) metav1.OwnerReference {
	return *metav1.NewControllerRef(d, appsv1.SchemeGroupVersion.WithKind("Deployment"))
}
