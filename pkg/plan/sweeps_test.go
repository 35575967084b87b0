package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// on is an event of a pod of a node, with how many pods are available after it.
func on(at time.Duration, action timeline.Action, node string, available int32) timeline.Event {
	actor := timeline.DaemonSetController
	if action == timeline.Ready || action == timeline.Gone {
		actor = timeline.Kubelet
	}
	return timeline.Event{At: at * time.Second, Actor: actor, Action: action, Node: node, Message: "because",
		Old: action == timeline.Delete, Object: cluster.Ref{Kind: "Pod", Name: "agent-" + node},
		State: timeline.State{Desired: 3, Total: 3, Available: available}}
}

func TestWhatBeginsOnNodesAtOneInstantIsOneSweep(t *testing.T) {
	lost := on(40, timeline.Gone, "n9", 3)
	lost.Actor = timeline.PodGarbageCollector
	tests := map[string]struct {
		events []timeline.Event
		want   []plan.Sweep
	}{
		"a pod that is deleted and comes back is restarted": {
			events: []timeline.Event{
				on(0, timeline.Delete, "n1", 2), on(0, timeline.Delete, "n2", 1), on(0, timeline.Create, "n4", 1),
				on(1, timeline.Gone, "n1", 1), on(1, timeline.Create, "n1", 1), on(2, timeline.Create, "n2", 1),
				on(11, timeline.Ready, "n1", 2), on(11, timeline.Delete, "n3", 1),
			},
			want: []plan.Sweep{
				{Action: plan.PodRestarted, Nodes: []string{"n1", "n2"}, Available: 1, Pods: 3, Why: "because"},
				{Action: plan.PodCreated, Nodes: []string{"n4"}, Available: 1, Pods: 3, Why: "because"},
				{At: 11 * time.Second, Action: plan.PodDeleted, Nodes: []string{"n3"}, Available: 1, Pods: 3, Why: "because"},
			},
		},
		"with a surge the new one comes first": {
			events: []timeline.Event{
				on(0, timeline.Create, "n1", 3), on(0, timeline.Create, "n2", 3), on(10, timeline.Ready, "n1", 4),
				on(10, timeline.Delete, "n1", 3), on(10, timeline.Create, "n3", 3),
			},
			want: []plan.Sweep{
				{Action: plan.PodRestarted, Nodes: []string{"n1"}, Available: 3, Pods: 3, Why: "because"},
				{Action: plan.PodCreated, Nodes: []string{"n2"}, Available: 3, Pods: 3, Why: "because"},
				{At: 10 * time.Second, Action: plan.PodCreated, Nodes: []string{"n3"}, Available: 3, Pods: 3, Why: "because"},
			},
		},
		"a node that is gone takes its pod with it": {
			events: []timeline.Event{lost},
			want: []plan.Sweep{{At: 40 * time.Second, Action: plan.PodDeleted, Nodes: []string{"n9"},
				Available: 3, Pods: 3, Why: "because"}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := plan.NewBuilder(timeline.State{Desired: 3, Total: 3, Available: 3}, false)
			b.Changed(3, 0, timeline.State{Desired: 3, Total: 3, Available: 3})
			for _, event := range test.events {
				b.Add(event)
			}
			var w plan.Workload
			b.Fill(&w)
			if diff := cmp.Diff(test.want, w.Sweeps); diff != "" {
				t.Error(diff)
			}
		})
	}
}
