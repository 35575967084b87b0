package decisions

import (
	"slices"
	"sort"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	upstream "k8s.io/kubernetes/pkg/controller"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// Sorted by the same algorithm from the same slice, pods come out in the same
// order, although the order is not transitive.
func TestDeletionOrder(t *testing.T) {
	p, err := planned()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("SEED=%d WORLDS=%d", p.seed, p.worlds)
	for index := range p.worlds {
		if p.one != nil && index != *p.one {
			continue
		}
		real, ours := orders(p.seed, index)
		if !slices.Equal(real, ours) {
			t.Fatalf("SEED=%d ONE=%d:\nreal %v\nours %v", p.seed, index, real, ours)
		}
	}
}

// orders draws pods and sorts them on both sides; a quarter without a clock, as
// where LogarithmicScaleDown is off.
func orders(seed, index uint64) (real, ours []string) {
	g := newGenerator("ReplicaSet", seed, index)
	g.podsOf(g.standing("web-1", true), g.between(2, 40))
	// Only active pods are ever ranked.
	idle := func(pod *corev1.Pod) bool { return !active(pod) }
	g.world.Pods = slices.DeleteFunc(g.world.Pods, idle)
	g.alike()
	theirs := upstream.ActivePodsWithRanks{Pods: g.world.Pods, Now: metav1.NewTime(g.now)}
	mine := controller.NewDeletionOrder(nil, nil, kubeversion.Latest(), g.now)
	if g.percent(25) {
		theirs.Now = metav1.Time{}
		mine.Now = theirs.Now.Time
	}
	for _, pod := range g.world.Pods {
		rank := oneOf(g.dice, 0, 1, 1, 2)
		theirs.Rank = append(theirs.Rank, rank)
		mine.Pods = append(mine.Pods, controller.RecordOf(pod))
		mine.Neighbours = append(mine.Neighbours, rank)
	}
	sort.Sort(theirs)
	sort.Sort(mine)
	for i := range theirs.Pods {
		real = append(real, theirs.Pods[i].Name)
		ours = append(ours, mine.Pods[i].Name)
	}
	return real, ours
}

// alike makes pods equal in the first rules, so that the later ones decide: times
// are equal, in one age group, in the future or missing.
func (g *generator) alike() {
	if g.percent(30) {
		return
	}
	for _, pod := range g.world.Pods {
		pod.Spec.NodeName, pod.Status.Phase, pod.Annotations = "a", corev1.PodRunning, nil
		for i := range pod.Status.Conditions {
			pod.Status.Conditions[i].LastTransitionTime = g.similar()
		}
		pod.CreationTimestamp = g.similar()
	}
}

func (g *generator) similar() metav1.Time {
	return oneOf(g.dice, metav1.Time{}, g.before(g.now),
		g.around(g.now, 0), g.around(g.now, 10), g.around(g.now, 13))
}
