package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// db is an event of a pod, with how many pods are available after it.
func db(at time.Duration, action timeline.Action, pod string, available int32) timeline.Event {
	actor := timeline.StatefulSetController
	if action == timeline.Ready || action == timeline.Gone {
		actor = timeline.Kubelet
	}
	return timeline.Event{At: at * time.Second, Actor: actor, Action: action,
		Object: cluster.Ref{Kind: "Pod", Name: pod},
		State:  timeline.State{Desired: 3, Total: 3, Available: available}}
}

func TestAPodThatIsDeletedAndComesBackIsOneTurn(t *testing.T) {
	b := plan.NewBuilder(timeline.State{Desired: 3, Total: 3, Available: 3}, false)
	b.Changed(3, 0, timeline.State{Desired: 3, Total: 3, Available: 3})
	b.Add(db(0, timeline.Delete, "db-2", 2))
	b.Waits("db-2", "PodTerminating", "the pod is on its way out")
	b.Add(db(1, timeline.Gone, "db-2", 2))
	b.Add(db(1, timeline.Create, "db-2", 2))
	b.Waits("db-2", "PodNotReady", "the pod was just created")
	b.Add(db(11, timeline.Ready, "db-2", 3))
	b.Add(db(11, timeline.Delete, "db-1", 2))
	b.Add(db(11, timeline.Delete, "db-0", 1))
	b.Waits("db-1", "PodTerminating", "the pod is on its way out")
	b.Add(db(12, timeline.Create, "db-3", 1))
	b.Waits("db-3", "PodNotAvailable", "the pod has not been ready for 5s")
	b.Waits("", "", "")
	b.Add(db(30, timeline.Create, "db-4", 2))
	var w plan.Workload
	b.Fill(&w)
	want := []plan.Turn{
		{Pod: "db-2", Action: plan.PodRestarted, Available: 2, Waits: "db-2 to be ready"},
		{Pod: "db-1", Action: plan.PodDeleted, At: 11 * time.Second, Available: 1, Waits: "db-1 to be gone"},
		{Pod: "db-0", Action: plan.PodDeleted, At: 11 * time.Second, Available: 1, Waits: "db-1 to be gone"},
		{Pod: "db-3", Action: plan.PodCreated, At: 12 * time.Second, Available: 1, Waits: "db-3 to be available"},
		{Pod: "db-4", Action: plan.PodCreated, At: 30 * time.Second, Available: 2},
	}
	if diff := cmp.Diff(want, w.Turns); diff != "" {
		t.Error(diff)
	}
}
