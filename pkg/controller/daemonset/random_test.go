package daemonset

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// In random worlds, where random things happen, a PodSet that was kept up to date must
// say what a new one says (see decide), and no sync goes beyond its bounds.
func TestAPodSetThatIsKeptSaysWhatANewOneSays(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 5))
		version := []string{"1.29", "1.30", "1.33", "1.37"}[r.IntN(4)]
		w := &world{t: t}
		w.begin(stored(nil, randomSet(r), profileOf(t, version)), profileOf(t, version), manyNodes(1+r.IntN(12)))
		w.settleSince(24 * time.Hour)
		for range 12 {
			w.happensAtRandom(r)
			w.run(latencies{time.Duration(r.IntN(8)) * time.Second, time.Duration(r.IntN(8)) * time.Second},
				time.Duration(r.IntN(20))*time.Second)
			w.staysWithinBounds()
		}
		if t.Failed() {
			t.Fatalf("seed %d, version %s", seed, version)
		}
	}
}

func randomSet(r *rand.Rand) *appsv1.DaemonSet {
	ds := bareSet()
	randomStrategy(r, ds)
	ds.Spec.MinReadySeconds = int32(r.IntN(2) * r.IntN(6))
	limit := int32(r.IntN(3))
	ds.Spec.RevisionHistoryLimit = &limit
	return ds
}

func randomStrategy(r *rand.Rand, ds *appsv1.DaemonSet) {
	value := intstr.Parse([]string{"1", "2", "30%", "100%"}[r.IntN(4)])
	switch r.IntN(5) {
	case 0:
		ds.Spec.UpdateStrategy = appsv1.DaemonSetUpdateStrategy{Type: appsv1.OnDeleteDaemonSetStrategyType}
	case 1, 2:
		rolling(ds).MaxUnavailable, rolling(ds).MaxSurge = &value, &intstr.IntOrString{}
	default:
		rolling(ds).MaxUnavailable, rolling(ds).MaxSurge = &intstr.IntOrString{}, &value
	}
}

// happensAtRandom changes something.
func (w *world) happensAtRandom(r *rand.Rand) {
	w.admit, w.refuse = 0, nil
	switch r.IntN(10) {
	case 0, 1:
		image := fmt.Sprintf("web:%d", r.IntN(4))
		w.change(func(ds *appsv1.DaemonSet) { ds.Spec.Template.Spec.Containers[0].Image = image })
	case 2:
		w.change(func(ds *appsv1.DaemonSet) { randomStrategy(r, ds) })
	case 3:
		w.change(func(ds *appsv1.DaemonSet) { ds.Spec.Template.Spec.NodeSelector = randomLabels(r) })
	case 4, 5:
		w.changeNodeAtRandom(r)
	case 6:
		w.admit = 1 + r.IntN(4)
	case 7:
		w.refuse = func(write controller.Write) error {
			if write.Object.Kind == "DaemonSet" || write.Verb == controller.Delete && r.IntN(2) == 0 {
				return apierrors.NewConflict(corev1.Resource("any"), write.Object.Name, errors.New("refused"))
			}
			return nil
		}
		w.unrepeatable = true
	default:
		w.podHappensAtRandom(r)
	}
}

func randomLabels(r *rand.Rand) map[string]string {
	return []map[string]string{nil, {"disk": "ssd"}, {"zone": "a"}}[r.IntN(3)]
}

func (w *world) changeNodeAtRandom(r *rand.Rand) {
	name := fmt.Sprintf("n%02d", r.IntN(14))
	if r.IntN(4) == 0 {
		w.nodes.Remove(name)
		return
	}
	node := &corev1.Node{}
	node.Name, node.Labels = name, randomLabels(r)
	if r.IntN(2) == 0 {
		effect := []corev1.TaintEffect{"NoSchedule", "NoExecute", "PreferNoSchedule"}[r.IntN(3)]
		node.Spec.Taints = []corev1.Taint{{Key: "a", Effect: effect}}
	}
	w.nodes.Put(node)
}

func (w *world) podHappensAtRandom(r *rand.Rand) {
	pods := w.pods.All()
	if len(pods) == 0 {
		return
	}
	node := nodeOf(pods[r.IntN(len(pods))])
	what := []string{"broken", "failed", "succeeded", "deleted", "gone", "orphaned", "twin", "relabelled"}[r.IntN(8)]
	w.happens(node, what)
}

// staysWithinBounds checks the last sync.
func (w *world) staysWithinBounds() {
	created, deleted := map[string]bool{}, 0
	for _, write := range w.decision.Writes {
		for _, node := range write.Nodes {
			if created[node] {
				w.t.Errorf("two pods are created on %s", node)
			}
			created[node] = true
		}
		if write.Verb == controller.Delete && write.Object.Kind == "Pod" {
			deleted += len(write.Pods)
		}
	}
	for node := range maps.Keys(created) {
		if known := w.nodes.Get(node); known == nil || !FitOf(w.ds, known, w.profile).Should {
			w.t.Errorf("a pod is created on %s", node)
		}
	}
	if len(created) > burst || deleted > burst {
		w.t.Errorf("%d creations, %d deletions", len(created), deleted)
	}
}

// Whatever happened to a PodSet, its counts are those of its pods.
func TestCountsAreThoseOfThePods(t *testing.T) {
	f := newFleet(20, func(*appsv1.RollingUpdateDaemonSet) {})
	f.pods.Follow(f.view(), "new", f.now)
	pods := f.pods.All()
	f.pods.Terminate(pods[0])
	f.pods.Terminate(pods[1])
	f.pods.Remove(pods[0])
	updated := *pods[2]
	updated.Labels, updated.Ready = map[string]string{hashLabel: "new"}, false
	f.pods.Replace(pods[2], &updated)
	want := Counts{Desired: 20, Total: 18, Updated: 1, Ready: 17, Available: 17, Terminating: 1}
	if got := f.pods.Counts(f.now); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := f.pods.Unavailable(); !slices.Equal(got, []string{"n01", "n02", "n03"}) {
		t.Errorf("%v", got)
	}
}
