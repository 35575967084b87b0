// Package recording reads and writes rollouts that a real control plane did: the
// state before, the changes that were made, and every write that followed.
// Only tests and the recorder use it; testdata/recordings/README.md describes the
// files.
package recording

import (
	"encoding/json"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// Who else writes in a cluster; a forecast has no such actors.
const (
	// Scheduler binds pods to nodes.
	Scheduler timeline.Actor = "scheduler"
	// VolumeController binds claims to volumes, and lets claims go that no pod uses.
	VolumeController timeline.Actor = "volume-controller"
)

// Recording is one or several changes of one workload, a Deployment, a StatefulSet or a
// DaemonSet, or of the nodes under it, and what came of them.
type Recording struct {
	Header
	// Name is the folder of the recording.
	Name string
	// State is what was there before the first change, settled.
	State *cluster.Snapshot
	// Events are the writes from the first change on, in the order in which the API
	// server stored them.
	Events []Event
}

// Header says what a recording is about.
type Header struct {
	// About is a sentence for people.
	About      string `json:"about"`
	Kubernetes string `json:"kubernetes"`
	// Start is the instant of the first change.
	Start time.Time `json:"start"`
	// Changes are what was asked for, in order. The k-th of them is the k-th event by
	// the user.
	Changes []Change `json:"changes"`
	// Later says why the recording is not replayed yet; empty: it is.
	Later string `json:"later,omitempty"`
}

// Change is one change, as data: of the workload a strategic merge patch or a revision
// to go back to, or a pod that is deleted, or a node that changes.
type Change struct {
	Patch     json.RawMessage `json:"patch,omitempty"`
	Undo      int64           `json:"undo,omitempty"`
	DeletePod string          `json:"deletePod,omitempty"`
	// DeletePodOn is the node of a pod that is deleted: those of a DaemonSet have random names.
	DeletePodOn string `json:"deletePodOn,omitempty"`
	// Node is what happens to a node, as --node-change has it: "taint:n3=gpu:NoSchedule".
	Node string `json:"node,omitempty"`
}

// IsOfWorkload reports whether it changes the workload, and no pod or node.
func (c Change) IsOfWorkload() bool { return c.DeletePod == "" && c.DeletePodOn == "" && c.Node == "" }

// Intent is the change of a workload as a plan takes it.
func (c Change) Intent() change.Intent {
	if c.Undo != 0 {
		return change.Rollback{Revision: c.Undo}
	}
	return change.Patch{Text: string(c.Patch)}
}

// Event is one write of one object.
type Event struct {
	// At is when the watcher heard of it, since the first change.
	At      time.Duration
	Version int64 // the resourceVersion, comparable across kinds
	By      timeline.Actor
	// Before is the object as it was; nil where it did not exist.
	Before cluster.Object
	// After is the object as it was stored; nil where it was deleted.
	After cluster.Object
}

// Object is the object that the event is about, in its latest form.
func (e Event) Object() cluster.Object {
	if e.After != nil {
		return e.After
	}
	return e.Before
}

// Ref names the object that the event is about.
func (e Event) Ref() cluster.Ref { return cluster.RefOf(e.Object()) }

// Workload is what a recording is about, as it was before.
func (r *Recording) Workload() cluster.Object { return WorkloadOf(r.State) }

// WorkloadOf is what a recording is about, as it is in one of its states.
func WorkloadOf(state *cluster.Snapshot) cluster.Object {
	switch {
	case len(state.StatefulSets) > 0:
		return state.StatefulSets[0]
	case len(state.DaemonSets) > 0:
		return state.DaemonSets[0]
	}
	return state.Deployments[0]
}

// Instant is when the watcher heard of an event.
func (r *Recording) Instant(e Event) time.Time { return r.Start.Add(e.At) }

// Before is the state that the n-th event met.
func (r *Recording) Before(n int) *cluster.Snapshot {
	objects := map[cluster.Ref]cluster.Object{}
	for _, object := range followed(r.State) {
		objects[cluster.RefOf(object)] = object
	}
	for _, e := range r.Events[:n] {
		if e.After == nil {
			delete(objects, e.Ref())
			continue
		}
		objects[e.Ref()] = e.After
	}
	state := &cluster.Snapshot{Services: r.State.Services, Others: r.State.Others}
	if !followsNodes(r.State) {
		state.Nodes = r.State.Nodes
	}
	for _, object := range objects {
		put(state, object)
	}
	state.Sort()
	return state
}

// End is the state when the recording stopped.
func (r *Recording) End() *cluster.Snapshot { return r.Before(len(r.Events)) }
