package planner_test

import (
	"fmt"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
)

// BenchmarkDeployment plans a new image for one Deployment of n replicas with 25 %
// surge and 25 % unavailable.
func BenchmarkDeployment(b *testing.B) {
	for _, n := range []int32{10, 10_000, 150_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			request := rollout(n)
			for b.Loop() {
				mustPlan(b, request)
			}
		})
	}
}

// BenchmarkFolder plans new images for many small Deployments at once.
func BenchmarkFolder(b *testing.B) {
	for _, n := range []int{100, 1_000, 5_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			request := folder(n)
			for b.Loop() {
				mustPlan(b, request)
			}
		})
	}
}

// mostGrowth is how many times longer ten times the pods may take.
const mostGrowth = 12

// BenchmarkGrowth reports how many times longer 100,000 pods take than 10,000, and
// fails where that is out of proportion.
func BenchmarkGrowth(b *testing.B) {
	small, large := rollout(10_000), rollout(100_000)
	mustPlan(b, large) // the first run also grows the heap
	var took [2]time.Duration
	for b.Loop() {
		for i, request := range []planner.Request{small, large} {
			begin := time.Now()
			mustPlan(b, request)
			took[i] += time.Since(begin)
		}
	}
	growth := float64(took[1]) / float64(took[0])
	b.ReportMetric(growth, "times")
	b.ReportMetric(0, "ns/op")
	if growth > mostGrowth {
		b.Errorf("10 times the pods took %.1f times as long; %d is the most", growth, mostGrowth)
	}
}

func mustPlan(b *testing.B, request planner.Request) {
	b.Helper()
	p, err := planner.Plan(request)
	if err != nil {
		b.Fatal(err)
	}
	if p.Summary.Outcome != plan.Settled {
		b.Fatalf("it ends as %s", p.Summary.Outcome)
	}
}

func rollout(replicas int32) planner.Request {
	web := deployment("web", replicas)
	return request(web)
}

func folder(count int) planner.Request {
	var all []*appsv1.Deployment
	for i := range count {
		all = append(all, deployment(fmt.Sprintf("web-%05d", i), 3))
	}
	return request(all...)
}

func request(all ...*appsv1.Deployment) planner.Request {
	r := planner.Request{
		State:   &cluster.Snapshot{Deployments: all},
		Now:     time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Profile: kubeversion.Latest(),
	}
	for _, d := range all {
		r.Asks = append(r.Asks, planner.Ask{
			Ref: cluster.RefOf(d), Intent: change.Image{Container: "web", Image: "web:2"}})
	}
	return r
}

func deployment(name string, replicas int32) *appsv1.Deployment {
	d := &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": name}},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "web:1"}}},
			},
		},
	}
	defaults.Deployment(d, kubeversion.Latest())
	return d
}
