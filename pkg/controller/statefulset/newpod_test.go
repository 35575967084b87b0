package statefulset

import (
	"maps"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

func TestANewPodHasIdentityOfItsOrdinalAndVolumesOfItsClaims(t *testing.T) {
	for version, index := range map[string]string{"version=1.37": "3", "version=1.31 gates=PodIndexLabel=false": ""} {
		w := newWorld(t, "replicas=1 start=3 claims=data,wal pods=0 "+version)
		w.change(func(set *appsv1.StatefulSet) {
			set.Spec.Template.Annotations = map[string]string{"team": "shop"}
			set.Spec.Template.Spec.Volumes = []corev1.Volume{{Name: "tmp"}, {Name: "wal"}}
			set.Spec.Template.Spec.Containers[0].Image = "web:2"
		})
		w.pods = NewPodSet(nil)
		var pod *corev1.Pod
		for _, write := range w.decide().Writes {
			if write.Object.Kind == "Pod" {
				pod = write.Body.(*corev1.Pod)
			}
		}
		if pod.Name != "db-3" || pod.Namespace != "shop" || pod.GenerateName != "db-" ||
			pod.Spec.Hostname != "db-3" || pod.Spec.Subdomain != "db" {
			t.Errorf("%s: %+v", version, pod)
		}
		labels := map[string]string{
			"app": "db", appsv1.StatefulSetPodNameLabel: "db-3",
			appsv1.StatefulSetRevisionLabel: w.decide().Writes[0].Object.Name,
		}
		if index != "" {
			labels[appsv1.PodIndexLabel] = index
		}
		if !maps.Equal(pod.Labels, labels) || pod.Annotations["team"] != "shop" || len(w.set.Spec.Template.Labels) != 1 {
			t.Errorf("%s: labels %v, not %v", version, pod.Labels, labels)
		}
		var volumes []string
		for _, volume := range pod.Spec.Volumes {
			claim := ""
			if volume.PersistentVolumeClaim != nil {
				claim = volume.PersistentVolumeClaim.ClaimName
			}
			volumes = append(volumes, volume.Name+":"+claim)
		}
		if got := strings.Join(volumes, " "); got != "data:data-db-3 wal:wal-db-3 tmp:" {
			t.Errorf("%s: volumes %s", version, got)
		}
		if ref := pod.OwnerReferences[0]; ref.UID != "set" || ref.Name != "db" || !controls(ref) {
			t.Errorf("%s: owner %+v", version, ref)
		}
	}
}

func TestANewClaimIsItsTemplateWithTheLabelsOfTheSelector(t *testing.T) {
	w := newWorld(t, "replicas=0 claims=data,wal")
	w.change(func(set *appsv1.StatefulSet) {
		*set.Spec.Replicas = 1
		set.Spec.VolumeClaimTemplates[1].Labels = map[string]string{"disk": "wal", "app": "else"}
	})
	writes := w.decide().Writes
	for i, want := range []struct {
		name   string
		labels map[string]string
	}{
		{"data-db-0", map[string]string{"app": "db"}},
		{"wal-db-0", map[string]string{"app": "db", "disk": "wal"}},
	} {
		claim := writes[i].Body.(*corev1.PersistentVolumeClaim)
		if claim.Name != want.name || claim.Namespace != "shop" || !maps.Equal(claim.Labels, want.labels) {
			t.Errorf("%+v", claim.ObjectMeta)
		}
	}
	if got := w.set.Spec.VolumeClaimTemplates[1].Labels["app"]; got != "else" {
		t.Errorf("the template itself changed: app=%s", got)
	}
}

// What was found to be as it should is not looked at again, until a claim changes.
func TestATidyPodIsLookedAtOnce(t *testing.T) {
	w := newWorld(t, "replicas=3 claims=data")
	if w.pods.untidy.count != 0 || w.pods.unsteady.count != 0 {
		t.Fatalf("of settled pods %d are untidy, %d unsteady", w.pods.untidy.count, w.pods.unsteady.count)
	}
	w.pods.ClaimChanged(1)
	if w.pods.untidy.count != 1 {
		t.Errorf("%d are untidy after a claim changed", w.pods.untidy.count)
	}
	delete(w.claims, "data-db-1")
	for range 2 {
		if w.decide(); w.pods.untidy.count != 1 {
			t.Errorf("%d are untidy while a claim is missing", w.pods.untidy.count)
		}
	}
}
