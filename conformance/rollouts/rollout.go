package rollouts

import (
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// rollout is what came of a change on one side.
type rollout struct {
	journal journal
	end     *cluster.Snapshot
	settled bool // says the simulation
	// first are the pods of the first state, newest is the hash of the newest revision at
	// the end.
	first  []*corev1.Pod
	newest string
}

// starting is the first state of a rollout, as both sides have it.
type starting struct {
	state  *cluster.Snapshot
	now    time.Time
	before cluster.Object // nil: the change creates something
	after  cluster.Object // nil: nothing is changed
	killed *corev1.Pod    // deleted by hand; nil: none is
	nodes  []change.NodeEdit
	dealt  *dealt
	// profile is what both sides go by.
	profile kubeversion.Profile
	// wanted are the nodes, after the change, on which a DaemonSet should have a pod.
	wanted map[string]bool
	// endless: the rollout did not come to rest; the end is only where it was cut.
	endless bool
	// unusable says why the world is to be drawn again.
	unusable string
}

// longest is for how long a rollout is followed. Without a progressDeadline to wait for,
// one that has not come to rest in a quarter of an hour goes on for ever.
func (w *World) longest() time.Duration {
	if w.isStateful() || w.isDaemon() {
		return 15 * time.Minute
	}
	return time.Hour
}

// play lets the real controllers carry out the change of a world.
func (w *World) play(t *testing.T) (start starting, done rollout) {
	s := w.begin(t)
	w.inBubble(t, s, afterChange, func(r *real) {
		stirred, version := r.nodes.stirred(), r.store.version
		for _, fault := range w.Faults {
			fault.act(r)
		}
		start = starting{state: r.store.snapshot(), now: time.Now(), dealt: r.nodes.dealt, profile: r.profile}
		start.state.Version = "v1.37.0" // what is not in it does not exist
		start.unusable = unusable(stirred, start.state)
		r.nodes.adopt(start.state.Pods, s.ready)
		if w.isDaemon() {
			r.remember(start.state)
			if r.putOff > 0 && r.store.version == version {
				r.lookAfter(r.putOff)
			}
		}
		r.journal = &journal{start: start.now}
		r.changed = start.now
		if err := w.change(r, &start); err != nil {
			t.Fatal(err)
		}
		start.endless = !r.rest(r.untilDeadline, w.longest())
		synctest.Wait()
		if r.nodes.crowded {
			start.unusable = "two things happen at one instant"
		}
		done = rollout{journal: *r.journal, end: r.store.snapshot(), first: start.state.Pods}
		done.newest = newest(done.end)
		if start.isRandom(done) {
			start.unusable = "it matters which nodes come first"
		}
	})
	return start, done
}

// unusable says why a state is not one that both sides can start from.
func unusable(stirred bool, state *cluster.Snapshot) string {
	switch {
	case stirred:
		return "pods were created or deleted as the controllers started"
	case len(state.Deployments) > 0 && len(state.ReplicaSets) == 0:
		return "a Deployment without ReplicaSets is taken as settled"
	}
	return ""
}

// change makes the writes that start the rollout.
func (w *World) change(r *real, start *starting) error {
	if err := w.changeWorkload(r, start); err != nil {
		return err
	}
	start.nodes = r.changeNodes(w.NodeChanges...)
	if w.isDaemon() {
		start.wanted = r.wantedNodes()
	}
	if start.killed = w.Remedy.of(start.state); start.killed == nil {
		return nil
	}
	return r.store.delete(pods, start.killed.Name, metav1.DeleteOptions{})
}

func (w *World) changeWorkload(r *real, start *starting) error {
	if w.Create != nil {
		start.after = w.Create
		_, err := r.store.create(resourceOf(w.Create), w.Create)
		return err
	}
	if len(w.Change) == 0 {
		return nil
	}
	start.before = start.state.Workloads()[0]
	start.after = edited(r.profile, start.state, w.Change...)
	_, err := r.store.update(resourceOf(start.after), false, start.after)
	return err
}
