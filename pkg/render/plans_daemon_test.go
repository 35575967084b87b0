package render_test

import (
	"fmt"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// daemonPlans are plans of DaemonSets, whose rows are waves of nodes.
func daemonPlans() map[string]*plan.Plan {
	return map[string]*plan.Plan{
		"daemon_rolling":   live(sweeping(6, 2)),
		"daemon_1000":      guessed(sweeping(1000, 37)),
		"daemon_irregular": guessed(unevenSweeps(60)),
		"daemon_except":    live(exceptTwo()),
		"daemon_targets":   nodesMove(scaledByNodes()),
	}
}

// sweeping restarts the pods of so many nodes, some at once.
func sweeping(count, atOnce int) plan.Workload {
	w := deployment("agent", plan.RollingUpdate)
	w.Ref = cluster.Ref{APIVersion: "apps/v1", Kind: "DaemonSet", Namespace: "shop", Name: "agent"}
	w.Waves, w.Replicas, w.Start, w.Restarts = nil, int32(count), settledPods(int32(count)), int32(count)
	w.Changes = []plan.Change{{Path: `spec.template.spec.containers[name="agent"].image`, From: "agent:1", To: "agent:2"}}
	w.Strategy = &plan.Strategy{Type: "RollingUpdate", MaxUnavailable: int32(atOnce),
		Words: fmt.Sprintf("%d of %d nodes may lack a pod", atOnce, count)}
	least := int32(count - atOnce)
	w.Summary = plan.Summary{Outcome: plan.Settled, Floor: least, MinAvailable: &least,
		MaxUnavailable: int32(atOnce), MaxTotal: int32(count), MaxPods: int32(count), Duration: "55s"}
	for i := 0; i < count; i += atOnce {
		s := plan.Sweep{Action: plan.PodRestarted, At: time.Duration(i/atOnce) * 11 * time.Second,
			Available: least, Pods: int32(count), Why: fmt.Sprintf("%d of %d nodes may lack an available pod, 0 do", atOnce, count)}
		for n := i; n < min(i+atOnce, count); n++ {
			name := fmt.Sprintf("node-%d", n)
			s.Nodes = append(s.Nodes, name)
			w.Targets = append(w.Targets, plan.Target{Node: name, Runs: true, WillRun: true})
		}
		w.Sweeps = append(w.Sweeps, s)
	}
	return w
}

// unevenSweeps are of one node, then of two, then of one, and so on.
func unevenSweeps(count int) plan.Workload {
	w := sweeping(count, 3)
	for i := range w.Sweeps {
		w.Sweeps[i].Nodes = w.Sweeps[i].Nodes[:1+i%2]
	}
	return w
}

// exceptTwo is a rollout that two nodes keep from its end.
func exceptTwo() plan.Workload {
	w := sweeping(8, 4)
	w.Start = &timeline.State{Desired: 8, Total: 8, Updated: 8, Ready: 6, Available: 6}
	w.Summary.Except = []string{"node-3", "node-7"}
	return w
}

// scaledByNodes gains and loses nodes, and lacks more than are told one by one.
func scaledByNodes() plan.Workload {
	w := sweeping(4, 4)
	w.Verdict, w.Restarts, w.Changes = plan.Scale, 0, nil
	w.Sweeps[0].Action, w.Sweeps[0].Nodes = plan.PodCreated, []string{"node-9"}
	w.Targets[0].WillRun, w.Targets[0].Change, w.Targets[0].Reason = false, plan.Lost, "the node leaves"
	w.Targets = append(w.Targets, plan.Target{Node: "node-9", WillRun: true, Change: plan.Gained, Reason: "the node joins"})
	for i := range 30 {
		w.Targets = append(w.Targets, plan.Target{Node: fmt.Sprintf("other-%d", i),
			Reason: fmt.Sprintf("taint pool=%d:NoSchedule is not tolerated", i%6)})
	}
	return w
}

func nodesMove(w plan.Workload) *plan.Plan {
	p := guessed(w)
	p.Assumptions = append(p.Assumptions,
		plan.Assumption{Name: "nodeChange", Value: "add:node-9", From: "flag"},
		plan.Assumption{Name: "nodeChange", Value: "remove:node-0", From: "flag"})
	return p
}
