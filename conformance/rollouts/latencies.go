package rollouts

import (
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
)

// birth is a pod by its owner and its place among the pods that the owner creates
// after the change, from 0. A pod of a StatefulSet is one by its name and how often that
// was created after the change: 0 is the pod that was there before.
type birth struct {
	owner string
	index int
}

// dealt is the latencies that the stand-in kubelet gave out, for the simulation to
// have the same.
type dealt struct {
	ready, gone map[birth]time.Duration
	never       map[birth]bool
	broken      map[string]bool // owners whose pods never become ready
	staggered   bool            // pods of a DaemonSet differ in what they take
	lives       map[string]int  // pods of StatefulSets that the simulation created, by name
	// unknown are births that the real controllers never brought about.
	unknown []birth
}

func newDealt() *dealt {
	return &dealt{
		ready: map[birth]time.Duration{}, gone: map[birth]time.Duration{},
		never: map[birth]bool{}, broken: map[string]bool{}, lives: map[string]int{},
	}
}

// Ready implements kubelet.Latencies.
func (d *dealt) Ready(b kubelet.Birth) (time.Duration, bool) {
	key := d.birthOf(b)
	if d.broken[b.Owner] || d.never[key] {
		return 0, false
	}
	return d.look(d.ready, key), true
}

// Gone implements kubelet.Latencies.
func (d *dealt) Gone(b kubelet.Birth) time.Duration {
	return d.look(d.gone, d.birthOf(b))
}

func (d *dealt) birthOf(b kubelet.Birth) birth {
	if b.Workload.Kind == "DaemonSet" {
		return daemonBirth(b.Pod, b.Index)
	}
	if b.Workload.Kind == "StatefulSet" || b.Owner == "" { // an orphan has no owner
		return birth{b.Pod, d.lives[b.Pod]}
	}
	return birth{b.Owner, b.Index}
}

// again prepares for another simulation.
func (d *dealt) again() { d.lives, d.unknown = map[string]int{}, nil }

// admit changes a pod that the simulation creates, as the real ones were.
func (d *dealt) admit(pod *controller.Pod) {
	if _, ok := pod.Labels[appsv1.StatefulSetPodNameLabel]; ok {
		d.lives[pod.Name]++
		return
	}
	if strings.HasPrefix(pod.Name, daemonSetName+"-") {
		return
	}
	pod.Cost = costOf(afterChange, int(pod.Ordinal))
}

func (d *dealt) look(table map[birth]time.Duration, key birth) time.Duration {
	after, ok := table[key]
	if !ok {
		d.unknown = append(d.unknown, key)
		return 24 * time.Hour
	}
	return after
}
