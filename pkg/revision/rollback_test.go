package revision

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func deployment() *appsv1.Deployment {
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "shop", UID: "u"},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}},
			Template: template("web:3"),
		},
	}
}

// set is created that many minutes after the others and controlled by d.
func set(d *appsv1.Deployment, image, number string, minute int) *appsv1.ReplicaSet {
	pod := template(image)
	pod.Labels[appsv1.DefaultDeploymentUniqueLabelKey] = "h" + number
	return &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{
			Name: "web-h" + number, Namespace: "shop", Labels: pod.Labels,
			Annotations:       map[string]string{Annotation: number},
			CreationTimestamp: metav1.NewTime(time.Unix(int64(60*minute), 0)),
			OwnerReferences: []metav1.OwnerReference{
				*metav1.NewControllerRef(d, appsv1.SchemeGroupVersion.WithKind("Deployment")),
			},
		},
		Spec: appsv1.ReplicaSetSpec{Template: pod},
	}
}

func threeRevisions(d *appsv1.Deployment) []*appsv1.ReplicaSet {
	return []*appsv1.ReplicaSet{
		set(d, "web:3", "3", 3), set(d, "web:1", "1", 1), set(d, "web:2", "2", 2),
	}
}

func TestHistoryHoldsOwnedAndNumberedSetsInOrder(t *testing.T) {
	d := deployment()
	sets := threeRevisions(d)
	sets[1].Annotations[ChangeCauseAnnotation] = "first"
	foreign := set(d, "web:9", "9", 9)
	foreign.OwnerReferences[0].UID = "other"
	unselected := set(d, "web:8", "8", 8)
	unselected.Labels = map[string]string{"app": "else"}
	elsewhere := set(d, "web:7", "7", 7)
	elsewhere.Namespace = "else"
	broken := set(d, "web:6", "six", 6)
	entries := OfDeployment(d, append(sets, foreign, unselected, elsewhere, broken))
	var got []int64
	for _, e := range entries {
		got = append(got, e.Number)
	}
	if diff := cmp.Diff([]int64{1, 2, 3}, got); diff != "" {
		t.Error(diff)
	}
	if entries[0].ChangeCause != "first" || entries[0].ReplicaSet != sets[1] {
		t.Errorf("got %+v", entries[0])
	}
}

func TestRollbackFindsTheRevision(t *testing.T) {
	for _, c := range []struct {
		number, want int64
	}{{0, 2}, {1, 1}, {2, 2}, {3, 3}} {
		d := deployment()
		undo, err := Rollback(d, threeRevisions(d), c.number)
		if err != nil {
			t.Fatal(err)
		}
		if undo.Number != c.want || undo.Skipped != (c.want == 3) {
			t.Errorf("revision %d: got %d, skipped %v", c.number, undo.Number, undo.Skipped)
		}
		if len(undo.Template.Labels) != 1 || len(undo.ReplicaSet.Spec.Template.Labels) != 2 {
			t.Errorf("revision %d: the hash label is not removed from a copy", c.number)
		}
	}
}

func TestRollbackRefuses(t *testing.T) {
	paused := deployment()
	paused.Spec.Paused = true
	d := deployment()
	for _, c := range []struct {
		d      *appsv1.Deployment
		sets   []*appsv1.ReplicaSet
		number int64
		want   string
	}{
		{d, threeRevisions(d), 7, "deployment/web has no revision 7: it has 1, 2, 3"},
		{d, threeRevisions(d), -1, "deployment/web has no revision -1: it has 1, 2, 3"},
		{d, threeRevisions(d)[:1], 0, "deployment/web has no previous revision: it has 3"},
		{d, nil, 1, "deployment/web has no revision 1: the state holds no ReplicaSet of it with a revision"},
		{paused, threeRevisions(paused), 1, "deployment/web is paused: resume it before going back to revision 1"},
	} {
		_, err := Rollback(c.d, c.sets, c.number)
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestRollbackPatchKeepsSixAnnotationsAndDropsTheRest(t *testing.T) {
	d := deployment()
	d.Annotations = map[string]string{
		"team": "today", Annotation: "3", corev1.LastAppliedConfigAnnotation: "{}",
	}
	sets := threeRevisions(d)
	sets[1].Annotations["team"] = "then"
	sets[1].Annotations[DesiredReplicasAnnotation] = "4"
	undo, err := Rollback(d, sets, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"team": "then", Annotation: "3", corev1.LastAppliedConfigAnnotation: "{}",
	}
	if diff := cmp.Diff(want, undo.Annotations); diff != "" {
		t.Error(diff)
	}
	patch, err := undo.Patch()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(patch), `[{"op":"replace","path":"/spec/template","value":{"metadata":`) ||
		strings.Contains(string(patch), "pod-template-hash") {
		t.Errorf("patch: %s", patch)
	}
}
