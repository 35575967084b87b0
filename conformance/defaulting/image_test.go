package defaulting_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	apiscorev1 "k8s.io/kubernetes/pkg/apis/core/v1"

	"github.com/kubectl-workload/kubectl-workload/conformance/defaulting"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

func TestPullPolicyOfEveryImageNameIsTheServers(t *testing.T) {
	g := defaulting.NewGenerator(defaulting.Seed(t))
	always := 0
	for range 300_000 {
		name := g.Image()
		want := corev1.Container{Image: name}
		apiscorev1.SetDefaults_Container(&want)
		template := corev1.PodTemplateSpec{}
		template.Spec.Containers = []corev1.Container{{Image: name}}
		defaults.PodTemplate(&template, kubeversion.Latest())
		if got := template.Spec.Containers[0].ImagePullPolicy; got != want.ImagePullPolicy {
			t.Fatalf("image %q: pull policy %s, the server says %s", name, got, want.ImagePullPolicy)
		}
		if want.ImagePullPolicy == corev1.PullAlways {
			always++
		}
	}
	if always < 10_000 {
		t.Errorf("only %d of the images are pulled always: draw better ones", always)
	}
}
