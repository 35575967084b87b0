// Package simulate runs the workload controllers on a virtual clock. It is the only
// package that runs controllers; what happens comes out as events.
package simulate

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// mostHappenings bounds a simulation that does not end by itself.
const mostHappenings = 10_000_000

// Config is what a simulation assumes.
type Config struct {
	Profile kubeversion.Profile
	// Now is the instant of the change.
	Now       time.Time
	Latencies kubelet.Latencies
	// Limit is how many requests each controller may send; zero: as many as it wants,
	// and each takes no time.
	Limit api.Limit
	// Horizon ends the simulation; zero: only the bound on happenings does.
	Horizon time.Duration
	// Admit, where set, changes a pod as it is created, as a webhook may.
	Admit func(*controller.Pod)
	// Begin, where set, is told the state of each workload before the change and
	// right after it, before anything else happens.
	Begin func(Beginning)
	// Waits, where set, is told whenever what a controller waits for changes.
	Waits func(Waiting)
	// Report receives the events in order; nil where nobody listens.
	Report func(timeline.Event)
}

// Waiting is what the controller of a workload waits for from an instant on.
type Waiting struct {
	Workload cluster.Ref
	At       time.Duration
	Wait     controller.Wait // zero: it waits for nothing any more
}

// Beginning is how a workload starts.
type Beginning struct {
	Workload cluster.Ref
	Before   timeline.State // before the change
	After    timeline.State // right after it: the same pods, counted by the new revision
	// OldSize is what the old ReplicaSets want together, NewSize what the one of the
	// new revision wants; of a ReplicaSet of its own what it wanted before. Of a
	// StatefulSet or a DaemonSet they are the pods at other revisions and at the new one.
	OldSize, NewSize int32
	// Sets counts the ReplicaSets that want any pod.
	Sets int
	// Pods are those of a StatefulSet before the change, with what is made up of it, by
	// name: the revision that each is at; of a DaemonSet its hash.
	Pods map[string]string
	// Condemned counts those of them that are ready and not wanted after the change.
	Condemned int32
}

// Change is one object before and after a write. Before is nil for what is created,
// After for what is deleted: a Pod, right after all other changes. A Node may join,
// leave and change.
type Change struct {
	Before, After cluster.Object
}

// Outcome is how the rollout of a workload ended.
type Outcome struct {
	Workload cluster.Ref
	// First is the state before the change, Last the state at the end.
	First, Last timeline.State
	// Settled: the controller's own rule for complete holds and no pod is
	// terminating.
	Settled bool
	// Held: it waits by design. A Deployment is paused; OnDelete, or the partition of a
	// StatefulSet, keeps pods at an old revision.
	Held bool
	// HorizonReached: the simulation was ended from outside.
	HorizonReached bool
	// NewBroken counts the pods created in the forecast that are not ready at the end.
	NewBroken int32
	// Cause says in a sentence why it did not settle.
	Cause string
	// Waits is what the controller waited for at the end; nil: nothing.
	Waits *controller.Wait
	// LastChange is when a size or a pod last changed.
	LastChange time.Duration
	// DeadlineAt is when ProgressDeadlineExceeded was reported; nil: it was not.
	DeadlineAt *time.Duration
	// Deployment and ReplicaSets are as stored at the end.
	Deployment  *appsv1.Deployment
	ReplicaSets []*appsv1.ReplicaSet
	// StatefulSet, its Revisions (a DaemonSet has some too) and the Claims of its pods, of those that are gone too,
	// are as stored at the end.
	StatefulSet *appsv1.StatefulSet
	Revisions   []*appsv1.ControllerRevision
	Claims      []*corev1.PersistentVolumeClaim
	// DaemonSet is as stored at the end.
	DaemonSet *appsv1.DaemonSet
	// Except are the nodes, by name, on which a DaemonSet does not get to its end because of
	// what was so before the change: they were not ready, and still are not. It may have
	// settled on all others.
	Except []string
}

// Result is how a simulation ended.
type Result struct {
	// Sent counts the requests of all controllers, Waited those of them that had to
	// wait; both only with a limit.
	Sent, Waited int
	Outcomes     []Outcome // sorted by workload
	Notes        []string  // what was taken for granted in the first state
}

// Run sends the changes at 0s, in order and without waiting, and lets the
// controllers work until nothing is left to happen. The snapshot stays as it is.
func Run(state *cluster.Snapshot, changes []Change, cfg Config) (Result, error) {
	w, err := newWorld(state, cfg)
	if err != nil {
		return Result{}, err
	}
	first := map[cluster.Ref]timeline.State{}
	for ref, wl := range w.workloads {
		first[ref] = wl.state(w.now)
	}
	if err := w.change(changes); err != nil {
		return Result{}, err
	}
	w.begins(first)
	for _, do := range w.atStart {
		do()
	}
	ended := w.run()
	return w.result(first, !ended), nil
}

// begins tells how each workload starts, in their order.
func (w *world) begins(first map[cluster.Ref]timeline.State) {
	for _, wl := range w.inOrder() {
		e := wl.about()
		b := Beginning{Workload: e.ref, Before: first[e.ref], After: wl.state(w.now)}
		wl.begins(w, &b)
		if w.cfg.Begin != nil {
			w.cfg.Begin(b)
		}
		if e.asked != nil {
			w.tell(wl, *e.asked)
		}
	}
}

// run lets time pass until nothing is due, and reports whether it got there.
func (w *world) run() bool {
	for {
		if !w.settle() {
			return false
		}
		at, ok := w.agenda.next(w.progress)
		if !ok {
			return true
		}
		if w.cfg.Horizon > 0 && at.Sub(w.start) > w.cfg.Horizon {
			return false
		}
		w.now = at
		for {
			due, ok := w.agenda.takeDue(w.now)
			if !ok {
				break
			}
			w.happen(due)
		}
	}
}

// settle lets the controllers work at this instant until none has anything to do:
// those that own pods until they are quiet, then those above them once, and again. It
// reports whether it stayed within bounds.
func (w *world) settle() bool {
	for !idle(w.owning) || !idle(w.above) {
		for !idle(w.owning) {
			for _, c := range w.owning {
				c.work()
			}
			if w.happened > mostHappenings {
				return false
			}
		}
		for _, c := range w.above {
			c.work()
		}
	}
	return w.happened <= mostHappenings
}

// happen lets one thing happen that is due.
func (w *world) happen(h happening) {
	w.happened++
	switch h.kind {
	case podReady:
		h.owner.podReady(w, h.pod)
	case podAvailable:
		h.owner.podAvailable(w, h.pod)
	case podGone:
		h.owner.podGone(w, h.pod)
	case lookDue:
		h.look.due(h.at)
	case requestLands:
		w.requestLands(h.flight)
	default:
		panic(fmt.Sprintf("simulate: unknown happening %d", h.kind))
	}
}
