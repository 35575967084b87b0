package rollouts

import (
	"fmt"
	"slices"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/kubernetes/pkg/controller/daemon"
	"k8s.io/kubernetes/pkg/controller/daemon/util"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
)

const (
	daemonSetName = "agent"
	daemonHash    = appsv1.DefaultDaemonSetUniqueLabelKey
)

// newDaemonSet is a DaemonSet of one container, as an API server stores it.
func newDaemonSet(adjust ...edit) *appsv1.DaemonSet {
	set := &appsv1.DaemonSet{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSet"},
		ObjectMeta: metav1.ObjectMeta{
			Name: daemonSetName, Namespace: namespace, Labels: map[string]string{"team": "shop"},
			Annotations: map[string]string{appsv1.DeprecatedTemplateGeneration: "1"},
		},
		Spec: appsv1.DaemonSetSpec{
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}},
			Template: template(),
		},
	}
	for _, e := range adjust {
		e.apply(set)
	}
	defaults.DaemonSet(set, kubeversion.Latest())
	return set
}

func describeDaemonSet(set *appsv1.DaemonSet) string {
	return fmt.Sprintf("DaemonSet, %s, minReadySeconds %d, history %s", flat(set.Spec.UpdateStrategy),
		set.Spec.MinReadySeconds, show(set.Spec.RevisionHistoryLimit))
}

// The edits of a DaemonSet only.

func onDaemonSet(name string, apply func(*appsv1.DaemonSet)) edit {
	return edit{name: name, apply: func(object cluster.Object) { apply(object.(*appsv1.DaemonSet)) }}
}

func daemonRolling(unavailable, surge string) edit {
	return onDaemonSet("rolling "+unavailable+"/"+surge, func(set *appsv1.DaemonSet) {
		down, up := intstr.Parse(unavailable), intstr.Parse(surge)
		set.Spec.UpdateStrategy = appsv1.DaemonSetUpdateStrategy{
			Type:          appsv1.RollingUpdateDaemonSetStrategyType,
			RollingUpdate: &appsv1.RollingUpdateDaemonSet{MaxUnavailable: &down, MaxSurge: &up},
		}
	})
}

func onDelete() edit {
	return onDaemonSet("on delete", func(set *appsv1.DaemonSet) {
		set.Spec.UpdateStrategy = appsv1.DaemonSetUpdateStrategy{Type: appsv1.OnDeleteDaemonSetStrategyType}
	})
}

// onlyOn lets a DaemonSet have pods on nodes with a disk only; empty: on all.
func onlyOn(disk string) edit {
	return onDaemonSet("only on disk="+disk, func(set *appsv1.DaemonSet) {
		set.Spec.Template.Spec.NodeSelector = nil
		if disk != "" {
			set.Spec.Template.Spec.NodeSelector = map[string]string{"disk": disk}
		}
	})
}

// newNode is a node that is ready or not, with a disk.
func newNode(name, disk string, ready bool) *corev1.Node {
	node := &corev1.Node{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
		ObjectMeta: metav1.ObjectMeta{
			Name: name, ResourceVersion: "1", UID: "uid-of-" + "node", Labels: map[string]string{"disk": disk},
		},
		Status: corev1.NodeStatus{Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}},
	}
	if !ready {
		node.Status.Conditions[0].Status = corev1.ConditionUnknown
		node.Spec.Taints = []corev1.Taint{{Key: corev1.TaintNodeUnreachable, Effect: corev1.TaintEffectNoExecute}}
	}
	return node
}

// The edits of nodes.

func joins(name, disk string) edit {
	return edit{name: name + " joins", act: func(r *real) { r.create(newNode(name, disk, true)) }}
}

// onNode changes one of the nodes, by a number of any size.
func onNode(name string, number int, change func(*corev1.Node)) edit {
	return edit{name: fmt.Sprintf("%s (node %d)", name, number), act: func(r *real) {
		nodes := r.store.snapshot().Nodes
		node := nodes[number%len(nodes)]
		change(node)
		if _, err := r.store.update(machines, false, node); err != nil {
			panic(err)
		}
	}}
}

func taint(number int, effect corev1.TaintEffect) edit {
	return onNode("taint "+string(effect), number, func(node *corev1.Node) {
		node.Spec.Taints = append(node.Spec.Taints, corev1.Taint{Key: "dedicated", Effect: effect})
	})
}

func otherDisk(number int, disk string) edit {
	return onNode("disk "+disk, number, func(node *corev1.Node) { node.Labels["disk"] = disk })
}

// writes are the edits of the workload.
func writes(edits []edit) []edit {
	var list []edit
	for _, e := range edits {
		if e.act == nil {
			list = append(list, e)
		}
	}
	return list
}

// changeNodes makes the edits of nodes among the changes, and returns what became of nodes.
func (w *World) changeNodes(r *real, state *cluster.Snapshot) []simulate.Change {
	if !w.isDaemon() {
		return nil
	}
	for _, e := range w.Change {
		if e.act != nil {
			e.act(r)
		}
	}
	before := map[string]*corev1.Node{}
	for _, node := range state.Nodes {
		before[node.Name] = node
	}
	var changes []simulate.Change
	for _, node := range r.store.snapshot().Nodes {
		switch was, ok := before[node.Name]; {
		case !ok:
			changes = append(changes, simulate.Change{After: node})
		case was.ResourceVersion != node.ResourceVersion:
			changes = append(changes, simulate.Change{Before: was, After: node})
		}
	}
	return changes
}

// startDaemon starts the DaemonSet controller.
func (r *real) startDaemon(t *testing.T) {
	apps, core := r.factory.Apps().V1(), r.factory.Core().V1()
	dsc, err := daemon.NewDaemonSetsController(r.ctx, apps.DaemonSets(), apps.ControllerRevisions(), core.Pods(),
		core.Nodes(), r.client, flowcontrol.NewBackOff(time.Second, 15*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	makePatient(dsc, daemonSetReaction)
	queue := *field[workqueue.TypedRateLimitingInterface[string]](dsc, "queue")
	r.failing = func() bool { return queue.NumRequeues(namespace+"/"+daemonSetName) > 0 }
	r.run(dsc)
}

// isDaemonPod reports whether a pod is one of a DaemonSet.
func isDaemonPod(pod *corev1.Pod) bool {
	owner := cluster.ControllerOf(pod)
	return owner != nil && owner.Kind == "DaemonSet"
}

// admitDaemon names a pod of a DaemonSet, and binds it to the node that it asks for.
func (n *nodes) admitDaemon(pod *corev1.Pod) {
	n.made[daemonSetName]++
	pod.Name = fmt.Sprintf("%s%s%d", pod.GenerateName, n.era, n.made[daemonSetName])
	node, err := util.GetTargetNodeName(pod)
	if err != nil {
		panic(err)
	}
	pod.Spec.NodeName = node
}

// works reports whether the node of a pod does anything. The lock is held.
func (n *nodes) works(pod *corev1.Pod) bool {
	node, ok := n.store.objects[machines][pod.Spec.NodeName].(*corev1.Node)
	return ok && node.Status.Conditions[0].Status == corev1.ConditionTrue
}

func (n *nodes) startDaemon(pod *corev1.Pod) {
	if n.works(pod) && !isBroken(pod.Spec) {
		n.becomeReady(pod, instant(time.Now()).Add(n.even.ReadyAfter))
	}
}

func (n *nodes) endDaemon(pod *corev1.Pod) {
	n.made[pod.Name]++
	if n.works(pod) {
		n.at(instant(time.Now()).Add(n.even.GoneAfter), func() { n.store.remove(pod) })
	}
}

// adoptDaemon plans what a pod of a DaemonSet's first state does from now on.
func (n *nodes) adoptDaemon(pod *corev1.Pod) {
	n.store.lock.Lock()
	works := n.works(pod)
	n.store.lock.Unlock()
	now := instant(time.Now())
	switch {
	case !works || isReady(pod) && pod.DeletionTimestamp == nil || isBroken(pod.Spec) && pod.DeletionTimestamp == nil:
	case pod.DeletionTimestamp != nil:
		n.at(now.Add(n.even.GoneAfter), func() { n.store.remove(pod) })
	default:
		if at, ok := kubelet.Prospect(pod, n.even.ReadyAfter, time.Now()); ok {
			n.becomeReady(pod, at)
		}
	}
}

// even is how long the pods of a DaemonSet take: all the same, since which node is the
// next is left to chance. Those of a broken image are never ready.
type even struct {
	kubelet.Fixed
	broken map[string]bool // pods, by name
	newest bool            // those that are created are broken
}

// evenAfter is what the pods of a state take, and those that are created after the change.
func (w *World) evenAfter(state *cluster.Snapshot) *even {
	if !w.isDaemon() {
		return nil
	}
	e := &even{Fixed: w.Even, broken: map[string]bool{}}
	for _, pod := range state.Pods {
		e.broken[pod.Name] = isBroken(pod.Spec)
	}
	after := edited(w.profile(), state, writes(w.Change)...).(*appsv1.DaemonSet)
	e.newest = isBroken(after.Spec.Template.Spec)
	return e
}

// Ready implements kubelet.Latencies.
func (e *even) Ready(b kubelet.Birth) (time.Duration, bool) {
	return e.ReadyAfter, !e.broken[b.Pod]
}

func (e *even) admit(pod *controller.Pod) {
	if e != nil {
		e.broken[pod.Name] = e.newest
	}
}

func (s starting) latencies() kubelet.Latencies {
	if s.even != nil {
		return s.even
	}
	return s.dealt
}

// compareDaemons says how two rollouts of a DaemonSet differ. Nodes on which pods stay
// that may not come back are not like others: when it is the turn of which is left to
// chance, and so is what follows from it; where the rollout gets stuck, the end as well.
func (s starting) compareDaemons(real, ours rollout) string {
	if s.staysBehind() && !daemonset.Complete(real.end.DaemonSets[0]) {
		return differing("complete", []string{"false"}, []string{fmt.Sprint(daemonset.Complete(ours.end.DaemonSets[0]))})
	}
	text := differing("pods at the end", []string{podsAtEnd(real.end)}, []string{countsAtEnd(ours)})
	if s.oldRevisions(real) > 1 {
		real, ours = withCount(real), withCount(ours)
	}
	if s.staysBehind() {
		return text + compareTimeless(real, ours)
	}
	return text + compare(real, ours)
}

// oldRevisions is how many old revisions pods are at before the change: which of them live
// longest, and so are not forgotten, is left to chance.
func (s starting) oldRevisions(real rollout) int {
	hashes := map[string]bool{}
	for _, pod := range s.state.Pods {
		hashes[pod.Labels[daemonHash]] = true
	}
	for _, r := range real.end.Revisions {
		if r.Revision == highestOf(real.end.Revisions) {
			delete(hashes, r.Labels[daemonHash])
		}
	}
	return len(hashes)
}

// withCount is a rollout whose old revisions at the end are only counted.
func withCount(r rollout) rollout {
	end := *r.end
	end.Revisions = nil
	for i, revision := range r.end.Revisions {
		if revision.Revision != highestOf(r.end.Revisions) {
			revision = &appsv1.ControllerRevision{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("old ", i)}}
		}
		end.Revisions = append(end.Revisions, revision)
	}
	r.end = &end
	return r
}

// staysBehind reports whether a node that may get no pod has one and may keep it, after
// the change.
func (s starting) staysBehind() bool {
	after := s.state.DaemonSets[0]
	if set, ok := s.after.(*appsv1.DaemonSet); ok {
		after = set
	}
	nodes := map[string]*corev1.Node{}
	for _, node := range s.state.Nodes {
		nodes[node.Name] = node
	}
	for _, c := range s.nodes {
		nodes[c.After.GetName()] = c.After.(*corev1.Node)
	}
	for _, pod := range s.state.Pods {
		fit := daemonset.FitOf(after, nodes[pod.Spec.NodeName], s.profile)
		if fit.Continue && !fit.Should {
			return true
		}
	}
	return false
}

func podsAtEnd(end *cluster.Snapshot) string {
	var total, ready, terminating int
	for _, pod := range end.Pods {
		switch {
		case pod.DeletionTimestamp != nil:
			terminating++
		case isReady(pod):
			ready++
			total++
		default:
			total++
		}
	}
	return fmt.Sprintf("%d, %d ready, %d terminating", total, ready, terminating)
}

func countsAtEnd(ours rollout) string {
	return fmt.Sprintf("%d, %d ready, %d terminating", ours.last.Total, ours.last.Ready, ours.last.Terminating)
}

// entryOfDaemonPod is what a journal says of a pod of a DaemonSet. On which node it is is
// left to chance, and so is at which of several old revisions one is that is deleted.
func entryOfDaemonPod(what happened, revision string) entry {
	e := entry{what: what, set: daemonSetName}
	if what == created {
		e.revision = revision
	}
	return e
}

// onTheirWay reports whether pods of a DaemonSet become available, or ready, right now. The
// controller that had seen them become ready would look again by itself.
func (e *even) onTheirWay(state *cluster.Snapshot, now time.Time) bool {
	if e == nil {
		return false
	}
	minReady := time.Duration(state.DaemonSets[0].Spec.MinReadySeconds) * time.Second
	return slices.ContainsFunc(state.Pods, func(pod *corev1.Pod) bool {
		if isReady(pod) {
			return pod.Status.Conditions[0].LastTransitionTime.Add(minReady).After(now.Add(-time.Second))
		}
		due := pod.CreationTimestamp.Add(e.ReadyAfter)
		return due.After(now.Add(-time.Second)) && due.Before(now.Add(2*tick))
	})
}
