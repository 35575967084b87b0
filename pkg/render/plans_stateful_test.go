package render_test

import (
	"fmt"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// statefulPlans are plans of StatefulSets, whose pods have names.
func statefulPlans() map[string]*plan.Plan {
	return map[string]*plan.Plan{
		"stateful_rolling":   live(inOrder(5, 3)),
		"stateful_40":        guessed(inOrder(40, 0)),
		"stateful_5000":      guessed(inOrder(5000, 0)),
		"stateful_pairs":     guessed(inPairs(40)),
		"stateful_create":    guessed(createdAtOnce(3)),
		"stateful_scale":     guessed(scaledDown()),
		"stateful_stall":     live(stuck()),
		"stateful_on_delete": live(onDelete()),
		"stateful_irregular": guessed(irregularTurns(60)),
		"stateful_two":       live(inOrder(3, 0), rollingUpdate()),
	}
}

func stateful(verdict plan.Verdict, replicas int32) plan.Workload {
	w := deployment("db", verdict)
	w.Ref = cluster.Ref{APIVersion: "apps/v1", Kind: "StatefulSet", Namespace: "shop", Name: "db"}
	w.Replicas, w.Start = replicas, settledPods(replicas)
	w.Changes = []plan.Change{{Path: `spec.template.spec.containers[name="db"].image`, From: "db:1", To: "db:2"}}
	w.Strategy = &plan.Strategy{Type: "RollingUpdate", MaxUnavailable: 1, Words: "from the top, 1 missing allowed"}
	w.Summary = plan.Summary{Outcome: plan.Settled, Floor: replicas - 1, MinAvailable: number(replicas - 1),
		MaxUnavailable: 1, MaxTotal: replicas, MaxPods: replicas, Duration: "55s"}
	return w
}

func dbPod(ordinal int, action plan.PodAction, claim plan.ClaimAction) plan.Pod {
	name := fmt.Sprintf("db-%d", ordinal)
	return plan.Pod{Name: name, Ordinal: ordinal, DNS: name + ".db.shop.svc", Action: action,
		Claims: []plan.Claim{{Name: "data-" + name, Action: claim}}}
}

// inOrder restarts pods from the top down to a partition.
func inOrder(replicas, partition int) plan.Workload {
	w := stateful(plan.RollingUpdate, int32(replicas))
	w.Restarts = int32(replicas - partition)
	for i := range replicas {
		action := plan.PodRestarted
		if i < partition {
			action = plan.PodKept
		}
		w.Pods = append(w.Pods, dbPod(i, action, plan.ClaimKept))
	}
	for i := replicas - 1; i >= partition; i-- {
		name := fmt.Sprintf("db-%d", i)
		w.Turns = append(w.Turns, plan.Turn{Pod: name, Action: plan.PodRestarted, Available: int32(replicas) - 1,
			At: time.Duration(replicas-1-i) * 11 * time.Second, Waits: name + " to be ready"})
	}
	if partition > 0 {
		w.Strategy.Words += fmt.Sprintf(", partition %d: db-%d to db-%d move to revision db-6d9f, "+
			"db-%d to db-0 stay on db-7c8b", partition, replicas-1, partition, partition-1)
		w.Summary.Outcome, w.Summary.Cause = plan.Held, fmt.Sprintf("partition %d keeps %d pods at the old revision", partition, partition)
		w.Moments = &plan.Moments{End: *settledPods(int32(replicas))}
	}
	w.Summary.Duration = at(11 * (replicas - partition))
	return w
}

// inPairs restarts two pods at once.
func inPairs(replicas int) plan.Workload {
	w := inOrder(replicas, 0)
	w.Strategy.Words, w.Summary.Floor = "Parallel, from the top, 2 missing allowed", int32(replicas-2)
	w.Summary.MinAvailable = number(int32(replicas) - 2)
	for i := range w.Turns {
		turn := &w.Turns[i]
		turn.At, turn.Available = time.Duration(i/2)*11*time.Second, int32(replicas-2)
		turn.Waits = fmt.Sprintf("db-%d to be available", replicas-2-i/2*2)
	}
	return w
}

func createdAtOnce(replicas int) plan.Workload {
	w := stateful(plan.Create, int32(replicas))
	w.Start, w.Changes, w.Summary.MinAvailable = &timeline.State{}, nil, nil
	w.Strategy.Order = "all at once"
	for i := range replicas {
		w.Pods = append(w.Pods, dbPod(i, plan.PodCreated, plan.ClaimCreated))
		w.Turns = append(w.Turns, plan.Turn{Pod: w.Pods[i].Name, Action: plan.PodCreated})
	}
	w.Pods[1].Claims[0].Action = plan.ClaimReused
	return w
}

func scaledDown() plan.Workload {
	w := stateful(plan.Scale, 5)
	w.Replicas, w.Strategy.Order = 3, "one after the other"
	w.Changes = []plan.Change{{Path: "spec.replicas", From: 5, To: 3}}
	for i := range 5 {
		w.Pods = append(w.Pods, dbPod(i, plan.PodKept, plan.ClaimKept))
		if i > 2 {
			w.Pods[i] = dbPod(i, plan.PodDeleted, plan.ClaimDeleted)
			w.Pods[i].Claims = append(w.Pods[i].Claims, plan.Claim{Name: fmt.Sprintf("wal-db-%d", i), Action: plan.ClaimKept})
		}
	}
	w.Turns = []plan.Turn{
		{Pod: "db-4", Action: plan.PodDeleted, Available: 4, Waits: "db-4 to be gone"},
		{Pod: "db-3", Action: plan.PodDeleted, At: time.Second, Available: 3},
	}
	w.Findings = []plan.Finding{{Rule: "retention", Severity: plan.Warning,
		Message: "whenScaled is Delete: data-db-3 and data-db-4 are deleted with their pods, and their data with them"}}
	return w
}

func stuck() plan.Workload {
	w := inOrder(3, 0)
	w.Start.Ready, w.Start.Available = 2, 2
	w.Summary = plan.Summary{Outcome: plan.Stalled, Duration: "0s", Floor: 2, MinAvailable: number(2), MaxTotal: 3, MaxPods: 3,
		Cause: "db-2 is not ready, and the controller updates no pod before it is"}
	w.Turns = w.Turns[:0]
	for i := range w.Pods {
		w.Pods[i].Action = plan.PodKept
	}
	w.Moments = &plan.Moments{End: *w.Start}
	w.Findings = []plan.Finding{{Rule: "remedy", Severity: plan.Error,
		Message: "after the change, delete pod db-2: kubectl delete pod db-2 -n shop; then it settles after 33s"}}
	return w
}

func onDelete() plan.Workload {
	w := stateful(plan.OnDelete, 3)
	w.Strategy = &plan.Strategy{Type: "OnDelete", Words: "each of 3 pods changes when somebody deletes it"}
	w.Summary.Outcome, w.Summary.Duration = plan.Held, "0s"
	w.Summary.Cause = "OnDelete: 3 pods stay at the old revision until somebody deletes them"
	return w
}

// irregularTurns restarts pods at instants without a rule.
func irregularTurns(replicas int) plan.Workload {
	w := inOrder(replicas, 0)
	for i := range w.Turns {
		if i%5 == 0 {
			w.Turns[i].Action = plan.PodDeleted
		}
	}
	return w
}
