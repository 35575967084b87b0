package recording

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// Watched is a watch event and when it was heard.
type Watched struct {
	watch.Event
	Heard time.Time
}

// Follow makes events of what was watched, in the order of resourceVersions, which
// is the order of the writes across kinds. byUser are the versions that the user
// wrote. Events that change nothing of what is kept are left out.
func (r *Recording) Follow(heard []Watched, byUser []int64) error {
	current := map[cluster.Ref]cluster.Object{}
	for _, object := range followed(r.State) {
		current[cluster.RefOf(object)] = object
	}
	var events []Event
	for _, w := range heard {
		e, err := w.event()
		if err != nil {
			return err
		}
		e.At = w.Heard.Sub(r.Start).Round(time.Microsecond)
		events = append(events, e)
	}
	slices.SortStableFunc(events, func(a, b Event) int { return cmp.Compare(a.Version, b.Version) })
	for _, e := range events {
		before := current[e.Ref()]
		if e.After != nil && before != nil && same(before, e.After) {
			continue
		}
		e.Before = before
		e.By = actor(e.Before, e.After)
		if slices.Contains(byUser, e.Version) {
			e.By = timeline.User
		}
		current[e.Ref()] = e.After
		r.Events = append(r.Events, e)
	}
	return nil
}

// event is what was watched, without who did it and what was there before.
func (w Watched) event() (Event, error) {
	object, ok := w.Object.(cluster.Object)
	if !ok {
		return Event{}, fmt.Errorf("the watch ended: %v", w.Object)
	}
	object = reduced(object)
	version, err := strconv.ParseInt(object.GetResourceVersion(), 10, 64)
	if err != nil {
		return Event{}, fmt.Errorf("%s has no resourceVersion that is a number: %w", cluster.RefOf(object), err)
	}
	if w.Type == watch.Deleted {
		return Event{Version: version, Before: object}, nil
	}
	return Event{Version: version, After: object}, nil
}

// same reports whether two versions differ in nothing but their version.
func same(a, b cluster.Object) bool {
	a, b = a.DeepCopyObject().(cluster.Object), b.DeepCopyObject().(cluster.Object)
	a.SetResourceVersion("")
	b.SetResourceVersion("")
	return equality.Semantic.DeepEqual(a, b)
}
