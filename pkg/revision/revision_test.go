package revision

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

func template(image string) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "web"}},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: image}}},
	}
}

func numbered(annotations ...string) []*appsv1.ReplicaSet {
	var sets []*appsv1.ReplicaSet
	for _, text := range annotations {
		set := &appsv1.ReplicaSet{}
		if text != "" {
			set.Annotations = map[string]string{Annotation: text}
		}
		sets = append(sets, set)
	}
	return sets
}

// The expected hashes were printed by ComputeHash of k8s.io/kubernetes v1.37.0.
func TestHashIsTheControllersHash(t *testing.T) {
	pod := template("web:1")
	zero, one := int32(0), int32(1)
	for _, c := range []struct {
		collisions *int32
		want       string
	}{
		{nil, "6c7874fc5f"},
		{&zero, "5475764ddc"},
		{&one, "7c9fb69c94"},
	} {
		if got := Hash(&pod, c.collisions); got != c.want {
			t.Errorf("Hash with collisions %v = %s, want %s", c.collisions, got, c.want)
		}
	}
}

func TestReplicaSetNameIsCutSince134(t *testing.T) {
	long := strings.Repeat("d", 250)
	old := kubeversion.NewProfile(kubeversion.Version{Minor: 33})
	if got := ReplicaSetName("web", "abc", old); got != "web-abc" {
		t.Error(got)
	}
	if got := ReplicaSetName(long, "abcdef", old); len(got) != 257 {
		t.Errorf("1.33 cut the name to %d characters", len(got))
	}
	got := ReplicaSetName(long, "abcdef", kubeversion.Latest())
	if len(got) != 253 || !strings.HasSuffix(got, "d-abcdef") {
		t.Errorf("got %d characters: %s", len(got), got)
	}
}

func TestMaxAndLastSkipBrokenNumbers(t *testing.T) {
	for _, c := range []struct {
		revisions string
		max, last int64
	}{
		{"", 0, 0},
		{"3", 3, 0},
		{"1,3,2", 3, 2},
		{"3,x,2", 3, 2},
		{"3,3", 3, 3},
		{"-4,-2", 0, 0},
	} {
		sets := numbered(strings.Split(c.revisions, ",")...)
		if Max(sets) != c.max || Last(sets) != c.last {
			t.Errorf("%q: got %d, %d, want %d, %d", c.revisions, Max(sets), Last(sets), c.max, c.last)
		}
	}
}

func TestSameTemplateIgnoresOnlyTheHash(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*corev1.PodTemplateSpec)
		want   bool
	}{
		"nothing": {func(*corev1.PodTemplateSpec) {}, true},
		"hash": {func(p *corev1.PodTemplateSpec) {
			p.Labels[appsv1.DefaultDeploymentUniqueLabelKey] = "abc"
		}, true},
		"other label":     {func(p *corev1.PodTemplateSpec) { p.Labels["tier"] = "a" }, false},
		"empty for nil":   {func(p *corev1.PodTemplateSpec) { p.Annotations = map[string]string{} }, true},
		"empty env":       {func(p *corev1.PodTemplateSpec) { p.Spec.Containers[0].Env = []corev1.EnvVar{} }, true},
		"image":           {func(p *corev1.PodTemplateSpec) { p.Spec.Containers[0].Image = "web:2" }, false},
		"second":          {func(p *corev1.PodTemplateSpec) { p.Spec.Containers = append(p.Spec.Containers, corev1.Container{}) }, false},
		"annotation":      {func(p *corev1.PodTemplateSpec) { p.Annotations = map[string]string{"a": "b"} }, false},
		"cpu written out": {func(p *corev1.PodTemplateSpec) { p.Spec.Containers[0].Resources.Limits = cpu("1000m") }, true},
		"cpu":             {func(p *corev1.PodTemplateSpec) { p.Spec.Containers[0].Resources.Limits = cpu("2") }, false},
	} {
		a := template("web:1")
		a.Spec.Containers[0].Resources.Limits = cpu("1")
		b := *a.DeepCopy()
		c.change(&b)
		labels := len(b.Labels)
		if SameTemplate(&a, &b) != c.want || SameTemplate(&b, &a) != c.want {
			t.Errorf("%s: same is not %v", name, c.want)
		}
		if len(b.Labels) != labels {
			t.Errorf("%s: the label map was changed", name)
		}
	}
}

func TestOnlyAHashEqualsNoLabels(t *testing.T) {
	a, b := template("web:1"), template("web:1")
	a.Labels = nil
	b.Labels = map[string]string{appsv1.DefaultDeploymentUniqueLabelKey: "abc"}
	if !SameTemplate(&a, &b) {
		t.Error("a template with nothing but a hash differs from one without labels")
	}
}

func cpu(amount string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(amount)}
}

func BenchmarkSameTemplate(b *testing.B) {
	x := template("web:1")
	x.Spec.Containers[0].Resources.Limits = cpu("1")
	for name, y := range map[string]corev1.PodTemplateSpec{
		"equal": *x.DeepCopy(), "image": template("web:2"),
	} {
		y.Labels[appsv1.DefaultDeploymentUniqueLabelKey] = "abc"
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				SameTemplate(&x, &y)
			}
		})
	}
}
