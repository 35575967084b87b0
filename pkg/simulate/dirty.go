package simulate

import "slices"

// dirty is the work queue of a controller: what it has to look at, each once. What
// is added at one instant has one order, whoever was added first; beyond that, first
// come, first served.
//
// With a number of workers, that many can be under way. What is added while it is
// under way is looked at once more when it has ended.
type dirty[T comparable] struct {
	waiting []T
	sorted  int // of those that wait, how many are in their order
	queued  map[T]bool
	compare func(a, b T) int

	workers int // zero: a look takes no time
	busy    map[T]bool
}

func newDirty[T comparable](workers int, compare func(a, b T) int) dirty[T] {
	return dirty[T]{queued: map[T]bool{}, compare: compare, workers: workers, busy: map[T]bool{}}
}

// add follows k8s.io/client-go/util/workqueue/queue.go Add, v1.37.0.
func (d *dirty[T]) add(item T) {
	if d.queued[item] {
		return
	}
	d.queued[item] = true
	if !d.busy[item] {
		d.waiting = append(d.waiting, item)
	}
}

// take removes and returns those who wait and for whom there is a worker.
func (d *dirty[T]) take() []T {
	slices.SortFunc(d.waiting[d.sorted:], d.compare)
	taken := d.waiting[:d.free()]
	d.waiting = d.waiting[len(taken):]
	d.sorted = len(d.waiting)
	for _, item := range taken {
		delete(d.queued, item)
	}
	return taken
}

// free is for how many of those who wait there is a worker.
func (d *dirty[T]) free() int {
	if d.workers == 0 {
		return len(d.waiting)
	}
	return min(len(d.waiting), d.workers-len(d.busy))
}

// start and end say that a look takes its time.
func (d *dirty[T]) start(item T) { d.busy[item] = true }

func (d *dirty[T]) end(item T) {
	delete(d.busy, item)
	if d.queued[item] {
		d.waiting = append(d.waiting, item)
	}
}

// empty reports whether nobody can be taken.
func (d *dirty[T]) empty() bool { return d.free() == 0 }
