package simulate

import "slices"

// dirty is the work queue of a controller: what it has to look at, each once, in
// one order that does not depend on who was added first.
type dirty[T comparable] struct {
	waiting []T
	queued  map[T]bool
	compare func(a, b T) int
}

func newDirty[T comparable](compare func(a, b T) int) dirty[T] {
	return dirty[T]{queued: map[T]bool{}, compare: compare}
}

func (d *dirty[T]) add(item T) {
	if !d.queued[item] {
		d.queued[item] = true
		d.waiting = append(d.waiting, item)
	}
}

// take returns all that waits and leaves the queue empty.
func (d *dirty[T]) take() []T {
	taken := d.waiting
	d.waiting = nil
	clear(d.queued)
	slices.SortFunc(taken, d.compare)
	return taken
}

func (d *dirty[T]) empty() bool { return len(d.waiting) == 0 }
