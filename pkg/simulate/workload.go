package simulate

import (
	"maps"
	"slices"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// workload is what a plan has an entry for. What kinds differ in is here; the clock,
// the agenda and the events know no kinds.
type workload interface {
	about() *entry
	// enter lets its controller look at it, as it does after a start.
	enter(*world)
	// state counts the pods now.
	state(now time.Time) timeline.State
	// begins fills in how the pods are shared out over revisions.
	begins(*world, *Beginning)
	// stored fills in the objects as they are stored.
	stored(*world, *Outcome)
	// complete is the controller's own rule, and that no pod is on its way out; from a
	// state that is filled in.
	complete(*world, *Outcome) bool
	// explain fills in why it did not settle, from a state that is filled in.
	explain(*world, *Outcome)
}

// entry is what every workload has.
type entry struct {
	ref        cluster.Ref
	look       look
	failures   int // syncs in a row that failed
	lastErr    error
	lastChange time.Duration   // when a size or a pod last changed
	events     *api.Bucket     // about the workload itself, with a limit
	asked      *timeline.Event // the size that the change gives a ReplicaSet
	foreign    bool            // somebody controls it who is not planned here
	deleted    bool
}

func (e *entry) about() *entry { return e }

func newEntry(ref cluster.Ref) entry {
	return entry{ref: ref, events: api.Events().Bucket()}
}

// changed notes that a size or a pod of the workload changed now.
func (w *world) changed(of workload) {
	w.happened++
	w.progress++
	of.about().lastChange = w.now.Sub(w.start)
}

// inOrder returns the workloads that a plan can have an entry for.
func (w *world) inOrder() []workload {
	return slices.DeleteFunc(w.sorted(), func(wl workload) bool { return wl.about().foreign || wl.about().deleted })
}

func (w *world) sorted() []workload {
	return slices.SortedFunc(maps.Values(w.workloads), func(a, b workload) int {
		return a.about().ref.Compare(b.about().ref)
	})
}
