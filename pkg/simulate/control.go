package simulate

import (
	"slices"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
)

// control is one controller: what it has to look at, how it looks at one object, and
// how it reaches the API server.
type control[T comparable] struct {
	dirty[T]
	sync   func(T)
	client *client // nil where requests are not limited
}

// controls is a controller of any kind.
type controls interface {
	empty() bool
	work()
	reach() *client
}

// newControl is a controller whose objects have one order at one instant.
func newControl[T comparable](limit api.Limit, sync func(T), compare func(a, b T) int) *control[T] {
	if limit.None() {
		return &control[T]{dirty: newDirty(0, compare), sync: sync}
	}
	return &control[T]{dirty: newDirty(workers, compare), sync: sync, client: &client{tokens: limit.Bucket()}}
}

// work looks at all that can be looked at now.
func (c *control[T]) work() {
	for _, item := range c.take() {
		c.sync(item)
	}
}

func (c *control[T]) reach() *client { return c.client }

// idle reports whether no controller has anything to look at.
func idle(all []controls) bool {
	return !slices.ContainsFunc(all, func(c controls) bool { return !c.empty() })
}

// look is the soonest look at an object that its controller has planned: the queue
// keeps one entry per key.
type look struct {
	at    time.Time // zero: none is planned
	enter func()    // puts the object into the controller's queue
}

// due is told that a planned instant has come. A look that was moved forward is not
// taken twice.
func (l *look) due(at time.Time) {
	if l.at.Equal(at) {
		l.at = time.Time{}
		l.enter()
	}
}

// forget is told that the look planned for an instant will not be taken.
func (l *look) forget(at time.Time) {
	if l.at.Equal(at) {
		l.at = time.Time{}
	}
}

// plan plans a look, unless a sooner one is planned. A sync that took its time may ask
// for an instant that is over: then the look is now.
func (w *world) plan(l *look, at time.Time) { w.planLookAt(l, at, false) }

// planInVain plans a look that can change nothing unless something else does before.
func (w *world) planInVain(l *look, at time.Time) { w.planLookAt(l, at, true) }

func (w *world) planLookAt(l *look, at time.Time, vain bool) {
	if at.IsZero() || !l.at.IsZero() && !at.Before(l.at) {
		return
	}
	if at.Before(w.now) {
		at = w.now
	}
	l.at = at
	w.agenda.add(happening{at: at, kind: lookDue, look: l, vain: vain, progress: w.progress})
}
