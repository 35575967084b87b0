package check_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-workload/kubectl-workload/pkg/check"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// agent is a rollout over 10 nodes, 3 at once.
func agent() plan.Workload {
	seven := int32(7)
	return plan.Workload{
		Ref:     cluster.Ref{APIVersion: "apps/v1", Kind: "DaemonSet", Namespace: "shop", Name: "agent"},
		Verdict: plan.RollingUpdate, Restarts: 10, Replicas: 10,
		Start:    &timeline.State{Desired: 10, Total: 10, Ready: 10, Available: 10},
		Strategy: &plan.Strategy{Type: "RollingUpdate", MaxUnavailable: 3},
		Sweeps:   []plan.Sweep{{Action: plan.PodRestarted, Nodes: []string{"n1"}}},
		Summary:  plan.Summary{Outcome: plan.Settled, MinAvailable: &seven, MaxTotal: 10, MaxPods: 10},
	}
}

func TestRulesOfDaemonSets(t *testing.T) {
	const held = "warning not-ready-nodes: "
	tests := map[string]struct {
		change func(*plan.Workload, *check.DaemonSet)
		found  []string
	}{
		"all is well": {change: func(*plan.Workload, *check.DaemonSet) {}},
		"the order is made up": {
			change: func(w *plan.Workload, _ *check.DaemonSet) { w.Sweeps = append(w.Sweeps, w.Sweeps[0]) },
			found:  []string{"info node-order: which nodes go first is an assumption: by name; Kubernetes takes any, but as many at once"},
		},
		"a node holds a part of the budget": {
			change: func(_ *plan.Workload, s *check.DaemonSet) { s.NotReady = []string{"n4"} },
			found:  []string{held + "1 of 10 nodes is not ready, so of the 3 that may lack a pod 2 are left to go at once: n4"},
		},
		"nodes hold all of it": {
			change: func(_ *plan.Workload, s *check.DaemonSet) {
				s.NotReady = []string{"n1", "n2", "n3", "n4", "n5", "n6"}
			},
			found: []string{held + "6 of 10 nodes are not ready, as many as may lack a pod (3): " +
				"no other node goes until they are ready or removed: n1, n2, n3, n4, n5 and 1 more"},
		},
		"a surge does not count them": {
			change: func(w *plan.Workload, s *check.DaemonSet) {
				s.NotReady, w.Strategy.MaxSurge = []string{"n4"}, 1
			},
			found: []string{held + "1 of 10 nodes is not ready: the update does not end there: n4"},
		},
		"nothing is restarted": {
			change: func(w *plan.Workload, s *check.DaemonSet) { s.NotReady, w.Restarts = []string{"n4"}, 0 },
		},
		"a surge with a host port": {
			change: func(w *plan.Workload, s *check.DaemonSet) { s.HostPorts, w.Strategy.MaxSurge = []int32{9100}, 1 },
			found: []string{"error surge-host-port: maxSurge cannot work with host port 9100: the new pod of a node waits " +
				"for the port of the old one, which stays until the new one is available; use maxUnavailable"},
		},
		"a host port without a surge": {
			change: func(_ *plan.Workload, s *check.DaemonSet) { s.HostPorts = []int32{9100} },
		},
		"cordoned nodes": {
			change: func(_ *plan.Workload, s *check.DaemonSet) { s.Cordoned = []string{"n7"} },
			found:  []string{"info cordoned-nodes: DaemonSets ignore cordon: pods stay, and are created, on n7 too"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w, facts := agent(), check.DaemonSet{Rolls: true}
			test.change(&w, &facts)
			p := &plan.Plan{Workloads: []plan.Workload{w}}
			check.Run(p, check.Facts{Workloads: map[cluster.Ref]check.WorkloadFacts{w.Ref: {DaemonSet: &facts}}})
			var found []string
			for _, f := range p.Workloads[0].Findings {
				found = append(found, string(f.Severity)+" "+f.Rule+": "+f.Message)
			}
			if diff := cmp.Diff(test.found, found); diff != "" {
				t.Error(diff)
			}
		})
	}
}
