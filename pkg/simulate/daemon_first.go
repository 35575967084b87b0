package simulate

import (
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
)

// foundDaemon is what a snapshot has of a DaemonSet.
type foundDaemon struct {
	set       *appsv1.DaemonSet
	pods      []*corev1.Pod
	revisions []*appsv1.ControllerRevision
}

// placeDaemonSets gives the DaemonSets of a snapshot their revisions and pods.
func (w *world) placeDaemonSets(state *cluster.Snapshot, of belongings) error {
	for _, set := range state.DaemonSets {
		f := foundDaemon{set: set}
		if set.UID != "" {
			f.pods, f.revisions = of.pods[set.UID], of.revisions[set.UID]
		}
		if err := w.placeDaemon(f); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) placeDaemon(f foundDaemon) error {
	if err := w.needNodes(cluster.RefOf(f.set)); err != nil {
		return err
	}
	var err error
	switch {
	case w.whole:
	case len(f.pods) == 0:
		return w.assumeEverywhere(f)
	case len(f.revisions) == 0:
		if f.revisions, err = w.onlyDaemonRevision(f); err != nil {
			return err
		}
	}
	members, strays, records := f.records()
	s := w.newDaemon(f.set, members)
	s.strays = strays
	for _, r := range f.revisions {
		s.remember(w, r)
	}
	s.follow(w)
	s.toldOf(len(members))
	for _, pod := range members {
		s.expect(w, pod, records[pod])
	}
	for _, pod := range strays {
		if pod.Terminating {
			w.passes(s.set.Namespace, pod)
		}
	}
	return nil
}

// needNodes refuses a DaemonSet in a state without nodes.
func (w *world) needNodes(ref cluster.Ref) error {
	if w.whole || len(w.nodes.All()) > 0 {
		return nil
	}
	return fmt.Errorf("%s -n %s: where its pods go cannot be told, since the state has no nodes: "+
		"add them (kubectl get nodes -o yaml)", ref, ref.Namespace)
}

// records tells the pods of a DaemonSet from those that it will release.
func (f foundDaemon) records() (members, strays []*controller.Pod, records map[*controller.Pod]*corev1.Pod) {
	records = make(map[*controller.Pod]*corev1.Pod, len(f.pods))
	selector, err := metav1.LabelSelectorAsSelector(f.set.Spec.Selector)
	if err != nil {
		selector = labels.Nothing()
	}
	for _, pod := range f.pods {
		record := controller.RecordOf(pod)
		records[record] = pod
		if selector.Matches(labels.Set(pod.Labels)) {
			members = append(members, record)
		} else {
			strays = append(strays, record)
		}
	}
	return members, strays, records
}

// expect plans what a pod of the first state will do. On a node that does nothing it stays
// as it is.
func (s *daemon) expect(w *world, record *controller.Pod, pod *corev1.Pod) {
	switch {
	case record.Node != "" && w.nodes.Get(record.Node) == nil:
		s.collect(w, record)
	case record.Terminating:
		s.letGo(w, record)
	case !record.Active():
	case record.Ready:
		if minReady := s.minReady(); minReady > 0 && record.ReadyAt.Add(minReady).After(w.now) {
			s.lookAfterReady(w, record.ReadyAt)
			s.awaitAvailable(w, record)
		}
	default:
		w.expectReady(happening{owner: s, pod: record}, s.birth(record), pod)
	}
}

// toldOf takes the tokens of events about the pods with which a DaemonSet of the first
// state began.
func (s *daemon) toldOf(events int) {
	for range min(events, api.Events().Burst) {
		s.events.TryTake(s.set.CreationTimestamp.Time)
	}
}

// onlyDaemonRevision makes up the revision of a DaemonSet whose pods the state has and
// whose revisions it has not. That can be told only where there is but one.
func (w *world) onlyDaemonRevision(f foundDaemon) ([]*appsv1.ControllerRevision, error) {
	made, err := w.madeUpDaemonRevision(f.set)
	if err != nil {
		return nil, err
	}
	hashes := []string{made.Labels[appsv1.DefaultDaemonSetUniqueLabelKey]}
	for _, pod := range f.pods {
		if hash := pod.Labels[appsv1.DefaultDaemonSetUniqueLabelKey]; !slices.Contains(hashes, hash) {
			hashes = append(hashes, hash)
		}
	}
	if len(hashes) > 1 {
		return nil, fmt.Errorf("%s -n %s: its pods are not all at one revision, and the state has none of its "+
			"revisions: add them (%s)", cluster.RefOf(f.set), f.set.Namespace, getAllOfDaemon(f.set))
	}
	w.note("%s has no revisions in the state: its pods are taken to have its template", cluster.RefOf(f.set))
	return []*appsv1.ControllerRevision{made}, nil
}

// getAllOfDaemon is how to read all that belongs to a DaemonSet.
func getAllOfDaemon(set *appsv1.DaemonSet) string {
	return "kubectl get daemonsets,controllerrevisions,pods -n " + set.Namespace + " -o yaml; kubectl get nodes -o yaml"
}

func uidOf(owner types.UID, number int) types.UID {
	return types.UID(fmt.Sprintf("%s-%08d", owner, number))
}
