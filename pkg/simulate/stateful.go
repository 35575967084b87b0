package simulate

import (
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// stateful is a StatefulSet with its pods and revisions.
type stateful struct {
	entry
	history
	set    *appsv1.StatefulSet
	pods   *statefulset.PodSet
	strays []*controller.Pod
	memory statefulset.Memory

	// updated and old are the pods once more, to be counted: those at the revision to
	// update to, and all others.
	updated, old *controller.PodSet
	newest       string // the name of that revision; empty: it does not exist yet
	created      int    // pods created in the forecast
	waits        *controller.Wait
	// again counts how often the controller deleted pods that it had created in the
	// forecast, by name; circling is the one with which that has no end.
	again    map[string]int
	circling string
}

// namedPod is a pod whose name nobody else can have.
type namedPod struct {
	pod   *controller.Pod
	owner *stateful // nil: it is not planned here
}

func (w *world) newStateful(set *appsv1.StatefulSet, pods []*controller.Pod) *stateful {
	s := &stateful{
		entry: newEntry(cluster.RefOf(set)), set: set, pods: statefulset.NewPodSet(pods), again: map[string]int{},
	}
	s.look.enter = func() { w.statefulSets.add(s) }
	w.workloads[s.ref] = s
	for _, pod := range pods {
		w.name(pod, s)
	}
	s.pods.Follow(set, w.cfg.Profile, w.now)
	s.recount(w)
	return s
}

func (w *world) name(pod *controller.Pod, owner *stateful) {
	w.named[types.NamespacedName{Namespace: owner.set.Namespace, Name: pod.Name}] = namedPod{pod, owner}
}

// recount counts the pods anew, after another revision became the one to update to or
// minReadySeconds changed.
func (s *stateful) recount(w *world) {
	var updated, old []*controller.Pod
	for _, pod := range s.pods.All() {
		if s.isUpdated(pod) {
			updated = append(updated, pod)
		} else {
			old = append(old, pod)
		}
	}
	counting := controller.Counting{
		MinReady:   s.minReady(),
		AtBoundary: w.cfg.Profile.AvailableAtBoundary(),
	}
	s.updated = controller.NewPodSet(counting, updated, w.now)
	s.old = controller.NewPodSet(counting, old, w.now)
}

func (s *stateful) minReady() time.Duration {
	return time.Duration(s.set.Spec.MinReadySeconds) * time.Second
}

func revisionOf(pod *controller.Pod) string { return pod.Labels[appsv1.StatefulSetRevisionLabel] }

func (s *stateful) isUpdated(pod *controller.Pod) bool {
	return s.newest != "" && revisionOf(pod) == s.newest
}

// counted is where a pod is counted.
func (s *stateful) counted(pod *controller.Pod) *controller.PodSet {
	if s.isUpdated(pod) {
		return s.updated
	}
	return s.old
}

// state implements workload.
func (s *stateful) state(now time.Time) timeline.State {
	updated, old := s.updated.Counts(now), s.old.Counts(now)
	return timeline.State{
		Desired:     *s.set.Spec.Replicas,
		Total:       updated.Active + old.Active,
		Updated:     updated.Active,
		Ready:       updated.Ready + old.Ready,
		Available:   updated.Available + old.Available,
		Terminating: updated.Terminating + old.Terminating,
	}
}

// begins implements workload.
func (s *stateful) begins(w *world, b *Beginning) {
	b.NewSize = b.After.Updated
	b.OldSize = b.After.Total - b.After.Updated
	b.Pods = map[string]string{}
	for _, pod := range s.pods.All() {
		b.Pods[pod.Name] = revisionOf(pod)
		if pod.Active() && pod.Ready && !s.wants(w, pod) {
			b.Condemned++
		}
	}
}

// wants reports whether a pod has an ordinal that is wanted.
func (s *stateful) wants(w *world, pod *controller.Pod) bool {
	ordinal, ok := statefulset.Ordinal(pod.Name)
	start := statefulset.StartOrdinal(s.set, w.cfg.Profile)
	return ok && ordinal >= start && ordinal < start+int(*s.set.Spec.Replicas)
}

// enter implements workload.
func (s *stateful) enter(w *world) {
	if s.newest == "" {
		s.findNewest(w)
	}
	w.statefulSets.add(s)
	w.atStart = append(w.atStart, func() { s.collect(w, w.claims.of(s.set)) })
}

// findNewest tells again which revision has the template of the StatefulSet, as its
// controller will find it.
// Follows stateful_set_control.go getStatefulSetRevisions, v1.37.0.
func (s *stateful) findNewest(w *world) {
	sorted := revision.Sorted(s.own(w))
	proposed, err := revision.NewControllerRevision(s.set, revision.Next(sorted), w.cfg.Profile)
	if err != nil {
		return
	}
	newest := ""
	if same := revision.LastSame(sorted, proposed); same != nil {
		newest = same.Name
	} else if latest := len(sorted) - 1; latest >= 0 &&
		revision.MeansLatest(s.set, proposed, sorted[latest], w.cfg.Profile) {
		newest = sorted[latest].Name
	}
	s.updateTo(w, newest)
}

func (s *stateful) updateTo(w *world, newest string) {
	if s.newest != newest {
		s.newest = newest
		s.recount(w)
	}
}

// own are the revisions that the selector matches and that are the StatefulSet's, or
// nobody's.
func (s *stateful) own(w *world) []*appsv1.ControllerRevision {
	selector, err := metav1.LabelSelectorAsSelector(s.set.Spec.Selector)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(s.visible(w, s.set.Namespace), func(r *appsv1.ControllerRevision) bool {
		return !selector.Matches(labels.Set(r.Labels))
	})
}
