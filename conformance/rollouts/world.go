package rollouts

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// World is how a rollout comes about: what the real controllers first make of some
// writes, when that is cut off, and the change that both sides then work on.
type World struct {
	Name string
	Seed uint64
	// Start is created first.
	Start cluster.Object
	// History are edits before that matter; each is left to settle.
	History []edit
	// Early are edits of which the controllers see the consequences only for the
	// time that is given with each.
	Early []edit
	// Change is what is planned; without any, the controllers go on as they were.
	Change []edit
	// Create is created as the change instead.
	Create cluster.Object
	// Nodes are there from the start, and NodeChanges a part of the change.
	Nodes       []*corev1.Node
	NodeChanges []nodeChange
	// Alike: all pods of a DaemonSet take equally long to become ready.
	Alike bool
	// Faults happen just before the change; the controllers do not know of them yet.
	Faults []edit
	// Remedy is a pod that a person deletes right after the change.
	Remedy choice
	// Gates are the feature gates, as --feature-gates takes them.
	Gates string
	// Flaky: now and then a pod never becomes ready.
	Flaky bool
	// Racing: the controllers act as soon as they are told, on whatever their caches
	// hold.
	Racing bool
}

// edit is a write of the workload, or something else that happens.
type edit struct {
	name  string
	apply func(cluster.Object)
	act   func(*real) // nil: it is a write of the workload
	// after is how long the controllers then work; zero: until they are at rest.
	after time.Duration
}

// String tells what happens in the world.
func (w *World) String() string {
	change := names(w.Change)
	if w.Create != nil {
		change = "create " + describe(w.Create)
	}
	return fmt.Sprintf("%s: %s; history: %s; then: %s; fault: %s; change: %s; remedy: %s; flaky %v; gates %q",
		w.Name, describe(w.Start), names(w.History), names(w.Early), names(w.Faults), change, w.Remedy.name,
		w.Flaky, w.Gates) + w.describeNodes()
}

// profile is the version that the real controllers are of, with the world's gates.
func (w *World) profile() kubeversion.Profile {
	profile, err := kubeversion.Latest().WithGates(w.Gates)
	if err != nil {
		panic(err)
	}
	return profile
}

// isDaemon reports whether the world is about a DaemonSet.
func (w *World) isDaemon() bool { return resourceOf(w.Start) == daemonSets }

// isStateful reports whether the world is about a StatefulSet.
func (w *World) isStateful() bool { return resourceOf(w.Start) == statefulSets }

func names(edits []edit) string {
	var list []string
	for _, e := range edits {
		list = append(list, e.name)
		if e.after > 0 {
			list = append(list, e.after.String())
		}
	}
	return strings.Join(list, ", ")
}

// situation is a state to plan a change in.
type situation struct {
	state *cluster.Snapshot
	at    time.Time
	// ready is the latency of the pods that are not ready yet.
	ready time.Duration
}

// epoch is when the clock of a bubble starts.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// begin lets the real controllers work on the first writes and cuts them off.
func (w *World) begin(t *testing.T) situation {
	s := situation{state: &cluster.Snapshot{Nodes: w.Nodes}, at: epoch.Add(time.Second)}
	w.inBubble(t, s, beforeChange, func(r *real) {
		r.create(w.Start)
		r.rest(r.minReady, time.Minute)
		for _, e := range append(w.History[:len(w.History):len(w.History)], w.Early...) {
			r.edit(e)
			if e.after > 0 {
				time.Sleep(e.after)
			} else {
				r.rest(r.minReady, 5*time.Minute)
			}
		}
		time.Sleep(time.Until(cutAfter(time.Now())))
		s.state, s.at = r.store.snapshot(), time.Now()
	})
	if !w.isStateful() && !w.isDaemon() {
		s.stagger(rand.New(rand.NewPCG(w.Seed, 2)), w.Flaky)
	}
	return s
}

// cutAfter is the next instant at which a state may be cut off: half a tick after
// one, so that nothing is under way.
func cutAfter(now time.Time) time.Time {
	for at := now.Truncate(tick).Add(tick / 2); ; at = at.Add(tick) {
		fraction := at.Sub(at.Truncate(time.Second)) / tick
		if at.After(now) && (fraction == 1 || fraction == 3 || fraction == 5) {
			return at
		}
	}
}

// stagger gives pods that are not ready creation times a second apart, so that
// they become ready one by one: all pods of the first state have one latency. Some
// of a flaky world are in a crash loop.
func (s *situation) stagger(rng *rand.Rand, flaky bool) {
	count := 0
	second := s.at.Truncate(time.Second)
	for _, pod := range s.state.Pods {
		if isReady(pod) || pod.DeletionTimestamp != nil || isBroken(pod.Spec) {
			continue
		}
		if flaky && rng.IntN(4) == 0 {
			crash(pod)
			continue
		}
		pod.CreationTimestamp = metav1.NewTime(second.Add(-time.Duration(count) * time.Second))
		count++
	}
	s.ready = time.Duration(count+1)*time.Second + time.Duration(firstReadyTicks)*tick
}

func crash(pod *corev1.Pod) {
	pod.Status.Phase = corev1.PodRunning
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{
		Name: pod.Spec.Containers[0].Name, RestartCount: 3,
		State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}},
	}}
}

func (r *real) create(object cluster.Object) {
	if _, err := r.store.create(resourceOf(object), object); err != nil {
		panic(err)
	}
}

func (r *real) edit(e edit) {
	if e.act != nil {
		e.act(r)
		return
	}
	object := edited(r.profile, r.store.snapshot(), e)
	if _, err := r.store.update(resourceOf(object), false, object); err != nil {
		panic(err)
	}
}

// edited is the workload of a snapshot after edits, as a server stores it.
func edited(profile kubeversion.Profile, snapshot *cluster.Snapshot, edits ...edit) cluster.Object {
	before := snapshot.Workloads()[0]
	object := before.DeepCopyObject().(cluster.Object)
	for _, e := range edits {
		e.apply(object)
	}
	switch set := object.(type) {
	case *appsv1.StatefulSet:
		defaults.StatefulSet(set, profile)
		defaults.DropDisabled(before.(*appsv1.StatefulSet), set, profile)
	case *appsv1.DaemonSet:
		defaults.DaemonSet(set, profile)
	}
	return object
}
