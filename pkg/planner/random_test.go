package planner_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	controller "github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
)

// TestRandomRollouts plans changes in the middle of random rollouts and holds the
// plans to what is true of every one.
func TestRandomRollouts(t *testing.T) {
	for seed := range uint64(1000) {
		w := &random{Rand: rand.New(rand.NewPCG(seed, 1))}
		request := w.request()
		p, err := planner.Plan(request)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for _, rule := range []func(planner.Request, *plan.Workload) error{
			endsWell, staysWithinBounds, goesForward, wavesFollow,
		} {
			if err := rule(request, &p.Workloads[0]); err != nil {
				t.Errorf("seed %d: %s of %s: %v", seed, p.Workloads[0].Verdict, w.said, err)
			}
		}
	}
}

// random draws worlds.
type random struct {
	*rand.Rand
	said string // what was drawn
}

func (w *random) request() planner.Request {
	d := deployment("web", 1+w.Int32N(11))
	d.UID, d.Generation = "deployment-1", 2
	d.Spec.MinReadySeconds = 3 * w.Int32N(2)
	d.Spec.Paused = w.IntN(10) == 0
	w.strategy(d)
	w.said = fmt.Sprintf("%d replicas, paused %v, %s", *d.Spec.Replicas, d.Spec.Paused, d.Spec.Strategy.Type)
	if rolling := d.Spec.Strategy.RollingUpdate; rolling != nil {
		w.said += fmt.Sprintf(" %s up %s down", rolling.MaxSurge, rolling.MaxUnavailable)
	}
	state := &cluster.Snapshot{Deployments: []*appsv1.Deployment{d}}
	for i, size := range w.sizes(d) {
		state.ReplicaSets = append(state.ReplicaSets, w.replicaSet(d, i, size))
	}
	ready := time.Duration(1+w.IntN(20)) * time.Second
	minor := kubeversion.Oldest + w.IntN(kubeversion.Newest-kubeversion.Oldest+1)
	return planner.Request{
		State:   state,
		Asks:    []planner.Ask{{Ref: cluster.RefOf(d), Intent: w.intent()}},
		Now:     time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC),
		Profile: kubeversion.NewProfile(kubeversion.Version{Minor: minor}),
		Assume:  planner.Assume{ReadyAfter: &ready, Stagger: time.Duration(w.IntN(2)) * 300 * time.Millisecond},
		Pods:    true,
	}
}

// sizes are those of the ReplicaSets: all pods in one, or a rollout under way.
func (w *random) sizes(d *appsv1.Deployment) []int32 {
	replicas, surge := *d.Spec.Replicas, controller.MaxSurge(d)
	if d.Spec.Strategy.RollingUpdate == nil || w.IntN(3) == 0 {
		return []int32{replicas}
	}
	left := replicas - controller.MaxUnavailable(d) + w.Int32N(controller.MaxUnavailable(d)+surge+1)
	var sizes []int32
	for range w.IntN(3) {
		size := w.Int32N(left + 1)
		sizes, left = append(sizes, size), left-size
	}
	return append(sizes, left)
}

func (w *random) strategy(d *appsv1.Deployment) {
	if w.IntN(6) == 0 {
		d.Spec.Strategy = appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}
		return
	}
	choices := []intstr.IntOrString{
		intstr.FromInt32(1), intstr.FromInt32(3), intstr.FromString("25%"), intstr.FromString("100%"), intstr.FromInt32(0),
	}
	surge, unavailable := choices[w.IntN(5)], choices[w.IntN(4)]
	d.Spec.Strategy.RollingUpdate = &appsv1.RollingUpdateDeployment{MaxSurge: &surge, MaxUnavailable: &unavailable}
}

// replicaSet is the i-th revision. The first may have the current template.
func (w *random) replicaSet(d *appsv1.Deployment, i int, size int32) *appsv1.ReplicaSet {
	ready := w.Int32N(size + 1)
	available := w.Int32N(ready + 1)
	template := *d.Spec.Template.DeepCopy()
	hash := fmt.Sprintf("%d%d%d%d", i, i, i, i)
	template.Labels["pod-template-hash"] = hash
	if i > 0 || w.IntN(3) == 0 {
		template.Spec.Containers[0].Image = fmt.Sprintf("web:old-%d", i)
	}
	w.said += fmt.Sprintf(", %s %d/%d/%d", template.Spec.Containers[0].Image, size, ready, available)
	return &appsv1.ReplicaSet{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ReplicaSet"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: d.Namespace, Name: "web-" + hash, UID: types.UID("replicaset-" + hash), Generation: 1,
			CreationTimestamp: metav1.NewTime(time.Date(2026, 1, 1, i, 0, 0, 0, time.UTC)),
			Labels:            template.Labels,
			Annotations: map[string]string{"deployment.kubernetes.io/revision": fmt.Sprint(i + 1),
				"deployment.kubernetes.io/desired-replicas": fmt.Sprint(*d.Spec.Replicas),
				"deployment.kubernetes.io/max-replicas":     fmt.Sprint(*d.Spec.Replicas + controller.MaxSurge(d))},
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(d, appsv1.SchemeGroupVersion.WithKind("Deployment"))},
		},
		Spec: appsv1.ReplicaSetSpec{
			Replicas: &size, MinReadySeconds: d.Spec.MinReadySeconds,
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web", "pod-template-hash": hash}},
			Template: template,
		},
		Status: appsv1.ReplicaSetStatus{Replicas: size, FullyLabeledReplicas: size, ReadyReplicas: ready,
			AvailableReplicas: available, ObservedGeneration: 1},
	}
}

func (w *random) intent() change.Intent {
	choices := []change.Intent{
		nil,
		change.Image{Container: "web", Image: "web:2"},
		change.Scale{Replicas: w.Int32N(12)},
		change.Combine(change.Image{Container: "web", Image: "web:3"}, change.Scale{Replicas: w.Int32N(12)}),
		change.Patch{Text: `{"spec":{"minReadySeconds":1}}`},
		change.Pause{},
		change.Resume{},
	}
	chosen := choices[w.IntN(len(choices))]
	w.said += fmt.Sprintf(", then %T%+v", chosen, chosen)
	return chosen
}
