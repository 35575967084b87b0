package statefulset

import (
	"fmt"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// BenchmarkRollout is a whole rolling update at the level of Decide: each pod is deleted,
// gone, created and ready, with a sync after each. Ten times the pods are to take about ten
// times as long: a sync costs what it changes.
func BenchmarkRollout(b *testing.B) {
	for _, shape := range []string{
		"policy=OrderedReady", "policy=Parallel", "policy=Parallel unavailable=10%", "policy=Parallel claims=data",
	} {
		for _, pods := range []int{5_000, 50_000} {
			b.Run(fmt.Sprintf("%s/%d", shape, pods), func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					w := settledFor(b, fmt.Sprintf("replicas=%d %s", pods, shape))
					w.change(func(set *appsv1.StatefulSet) { set.Spec.Template.Spec.Containers[0].Image = "web:2" })
					b.StartTimer()
					w.rollOut()
				}
			})
		}
	}
}

// BenchmarkCreation is one sync of a Parallel StatefulSet without pods.
func BenchmarkCreation(b *testing.B) {
	for _, pods := range []int{5_000, 50_000} {
		b.Run(fmt.Sprint(pods), func(b *testing.B) {
			w := &world{t: b, unchecked: true}
			set := newSet(b, fields(fmt.Sprintf("replicas=%d policy=Parallel claims=data", pods)))
			w.begin(set, profileOf(b, "1.37", ""), false)
			for b.Loop() {
				w.pods, w.memory = NewPodSet(nil), Memory{}
				if writes := len(w.decide().Writes); writes < 2*pods {
					b.Fatalf("%d writes", writes)
				}
			}
		})
	}
}

// settledFor is a world in which all pods of a new StatefulSet are ready.
func settledFor(b *testing.B, text string) *world {
	w := &world{t: b, unchecked: true}
	w.begin(newSet(b, fields(text)), profileOf(b, "1.37", ""), false)
	w.change(func(set *appsv1.StatefulSet) { set.Spec.PodManagementPolicy = appsv1.ParallelPodManagement })
	w.rollOut()
	policy := fields(text).CmdArgs[1].Vals[0]
	w.change(func(set *appsv1.StatefulSet) { set.Spec.PodManagementPolicy = appsv1.PodManagementPolicyType(policy) })
	return w
}

// rollOut syncs until nothing is left to do. Pods go and become ready one after the other,
// each at once, and the controller looks after each.
func (w *world) rollOut() {
	var pending []*controller.Pod
	for {
		decision := w.decide()
		for _, write := range decision.Writes {
			w.carryOut(write)
			if write.Object.Kind == "Pod" {
				ordinal, _ := Ordinal(write.Object.Name)
				pending = append(pending, w.pods.Pod(ordinal))
			}
		}
		w.trace, w.due = w.trace[:0], nil
		switch {
		case len(pending) > 0:
			pod := pending[0]
			if pending = pending[1:]; pod.Terminating {
				w.gone(pod)
			} else {
				w.now = w.now.Add(time.Second)
				w.pods.MarkReady(pod, w.now)
			}
		case len(decision.Writes) == 0:
			return
		}
	}
}
