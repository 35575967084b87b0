package decisions

import (
	"fmt"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/daemon"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// Of so many pairs of a DaemonSet and a node it is asked whether they fit; each DaemonSet is
// in several, since nodes that look the same to it are worked out once.
const pairs, nodesEach = 100_000, 5

// The pods of a DaemonSet belong on a node, or may stay there, exactly where
// NodeShouldRunDaemonPod says so; with the gate for comparing tolerations and without.
func TestNodesFitWhereTheControllerSaysSo(t *testing.T) {
	p, err := planned()
	if err != nil {
		t.Fatal(err)
	}
	for _, gates := range []string{"", "TaintTolerationComparisonOperators=true"} {
		t.Run(gates, func(t *testing.T) {
			setGates(t, gates)
			profile, err := kubeversion.Latest().WithGates(gates)
			if err != nil {
				t.Fatal(err)
			}
			checkFits(t, p.seed, profile)
		})
	}
}

func checkFits(t *testing.T, seed uint64, profile kubeversion.Profile) {
	reasons := map[string]int{}
	for index := range uint64(pairs / nodesEach) {
		d := &daemonWorld{generator: newGenerator("DaemonSet", seed, index), ds: &appsv1.DaemonSet{}}
		d.placement()
		placement := daemonset.PlacementOf(d.ds, profile)
		for n := range nodesEach {
			node := d.node(fmt.Sprintf("n-%d", n), 60)
			should, stays := daemon.NodeShouldRunDaemonPod(klog.Background(), node, d.ds)
			fit := placement.Fit(node)
			if fit.Should != should || fit.Continue != stays {
				t.Fatalf("SEED=%d, pair %d-%d: ours %+v, real %v and %v\ntemplate %s\nnode %s", seed, index, n, fit,
					should, stays, encoded(d.ds.Spec.Template.Spec), wire(node))
			}
			reasons[fmt.Sprintf("%s, should=%v, stays=%v", fit.Reason, should, stays)]++
		}
	}
	for _, reason := range []string{
		"AffinityMismatch, should=false, stays=false", "OtherNode, should=false, stays=false",
		"SelectorMismatch, should=false, stays=false", "Tainted, should=false, stays=false",
		"Tainted, should=false, stays=true", "Tolerated, should=true, stays=true",
		"Untainted, should=true, stays=true",
	} {
		if reasons[reason] < pairs/200 {
			t.Errorf("%d pairs with %s: draw more", reasons[reason], reason)
		}
	}
	t.Log(reasons)
}
