package recording_test

import (
	"bytes"
	"encoding/json"
	"time"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
)

// history is a recording with the state before each event.
type history struct {
	*recording.Recording
	// states[n] is what n events left.
	states []*cluster.Snapshot
	// at[n] is when the n-th event happened: each after the one before, whatever the
	// watches of several kinds heard first.
	at []time.Duration
}

func historyOf(r *recording.Recording) *history {
	h := &history{Recording: r, states: []*cluster.Snapshot{r.Before(0)}}
	last := time.Duration(-1)
	for n, e := range r.Events {
		last = max(last+1, e.At)
		h.at = append(h.at, last)
		h.states = append(h.states, r.Before(n+1))
	}
	return h
}

// sight is how many events each cache of a controller has heard of. One informer
// may lag behind another, but each hears of its kind in order.
type sight struct{ workloads, sets, revisions, pods, claims, nodes int }

// everything is that all caches have heard of so many events.
func everything(n int) sight { return sight{n, n, n, n, n, n} }

func (s sight) coversAllOf(other sight) bool {
	return s.workloads >= other.workloads && s.sets >= other.sets && s.revisions >= other.revisions &&
		s.pods >= other.pods && s.claims >= other.claims && s.nodes >= other.nodes
}

// moments are how many events a cache of a kind can have heard of, of least to most,
// the latest first: each leaves the cache with something else in it.
func (h *history) moments(kind string, least, most int) []int {
	var heard []int
	for n := most; n > least; n-- {
		if h.Events[n-1].Ref().Kind == kind {
			heard = append(heard, n)
		}
	}
	return append(heard, least)
}

// instants are when a sync can have begun whose first write is the n-th event.
// Whatever depends on time does so by whole seconds, so it is the second of the
// event, or the one before if that is hardly over.
func (h *history) instants(n int) []time.Time {
	at := h.Start.Add(h.at[n])
	before := at.Truncate(time.Second).Add(-time.Nanosecond)
	if at.Sub(before) > reaction {
		return []time.Time{at}
	}
	return []time.Time{at, before}
}

// stored is the object with that reference that n events left; nil: there is none.
func (h *history) stored(ref cluster.Ref, n int) cluster.Object {
	switch state := h.states[n]; ref.Kind {
	case "Node":
		return orNil(named(state.Nodes, ref.Name))
	case "ControllerRevision":
		return orNil(named(state.Revisions, ref.Name))
	case "Pod":
		return orNil(named(state.Pods, ref.Name))
	case "PersistentVolumeClaim":
		return orNil(named(state.Claims, ref.Name))
	default:
		return state.Find(ref)
	}
}

// named is the object of a recording, which is of one namespace, with that name.
func named[T cluster.Object](objects []T, name string) (T, bool) {
	for _, object := range objects {
		if object.GetName() == name {
			return object, true
		}
	}
	var none T
	return none, false
}

func orNil[T cluster.Object](object T, ok bool) cluster.Object {
	if !ok {
		return nil
	}
	return object
}

func (h *history) replicaSet(name string, n int) *appsv1.ReplicaSet {
	rs, _ := named(h.states[n].ReplicaSets, name)
	return rs
}

// equal compares objects as they go over the wire: times by whole seconds.
func equal(a, b cluster.Object) bool { return bytes.Equal(wire(a), wire(b)) }

func wire(object cluster.Object) []byte {
	data, err := json.Marshal(object)
	if err != nil {
		panic(err)
	}
	return data
}
