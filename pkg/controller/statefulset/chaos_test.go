package statefulset

import (
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"pgregory.net/rapid"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// Whatever happens to a StatefulSet and its pods in whatever order: what a PodSet and a
// Memory keep makes no difference to any sync (world.decide), the controller becomes quiet,
// and once all pods can become ready it settles.
func TestWhateverHappensItSettlesAndWhatIsKeptMakesNoDifference(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := &world{t: t}
		w.begin(drawSet(rt, t))
		for range rapid.IntRange(1, 15).Draw(rt, "steps") {
			chaos(rt, w)
			w.settle()
			checkQuiet(rt, w)
		}
		calm(w)
		trace := w.run(latencies{time.Second, time.Second}, 10*time.Minute)
		if !Complete(w.set) || w.decision.Waits != nil {
			rt.Fatalf("it does not settle:\n%s", trace)
		}
	})
}

// drawSet draws a StatefulSet and the version that it lives in.
func drawSet(rt *rapid.T, t *testing.T) (set *appsv1.StatefulSet, profile kubeversion.Profile, settled bool) {
	draw := func(key string, values ...string) string {
		return key + "=" + rapid.SampledFrom(values).Draw(rt, key) + " "
	}
	text := draw("version", "1.30.0", "1.33.13", "1.34.1", "1.35.2", "1.36", "1.37") +
		draw("policy", "OrderedReady", "Parallel") +
		draw("when-scaled", "Retain", "Delete") + draw("when-deleted", "Retain", "Delete") +
		draw("replicas", "0", "1", "2", "3", "6") + draw("history", "0", "1", "2")
	if rapid.Bool().Draw(rt, "claims") {
		text += "claims=data "
	}
	if rapid.Bool().Draw(rt, "type") {
		text += "type=RollingUpdate"
	}
	d := fields(text)
	return newSet(t, d), profileIn(t, d), rapid.Bool().Draw(rt, "settled")
}

// chaos lets something happen.
func chaos(rt *rapid.T, w *world) {
	w.now = w.now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(rt, "later")) * time.Millisecond)
	pods := w.pods.All()
	if len(pods) == 0 || rapid.IntRange(0, 3).Draw(rt, "what") == 0 {
		w.change(func(set *appsv1.StatefulSet) { drawEdit(rt, w, set) })
		return
	}
	pod := rapid.SampledFrom(pods).Draw(rt, "pod")
	what := rapid.SampledFrom([]string{
		"ready", "ready", "gone", "deleted", "broken", "failed", "unlabelled", "claim",
	}).Draw(rt, "happens")
	switch {
	case what == "claim" && len(w.set.Spec.VolumeClaimTemplates) > 0:
		w.claimHappens("data-"+pod.Name, rapid.SampledFrom([]string{"earlier", "deleted", "gone"}).Draw(rt, "claim"))
	case what == "claim" || pod.Phase == controller.Finished && what != "gone":
	case what == "ready" && pod.Ready:
	default:
		w.happens(pod.Name, what)
	}
}

func drawEdit(rt *rapid.T, w *world, set *appsv1.StatefulSet) {
	spec := &set.Spec
	switch rapid.IntRange(0, 5).Draw(rt, "field") {
	case 0:
		*spec.Replicas = int32(rapid.IntRange(0, 6).Draw(rt, "replicas"))
	case 1:
		spec.Ordinals = &appsv1.StatefulSetOrdinals{Start: int32(rapid.IntRange(0, 3).Draw(rt, "start"))}
	case 2:
		spec.MinReadySeconds = int32(rapid.IntRange(0, 2).Draw(rt, "minReady"))
	case 3:
		if spec.UpdateStrategy.RollingUpdate != nil {
			*spec.UpdateStrategy.RollingUpdate.Partition = int32(rapid.IntRange(0, 7).Draw(rt, "partition"))
		}
	default:
		spec.Template.Spec.Containers[0].Image = rapid.SampledFrom([]string{"web:1", "web:2", "web:3"}).Draw(rt, "image")
	}
	defaults.StatefulSet(set, w.profile)
}

// checkQuiet finds a controller that would go on for ever at one instant.
func checkQuiet(rt *rapid.T, w *world) {
	for _, write := range w.decision.Writes {
		if w.decision.Err == nil {
			rt.Fatalf("it is never quiet: %s %s (%s)", write.Verb, write.Object.Name, write.Message)
		}
	}
}

// calm takes away what keeps a StatefulSet from settling: a partition, or no rollingUpdate
// at all, pods that have ended, of which two condemned ones block each other, and claims
// that are on their way out, or of earlier pods.
func calm(w *world) {
	w.change(func(set *appsv1.StatefulSet) {
		set.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: new(int32)}
	})
	for _, pod := range w.pods.All() {
		if pod.Phase == controller.Finished {
			w.gone(pod)
		}
		ordinal, _ := Ordinal(pod.Name)
		delete(w.claims, ClaimName("data", w.set.Name, ordinal))
		w.pods.ClaimChanged(ordinal)
	}
	for name, claim := range w.claims {
		if claim.DeletionTimestamp != nil || len(claim.OwnerReferences) > 0 {
			delete(w.claims, name)
		}
	}
}
