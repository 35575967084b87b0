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

// BenchmarkStatefulSet plans a new image for one Parallel StatefulSet of n replicas.
func BenchmarkStatefulSet(b *testing.B) {
	for _, n := range []int32{10, 5_000, 50_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			request := parallel(n)
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

// BenchmarkGrowth reports how many times longer ten times the pods take, and fails where
// that is out of proportion.
func BenchmarkGrowth(b *testing.B) {
	b.Run("Deployment", func(b *testing.B) { grow(b, rollout(10_000), rollout(100_000)) })
	b.Run("StatefulSet", func(b *testing.B) { grow(b, parallel(5_000), parallel(50_000)) })
}

func grow(b *testing.B, small, large planner.Request) {
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
	return asks(&cluster.Snapshot{Deployments: all})
}

// parallel is a new image for a Parallel StatefulSet.
func parallel(replicas int32) planner.Request {
	like := deployment("db", replicas)
	set := &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: like.ObjectMeta,
		Spec: appsv1.StatefulSetSpec{
			Replicas: &replicas, Selector: like.Spec.Selector, Template: like.Spec.Template,
			ServiceName: "db", PodManagementPolicy: appsv1.ParallelPodManagement,
		},
	}
	defaults.StatefulSet(set, kubeversion.Latest())
	return asks(&cluster.Snapshot{StatefulSets: []*appsv1.StatefulSet{set}})
}

// asks is a new image for each workload of a state.
func asks(state *cluster.Snapshot) planner.Request {
	r := planner.Request{
		State:   state,
		Now:     time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Profile: kubeversion.Latest(),
	}
	for _, workload := range state.Workloads() {
		r.Asks = append(r.Asks, planner.Ask{
			Ref: cluster.RefOf(workload), Intent: change.Image{Container: "web", Image: "web:2"}})
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
