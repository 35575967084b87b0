package timeline

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

func scaled(at time.Duration, old bool, from, to int32, reason string, s State) Event {
	return Event{At: at, Action: Scale, Sized: true, Old: old, From: from, To: to, Reason: reason, State: s}
}

func came(at time.Duration, s State) Event {
	return Event{At: at, Action: Ready, Object: cluster.Ref{Kind: "Pod"}, State: s}
}

func TestAWaveIsAllThatHappensToSizesAtOneInstant(t *testing.T) {
	w := StartWaves(2, 0, State{Desired: 2, Total: 2, Available: 2})
	w.Add(scaled(0, false, 0, 1, "NewTemplate", State{Total: 2, Available: 2}))
	w.Add(Event{At: 0, Action: Create, Object: cluster.Ref{Kind: "Pod"}, State: State{Total: 3, Available: 2}})
	w.Add(came(10*time.Second, State{Total: 3, Available: 3}))
	w.Add(scaled(10*time.Second, true, 2, 1, "EnoughAvailable", State{Total: 3, Available: 3}))
	w.Add(scaled(10*time.Second, false, 1, 2, "SurgeAllowed", State{Total: 2, Available: 2}))
	w.Add(came(20*time.Second, State{Total: 3, Available: 3}))
	want := []Wave{
		{At: 0, OldFrom: 2, OldTo: 2, NewTo: 1, Moves: []Move{{"NewTemplate", 1}},
			Before: State{Total: 2, Available: 2}, State: State{Total: 3, Available: 2}},
		{At: 10 * time.Second, OldFrom: 2, OldTo: 1, NewFrom: 1, NewTo: 2, Came: 1,
			Moves:  []Move{{"EnoughAvailable", -1}, {"SurgeAllowed", 1}},
			Before: State{Total: 3, Available: 3}, State: State{Total: 2, Available: 2}},
		// The last pod came after the last change of a size.
		{At: 20 * time.Second, OldFrom: 1, OldTo: 1, NewFrom: 2, NewTo: 2, Came: 1, State: State{Total: 3, Available: 3}},
	}
	if diff := cmp.Diff(want, w.All()); diff != "" {
		t.Error(diff)
	}
}

func TestMeasuresIncludeTheFirstState(t *testing.T) {
	m := Measure(State{Desired: 5, Total: 5, Available: 3, Terminating: 4})
	m.Add(Event{State: State{Desired: 5, Total: 7, Available: 5}})
	want := Measures{MinAvailable: 3, MaxUnavailable: 2, MaxTotal: 7, MaxPods: 9, Events: 1}
	if m != want {
		t.Errorf("%+v", m)
	}
}
