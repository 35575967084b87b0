package controller

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

func none(string) int { return 0 }

func TestPodsToDeleteAreChosenByOneRuleAfterAnother(t *testing.T) {
	now := start.Add(time.Hour)
	good := func(change func(*Pod)) *Pod {
		pod := &Pod{Node: "n", Phase: Running, Ready: true, ReadyAt: start, CreatedAt: start, UID: "m"}
		change(pod)
		return pod
	}
	keep := good(func(*Pod) {})
	for rule, goes := range map[string]*Pod{
		"not assigned to a node":         good(func(p *Pod) { p.Node = "" }),
		"pending":                        good(func(p *Pod) { p.Phase = Pending }),
		"phase unknown":                  good(func(p *Pod) { p.Phase = Unknown }),
		"not ready":                      good(func(p *Pod) { p.Ready = false }),
		"a lower deletion cost":          good(func(p *Pod) { p.Cost = -1 }),
		"ready for a shorter time":       good(func(p *Pod) { p.ReadyAt = now.Add(-time.Minute) }),
		"more restarts":                  good(func(p *Pod) { p.Restarts = 1 }),
		"more restarts of a sidecar":     good(func(p *Pod) { p.SidecarRestarts = 1 }),
		"younger":                        good(func(p *Pod) { p.CreatedAt = now.Add(-time.Minute) }),
		"ready in the same group of age": good(func(p *Pod) { p.ReadyAt, p.UID = start.Add(time.Second), "a" }),
	} {
		set := NewPodSet(Counting{}, []*Pod{keep, goes}, now)
		if got := set.FirstToDelete(1, none, kubeversion.Latest(), now)[0]; got != goes {
			t.Errorf("%s: the other pod goes", rule)
		}
	}
}

func TestAPodBesideASiblingGoesFirst(t *testing.T) {
	alone, crowded := ready(start), ready(start)
	alone.Node, crowded.Node = "a", "b"
	neighbours := func(node string) int { return map[string]int{"a": 1, "b": 2}[node] }
	set := NewPodSet(Counting{}, []*Pod{crowded, alone}, start)
	if set.FirstToDelete(1, neighbours, kubeversion.Latest(), start)[0] != crowded {
		t.Error("the pod that is alone on its node goes")
	}
}

func TestDeletionCostCountsOnlyWithItsGate(t *testing.T) {
	cheap, young := ready(start), ready(start.Add(time.Hour))
	cheap.Cost = -5
	off, err := kubeversion.Latest().WithGates("PodDeletionCost=false")
	if err != nil {
		t.Fatal(err)
	}
	now := start.Add(2 * time.Hour)
	set := NewPodSet(Counting{}, []*Pod{cheap, young}, now)
	if set.FirstToDelete(1, none, off, now)[0] != young {
		t.Error("the cost counts although the gate is off")
	}
}

func TestADeletionCostMustBeAPlainNumber(t *testing.T) {
	for text, want := range map[string]int32{
		"7": 7, "-7": -7, "0": 0, "": 0, "+7": 0, "007": 0, "1.5": 0, "99999999999": 0, "x": 0,
	} {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{corev1.PodDeletionCost: text}}}
		if got := RecordOf(pod).Cost; got != want {
			t.Errorf("%q: %d", text, got)
		}
	}
}

func TestASetSortsOnceForABurstAtOneInstant(t *testing.T) {
	var pods []*Pod
	for range 3000 {
		pod := ready(start)
		pod.Node = UnknownNode
		pods = append(pods, pod)
	}
	set := NewPodSet(Counting{}, pods, start)
	neighbours := func(string) int { return 1 }
	seen := map[*Pod]bool{}
	for range 5 {
		for _, pod := range set.FirstToDelete(500, neighbours, kubeversion.Latest(), start) {
			if seen[pod] {
				t.Fatal("a pod is chosen twice")
			}
			seen[pod] = true
			set.Terminate(pod)
		}
	}
	if left := set.Counts(start).Active; left != 500 {
		t.Errorf("%d pods are left", left)
	}
}
