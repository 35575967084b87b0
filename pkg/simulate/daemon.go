package simulate

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// daemonWorkers is how many DaemonSets the controller looks at at once.
// Follows daemon/config/v1alpha1/defaults.go
// RecommendedDefaultDaemonSetControllerConfiguration, v1.37.0.
const daemonWorkers = 2

// daemon is a DaemonSet with its pods and revisions. The nodes are the world's.
type daemon struct {
	entry
	history
	set    *appsv1.DaemonSet
	pods   *daemonset.PodSet
	strays []*controller.Pod
	memory daemonset.Memory

	created int              // pods created in the forecast
	serial  map[string]int32 // the last number of a pod of each node; none: 0
	failed  int              // pods of the first state that failed and are not deleted
	waits   *controller.Wait
	// blocked are pods that cannot start while another pod of their node has a host port
	// that they need.
	blocked map[*controller.Pod]bool
}

// newDaemon takes pods in any state. Its revisions come next, then follow.
func (w *world) newDaemon(set *appsv1.DaemonSet, pods []*controller.Pod) *daemon {
	s := &daemon{
		entry: newEntry(cluster.RefOf(set)), set: set, pods: daemonset.NewPodSet(pods),
		serial: map[string]int32{}, blocked: map[*controller.Pod]bool{},
	}
	s.look.enter = func() { w.daemonSets.add(s) }
	w.workloads[s.ref] = s
	for _, pod := range pods {
		if pod.Failed && !pod.Terminating {
			s.failed++
		}
		if pod.Object == nil {
			s.serial[pod.Node] = 1 // it is made up
		}
	}
	return s
}

// follow lets the pods be counted for what the DaemonSet, its revisions and the nodes are
// now. A sync does so as well.
func (s *daemon) follow(w *world) {
	view := s.view(w, nil)
	s.pods.Follow(view, daemonset.HashOf(view), w.now)
}

func (s *daemon) view(w *world, api controller.API) daemonset.View {
	return daemonset.View{
		DaemonSet: s.set,
		Nodes:     w.nodes,
		Pods:      s.pods,
		Strays:    s.strays,
		Orphans:   w.orphans[s.set.Namespace],
		Revisions: s.visible(w, s.set.Namespace),
		Lookup: func(name string) *appsv1.ControllerRevision {
			return w.revisions[types.NamespacedName{Namespace: s.set.Namespace, Name: name}]
		},
		Memory:  &s.memory,
		Profile: w.cfg.Profile,
		API:     api,
	}
}

func (s *daemon) minReady() time.Duration {
	return time.Duration(s.set.Spec.MinReadySeconds) * time.Second
}

// enter implements workload. A controller that has nothing to do looks again only when it
// is told of something.
func (s *daemon) enter(w *world) {
	view := s.view(w, w.begin())
	view.Memory = nil // nothing of this is done
	decision := daemonset.Decide(view, w.now)
	if len(decision.Writes) > 0 || decision.Err != nil {
		w.daemonSets.add(s)
		return
	}
	w.atStart = append(w.atStart, func() {
		if !w.daemonSets.queued[s] {
			s.conclude(w, decision, false)
		}
	})
}

// state implements workload.
func (s *daemon) state(now time.Time) timeline.State {
	counts := s.pods.Counts(now)
	return timeline.State{
		Desired:     counts.Desired,
		Total:       counts.Total,
		Updated:     counts.Updated,
		Ready:       counts.Ready,
		Available:   counts.Available,
		Terminating: counts.Terminating,
	}
}

// begins implements workload.
func (s *daemon) begins(w *world, b *Beginning) {
	b.NewSize = b.After.Updated
	b.OldSize = b.After.Total - b.After.Updated
	if w.cfg.Begin == nil {
		return
	}
	b.Pods = map[string]string{}
	for _, pod := range s.pods.All() {
		b.Pods[pod.Name] = pod.Labels[appsv1.DefaultDaemonSetUniqueLabelKey]
	}
}
