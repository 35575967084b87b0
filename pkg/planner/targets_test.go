package planner_test

import (
	"fmt"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
)

// everywhere asks for so many DaemonSets that are for all of so many nodes.
func everywhere(sets, nodes int) planner.Request {
	r := planner.Request{State: &cluster.Snapshot{}, Profile: kubeversion.Latest(), Now: setNow}
	for i := range sets {
		set := &appsv1.DaemonSet{
			TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSet"},
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprintf("agent-%02d", i)},
		}
		r.State.DaemonSets = append(r.State.DaemonSets, set)
		r.Asks = append(r.Asks, planner.Ask{Ref: cluster.RefOf(set)})
	}
	for i := range nodes {
		r.State.Nodes = append(r.State.Nodes, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("n%05d", i)}})
	}
	return r
}

func TestTargetsAreNotToldWithoutNodes(t *testing.T) {
	r := everywhere(1, 0)
	r.State.Unread = []cluster.Unread{{Resource: "nodes", Why: "forbidden"}}
	const want = "daemonset/agent-00 -n shop: which nodes it is for cannot be told: cannot list nodes (forbidden)"
	if _, err := planner.Targets(r); err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}

func TestDaemonSetsOnTooManyNodesAreRefused(t *testing.T) {
	r := everywhere(20, 65_000)
	_, err := planner.Plan(r)
	if err == nil || !strings.Contains(err.Error(), "more than can be simulated (limit 1000000)") {
		t.Errorf("%v", err)
	}
	found, err := planner.Targets(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := found.Workloads[19].Summary; got.Nodes != 65_000 || got.Runs != 65_000 {
		t.Errorf("targets take no simulation: %+v", got)
	}
}
