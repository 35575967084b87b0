package simulate

import (
	"container/heap"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// happening is something that is due at an instant.
type happening struct {
	at   time.Time
	seq  int64 // order of scheduling: ties at one instant
	kind happeningKind

	owner  podOwner // of what happens to a pod
	pod    *controller.Pod
	look   *look
	flight *flight

	// vain marks a look of a controller that could do nothing: nothing to wait for,
	// unless something changed since progress.
	vain     bool
	progress int64
}

// podOwner is who is told what happens to its pods: a ReplicaSet, a StatefulSet, a
// DaemonSet.
type podOwner interface {
	podReady(w *world, pod *controller.Pod)
	podAvailable(w *world, pod *controller.Pod)
	podGone(w *world, pod *controller.Pod)
}

type happeningKind uint8

const (
	podReady happeningKind = iota
	podAvailable
	podGone
	lookDue
	requestLands
)

// agenda is what is due, soonest first.
type agenda struct {
	heap happenings
	seq  int64
	vain int // how many are nothing to wait for
}

func (a *agenda) add(h happening) {
	a.seq++
	h.seq = a.seq
	if h.vain {
		a.vain++
	}
	heap.Push(&a.heap, h)
}

// next returns the instant of the soonest happening, if any is worth waiting for after
// so much progress.
func (a *agenda) next(progress int64) (time.Time, bool) {
	for len(a.heap) > 0 && len(a.heap) == a.vain && a.heap[0].progress == progress {
		dropped := a.take()
		dropped.look.forget(dropped.at)
	}
	if len(a.heap) == 0 {
		return time.Time{}, false
	}
	return a.heap[0].at, true
}

// takeDue removes and returns the soonest happening if it is due by now.
func (a *agenda) takeDue(now time.Time) (happening, bool) {
	if len(a.heap) == 0 || a.heap[0].at.After(now) {
		return happening{}, false
	}
	return a.take(), true
}

func (a *agenda) take() happening {
	taken := heap.Pop(&a.heap).(happening)
	if taken.vain {
		a.vain--
	}
	return taken
}

type happenings []happening

func (h happenings) Len() int      { return len(h) }
func (h happenings) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h happenings) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].seq < h[j].seq
}

// Push implements heap.Interface.
func (h *happenings) Push(x any) { *h = append(*h, x.(happening)) }

// Pop implements heap.Interface.
func (h *happenings) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
