package revision

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

func daemonSet(image string) *appsv1.DaemonSet {
	labels := map[string]string{"app": "log"}
	ds := &appsv1.DaemonSet{
		ObjectMeta: metav1.ObjectMeta{Name: "log", Namespace: "shop", UID: "u", Annotations: map[string]string{ChangeCauseAnnotation: image}},
		Spec: appsv1.DaemonSetSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: image}}},
			},
		},
	}
	defaults.DaemonSet(ds, kubeversion.Latest())
	return ds
}

func recordedOf(t *testing.T, image string, number int64) *appsv1.ControllerRevision {
	t.Helper()
	ds := daemonSet(image)
	data, err := DaemonData(&ds.Spec.Template, kubeversion.Latest())
	if err != nil {
		t.Fatal(err)
	}
	return NewDaemonRevision(ds, number, data)
}

func TestRevisionOfADaemonSetIsNamedByTheHashOfItsTemplate(t *testing.T) {
	r, ds := recordedOf(t, "log:1", 3), daemonSet("log:1")
	hash := Hash(&ds.Spec.Template, nil)
	if r.Name != "log-"+hash || r.Labels[appsv1.DefaultDaemonSetUniqueLabelKey] != hash || r.Labels["app"] != "log" ||
		r.Annotations[ChangeCauseAnnotation] != "log:1" || r.Revision != 3 || !metav1.IsControlledBy(r, ds) {
		t.Errorf("%+v", r)
	}
	if len(ds.Spec.Template.Labels) != 1 {
		t.Error("the labels of the template were changed")
	}
}

func TestDataOfADaemonSetKeepsLargeNumbersExactly(t *testing.T) {
	seconds := int64(9007199254740993) // 2^53 + 1
	template := &corev1.PodTemplateSpec{Spec: corev1.PodSpec{TerminationGracePeriodSeconds: &seconds}}
	for text, write := range map[string]func(*corev1.PodTemplateSpec, kubeversion.Profile) ([]byte, error){
		"9007199254740993": DaemonData, "9007199254740992": Data,
	} {
		data, err := write(template, kubeversion.Latest())
		if err != nil || !strings.Contains(string(data), text) {
			t.Errorf("%s: %s %v", text, data, err)
		}
	}
}

func TestDaemonSetGoesBackToARevision(t *testing.T) {
	revisions := []*appsv1.ControllerRevision{recordedOf(t, "log:2", 2), recordedOf(t, "log:1", 1), recordedOf(t, "log:3", 4)}
	for _, c := range []struct {
		number  int64
		image   string
		skipped bool
		err     string
	}{
		{number: 0, image: "log:2"},
		{number: 1, image: "log:1"},
		{number: 4, image: "log:3", skipped: true},
		{number: 3, err: "daemonset/log has no revision 3: it has 1, 2, 4"},
		{number: -1, err: "has no revision -1"},
	} {
		undo, err := RollbackDaemonSet(daemonSet("log:3"), revisions, c.number, kubeversion.Latest())
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%d: %v", c.number, err)
			}
			continue
		}
		if err != nil || undo.Skipped != c.skipped || undo.Restored.Spec.Template.Spec.Containers[0].Image != c.image {
			t.Errorf("%d: %+v %v", c.number, undo, err)
		}
	}
	if _, err := RollbackDaemonSet(daemonSet("log:1"), revisions[:1], 0, kubeversion.Latest()); err == nil ||
		!strings.Contains(err.Error(), "has no previous revision") {
		t.Error(err)
	}
}

func TestARevisionThatIsNoReplacementIsAppliedAsAPatch(t *testing.T) {
	r := recordedOf(t, "log:1", 1)
	r.Data.Raw = []byte(`{"spec":{"template":{"spec":{"hostNetwork":true}}}}`)
	restored, err := RestoredDaemonSet(daemonSet("log:3"), r)
	if err != nil || !restored.Spec.Template.Spec.HostNetwork || restored.Spec.Template.Spec.Containers[0].Image != "log:3" {
		t.Errorf("%+v %v", restored, err)
	}
	r.Data.Raw = []byte("{")
	if _, err := RestoredDaemonSet(daemonSet("log:3"), r); err == nil || !strings.Contains(err.Error(), "reading controllerrevision/log-") {
		t.Error(err)
	}
}
