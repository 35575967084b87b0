package simulate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
)

// newWorld builds the first state from a snapshot.
func newWorld(state *cluster.Snapshot, cfg Config) (*world, error) {
	w := &world{
		cfg:       cfg,
		whole:     state.FromServer(),
		start:     cfg.Now,
		now:       cfg.Now,
		kinds:     kinds(),
		version:   1 << 40, // above every resourceVersion of the snapshot
		workloads: map[cluster.Ref]workload{},
		orphans:   map[string][]*controller.Pod{},
		sets:      map[types.NamespacedName]*set{},
		byUID:     map[types.UID]*set{},
		bare:      map[string][]*set{},
		named:     map[types.NamespacedName]namedPod{},
		revisions: map[types.NamespacedName]*appsv1.ControllerRevision{},
		claims:    claims{},
		nodes:     daemonset.NewNodes(state.Nodes),
		notReady:  notReady(state.Nodes),

		bareRevisions: map[string][]*appsv1.ControllerRevision{},
		usedElsewhere: map[types.NamespacedName]bool{},
	}
	w.employ()
	if err := w.place(state); err != nil {
		return nil, err
	}
	for _, s := range w.sets {
		w.replicaSets.add(s)
	}
	for _, wl := range w.sorted() {
		wl.enter(w)
	}
	return w, nil
}

// employ sets up the controllers.
func (w *world) employ() {
	limit := w.cfg.Limit
	w.deployments = newControl(limit, w.syncDeployment, func(a, b *rollout) int { return a.ref.Compare(b.ref) })
	w.replicaSets = newControl(limit, w.syncSet, func(a, b *set) int {
		return cmp.Or(cmp.Compare(a.rs.Namespace, b.rs.Namespace), cmp.Compare(a.rs.Name, b.rs.Name))
	})
	w.statefulSets = newControl(limit, w.syncStateful, func(a, b *stateful) int { return a.ref.Compare(b.ref) })
	w.daemonSets = newControl(limit, w.syncDaemon, func(a, b *daemon) int { return a.ref.Compare(b.ref) })
	if w.limited() {
		w.daemonSets.workers = daemonWorkers
	}
	w.owning = []controls{w.replicaSets, w.statefulSets, w.daemonSets}
	w.above = []controls{w.deployments}
}

// enter implements workload.
func (r *rollout) enter(w *world) {
	r.findNewest()
	if r.deployment != nil {
		w.deployments.add(r)
		w.planned(r)
	}
}

// planned plans the look that the controller had planned before the change, in the
// middle of a rollout.
func (w *world) planned(r *rollout) {
	if deployment.IsComplete(r.deployment, &r.deployment.Status) {
		return
	}
	if decision := w.decide(r, w.begin()); len(decision.Writes) == 0 {
		w.planLook(r, decision)
	}
}

// place puts the objects of a snapshot where they belong: pods to ReplicaSets,
// ReplicaSets to Deployments.
func (w *world) place(state *cluster.Snapshot) error {
	pods := podsByOwner(state.Pods)
	byOwner := map[types.UID][]*appsv1.ReplicaSet{}
	for _, rs := range state.ReplicaSets {
		if owner := cluster.ControllerOf(rs); owner != nil {
			byOwner[owner.UID] = append(byOwner[owner.UID], rs)
		}
	}
	w.placeNames(state.Pods)
	placed := map[*appsv1.ReplicaSet]bool{}
	for _, d := range state.Deployments {
		sets := byOwner[d.UID]
		if d.UID == "" {
			sets = nil
		}
		for _, rs := range sets {
			placed[rs] = true
		}
		if err := w.placeDeployment(d, sets, pods); err != nil {
			return err
		}
	}
	for _, rs := range state.ReplicaSets {
		if !placed[rs] {
			r := w.newRollout(cluster.RefOf(rs))
			r.foreign = cluster.ControllerOf(rs) != nil
			w.placeSet(rs, r, pods)
		}
	}
	of := belongings{pods, w.placeRevisions(state)}
	if err := w.placeStatefulSets(state, of); err != nil {
		return err
	}
	return w.placeDaemonSets(state, of)
}

// placeNames notes the names of the pods that a controller could want to give to
// another, which are all but those of ReplicaSets and DaemonSets, and who of them has no
// controller.
func (w *world) placeNames(pods []*corev1.Pod) {
	for _, pod := range pods {
		owner := cluster.ControllerOf(pod)
		if owner != nil && (owner.Kind == "ReplicaSet" || owner.Kind == "DaemonSet") {
			continue
		}
		record := controller.RecordOf(pod)
		w.named[keyOf(pod)] = namedPod{pod: record}
		if owner == nil {
			w.orphans[pod.Namespace] = append(w.orphans[pod.Namespace], record)
		}
		if record.Terminating && (owner == nil || owner.Kind != "StatefulSet") {
			w.passes(pod.Namespace, record)
		}
	}
}

func podsByOwner(pods []*corev1.Pod) map[types.UID][]*corev1.Pod {
	byOwner := map[types.UID][]*corev1.Pod{}
	for _, pod := range pods {
		owner := cluster.ControllerOf(pod)
		if owner == nil {
			continue
		}
		switch owner.Kind {
		case "ReplicaSet", "StatefulSet", "DaemonSet":
			byOwner[owner.UID] = append(byOwner[owner.UID], pod)
		}
	}
	return byOwner
}

func (w *world) placeDeployment(d *appsv1.Deployment, sets []*appsv1.ReplicaSet, pods map[types.UID][]*corev1.Pod) error {
	r := w.newRollout(cluster.RefOf(d))
	r.deployment = d
	if len(sets) == 0 && !w.whole {
		return w.assumeSettled(r)
	}
	slices.SortFunc(sets, func(a, b *appsv1.ReplicaSet) int {
		return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), strings.Compare(a.Name, b.Name))
	})
	for _, rs := range sets {
		w.placeSet(rs, r, pods)
	}
	return nil
}

// placeSet gives a ReplicaSet its pods. Where the snapshot has none of them but the
// status counts some, they are made up from the status.
func (w *world) placeSet(rs *appsv1.ReplicaSet, r *rollout, pods map[types.UID][]*corev1.Pod) {
	if rs.UID == "" {
		rs = rs.DeepCopy()
		rs.UID = types.UID("predicted:ReplicaSet/" + rs.Namespace + "/" + rs.Name)
		if cluster.ControllerOf(rs) == nil && rs.Status.ObservedGeneration == 0 {
			rs = settledSet(rs)
			w.note("%s has no pods in the state: taken as settled", cluster.RefOf(rs))
		}
	}
	var owned, strays []*controller.Pod
	known := pods[rs.UID]
	records := map[*controller.Pod]*corev1.Pod{}
	selector, _ := metav1.LabelSelectorAsSelector(rs.Spec.Selector)
	for _, pod := range known {
		record := controller.RecordOf(pod)
		records[record] = pod
		if selector != nil && !selector.Matches(labels.Set(pod.Labels)) {
			strays = append(strays, record)
			continue
		}
		owned = append(owned, record)
	}
	if len(known) == 0 && rs.Status.Replicas > 0 && !w.whole {
		owned = w.madeUpPods(rs)
	}
	s := w.newSet(rs, owned)
	s.strays = strays
	s.created = madeUp(owned)
	s.toldOf(len(owned))
	w.attach(s, r)
	for _, pod := range owned {
		w.expect(s, pod, records[pod])
	}
}

func madeUp(pods []*controller.Pod) int {
	count := 0
	for _, pod := range pods {
		if pod.Ordinal > 0 {
			count++
		}
	}
	return count
}

// expect plans what a pod of the first state will do.
func (w *world) expect(s *set, record *controller.Pod, pod *corev1.Pod) {
	switch {
	case record.Terminating && record.Phase != controller.Finished:
		w.letGo(s, record)
	case !record.Active():
	case record.Ready:
		if minReady := s.pods.Counting().MinReady; minReady > 0 && record.ReadyAt.Add(minReady).After(w.now) {
			w.awaitAvailable(s, record)
		}
	default:
		w.expectReady(happening{owner: s, pod: record}, birth(s, record), pod)
	}
}

// expectReady plans when a pod of the first state becomes ready; one that was made up is
// as if it were created now.
func (w *world) expectReady(h happening, born kubelet.Birth, pod *corev1.Pod) {
	after, ok := w.cfg.Latencies.Ready(born)
	h.at, h.kind = w.now.Add(after), podReady
	if ok && pod != nil {
		h.at, ok = kubelet.Prospect(pod, after, w.now)
	}
	if ok {
		w.agenda.add(h)
	}
}

func (w *world) note(format string, args ...any) {
	w.notes = append(w.notes, fmt.Sprintf(format, args...))
}
