package daemonset

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

func node(name, zone string) *corev1.Node {
	return &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"zone": zone}}}
}

func TestNodesAreInTheOrderOfTheirNames(t *testing.T) {
	given := []*corev1.Node{node("c", "1"), node("a", "1"), node("b", "1"), node("a", "2")}
	nodes := NewNodes(given)
	nodes.Put(node("bb", "1"))
	nodes.Remove("c")
	nodes.Remove("d")
	var names []string
	for _, n := range nodes.All() {
		names = append(names, n.Name+n.Labels["zone"])
	}
	if got := strings.Join(names, " "); got != "a2 b1 bb1" {
		t.Error(got)
	}
	if nodes.Get("b") != given[2] || nodes.Get("c") != nil || given[0].Name != "c" {
		t.Error("Get finds what is there, and the list that was given stays as it was")
	}
}

// What is known of a node is worked out anew only where it has other labels or taints.
func TestAChangedNodeIsLookedAtAgain(t *testing.T) {
	ds := bareSet()
	ds.Spec.Template.Spec.NodeSelector = map[string]string{"zone": "1"}
	ds = stored(nil, ds, kubeversion.Latest())
	nodes, pods := NewNodes([]*corev1.Node{node("a", "1"), node("b", "2")}), NewPodSet(nil)
	desired := func() int32 {
		pods.Follow(View{DaemonSet: ds, Nodes: nodes, Profile: kubeversion.Latest()}, "", time.Time{})
		return pods.Counts(time.Time{}).Desired
	}
	same := node("a", "1")
	same.Status.Phase = corev1.NodeRunning
	for i, step := range []struct {
		change func()
		want   int32
	}{
		{func() {}, 1},
		{func() { nodes.Put(same) }, 1},
		{func() { nodes.Put(node("b", "1")) }, 2},
		{func() { nodes.Put(node("a", "2")); nodes.Put(node("a", "3")) }, 1},
		{func() { nodes.Put(node("c", "1")); nodes.Put(node("c", "2")) }, 1},
		{func() { nodes.Remove("b") }, 0},
		{func() { nodes = NewNodes([]*corev1.Node{node("z", "1")}) }, 1},
	} {
		if step.change(); desired() != step.want {
			t.Errorf("step %d: %d nodes should have a pod, want %d", i, desired(), step.want)
		}
	}
	if !pods.FitOf("z").Should || pods.FitOf("a").Should {
		t.Error("a node that does not exist is for no pod")
	}
}
