package rollouts

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// rollout is what came of a change on one side.
type rollout struct {
	journal journal
	end     *cluster.Snapshot
}

// starting is the first state of a rollout, as both sides have it.
type starting struct {
	state  *cluster.Snapshot
	now    time.Time
	before cluster.Object
	after  cluster.Object // nil: nothing is changed
	dealt  *dealt
	// unusable says why the world is to be drawn again.
	unusable string
}

// longest is for how long a rollout is followed.
const longest = time.Hour

// play lets the real controllers carry out the change of a world.
func (w *World) play(t *testing.T) (starting, rollout) {
	s := w.begin(t)
	var start starting
	var done rollout
	inBubble(t, s.at, s.state, w.Seed, afterChange, func(r *real) {
		start.state, start.now = r.store.snapshot(), time.Now()
		if len(r.nodes.made) > 0 {
			start.unusable = "pods were created as the controllers started"
		}
		r.nodes.flaky = w.Flaky
		r.nodes.adopt(start.state.Pods, s.ready)
		r.journal = &journal{start: start.now}
		r.changed = start.now
		if len(w.Change) > 0 {
			start.before = start.state.Workloads()[0]
			start.after = edited(start.state, w.Change...)
			if _, err := r.store.update(resourceOf(start.after), false, start.after); err != nil {
				t.Fatal(err)
			}
		}
		r.rest(r.untilDeadline, longest)
		synctest.Wait()
		start.dealt = r.nodes.dealt
		if r.nodes.crowded {
			start.unusable = "two things happen at one instant"
		}
		done = rollout{journal: *r.journal, end: r.store.snapshot()}
	})
	return start, done
}
