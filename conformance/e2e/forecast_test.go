package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-workload/kubectl-workload/conformance/controlplane"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

const (
	forecastReplicas = 300
	// mostOff is by what part of the real duration a forecast may be off.
	mostOff = 0.15
	// breath is how long the controllers' clients take at most to save up all tokens again:
	// 30 of them at 20 a second, and whatever is still under way.
	breath = 4 * time.Second
	// longestRollout is far more than 300 pods take, at 20 requests a second.
	longestRollout = 3 * time.Minute
)

// How long hundreds of pods take is bound by the requests that the controller manager may send.
// A plan of the live workload tells it: the median of three rollouts is not far off.
func TestForecastIsAsLongAsTheRollout(t *testing.T) {
	controlplane.Need(t)
	f := newForecasts(t)
	f.create(t, forecastReplicas)
	var off []float64
	for round := range 3 {
		image := fmt.Sprintf("web:%d", round+2)
		time.Sleep(breath)
		forecast := f.plan(t, image)
		real := f.roll(t, image)
		off = append(off, forecast.Seconds()/real.Seconds()-1)
		t.Logf("%d replicas: forecast %s, real %s: %+.1f %%",
			forecastReplicas, forecast, real.Round(10*time.Millisecond), 100*off[round])
	}
	slices.Sort(off)
	if median := off[1]; median > mostOff || median < -mostOff {
		t.Errorf("the forecast is off by %.1f %% (median of three), at most %g %% are good",
			100*median, 100*mostOff)
	}
}

// forecasts is a workload in a namespace of its own, and the program that plans it.
type forecasts struct {
	program    string
	kubeconfig string
	namespace  string
	client     kubernetes.Interface
}

func newForecasts(t *testing.T) *forecasts {
	t.Helper()
	client, err := kubernetes.NewForConfig(cluster.Config("admin"))
	if err != nil {
		t.Fatal(err)
	}
	namespace, err := newNamespace()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "reader.kubeconfig")
	if err := cluster.WriteKubeconfig(path, "reader", namespace); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(buildProgram(t), "kubectl-workload")
	return &forecasts{program: program, kubeconfig: path, namespace: namespace, client: client}
}

func (f *forecasts) create(t *testing.T, replicas int32) {
	t.Helper()
	labels := map[string]string{"app": "web"}
	_, err := f.client.AppsV1().Deployments(f.namespace).Create(t.Context(), &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "web:1"}}},
			},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.remove)
	f.settle(t)
}

// remove leaves the room of the pods to other tests.
func (f *forecasts) remove() {
	background := metav1.DeletePropagationBackground
	_ = f.client.AppsV1().Deployments(f.namespace).Delete(context.Background(), "web",
		metav1.DeleteOptions{PropagationPolicy: &background})
}

func (f *forecasts) settle(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longestRollout)
	defer cancel()
	if err := settle(ctx, f.client, f.namespace, "deployment/web"); err != nil {
		t.Fatal(err)
	}
}

// plan asks the program how long a new image takes, without another word about the cluster.
func (f *forecasts) plan(t *testing.T, image string) time.Duration {
	t.Helper()
	command := exec.CommandContext(t.Context(), f.program,
		"plan", "deployment/web", "--image", "web="+image, "-o", "json", "--pods=false")
	command.Env = append(os.Environ(), "KUBECONFIG="+f.kubeconfig)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	var p plan.Plan
	if err := json.Unmarshal(output, &p); err != nil {
		t.Fatal(err)
	}
	for _, a := range p.Assumptions {
		t.Logf("assumed: %s %s (%s) %s", a.Name, a.Value, a.From, a.Note)
	}
	took, err := time.ParseDuration(p.Workloads[0].Summary.Duration)
	if err != nil {
		t.Fatal(err)
	}
	return took
}

// roll sets the image and returns how long it takes until no pod changes any more.
func (f *forecasts) roll(t *testing.T, image string) time.Duration {
	t.Helper()
	patch := fmt.Sprintf(`{"spec":{"template":{"spec":{"containers":[{"name":"web","image":%q}]}}}}`, image)
	began := time.Now()
	_, err := f.client.AppsV1().Deployments(f.namespace).Patch(t.Context(), "web",
		types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f.settle(t)
	return time.Since(began)
}
