package diff_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/diff"
)

func TestClaimTemplatesAreFoundByTheirNames(t *testing.T) {
	set := func(names ...string) *appsv1.StatefulSet {
		s := &appsv1.StatefulSet{}
		for _, name := range names {
			s.Spec.VolumeClaimTemplates = append(s.Spec.VolumeClaimTemplates,
				corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: name}})
		}
		return s
	}
	other := set("data", "log")
	other.Spec.VolumeClaimTemplates[0].Spec.VolumeName = "disk"
	for _, c := range []struct {
		from, to *appsv1.StatefulSet
		want     []string
	}{
		{set("data", "log"), other, []string{`spec.volumeClaimTemplates[name="data"].spec.volumeName`}},
		{set("data"), set("data", "log"), []string{`spec.volumeClaimTemplates[name="log"]`}},
		{set("data", "log"), set("log", "data"), []string{"spec.volumeClaimTemplates"}},
		{set("data"), set(), []string{`spec.volumeClaimTemplates[name="data"]`}},
		{set("data", "data"), set("data", "log"), []string{"spec.volumeClaimTemplates[1].metadata.name"}},
	} {
		var got []string
		for _, change := range diff.Objects(c.from, c.to) {
			got = append(got, change.Path)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Error(d)
		}
	}
}
