package simulate

import (
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// world is the state of a simulation. API objects in it are replaced, never
// changed in place.
type world struct {
	cfg   Config
	whole bool // a server was asked: what is not in the state does not exist
	start time.Time
	now   time.Time

	version  int64 // of the last write, as a resourceVersion
	rollouts map[cluster.Ref]*rollout
	sets     map[types.NamespacedName]*set
	byUID    map[types.UID]*set
	bare     map[string][]*set            // by namespace: ReplicaSets that nobody controls
	orphans  map[string][]*controller.Pod // by namespace: pods that nobody controls

	agenda        agenda
	dirtySets     dirty[*set]
	dirtyRollouts dirty[*rollout]
	happened      int

	setClient, rolloutClient *client // nil where requests are not limited

	notes []string
}

// rollout is a workload that a plan has an entry for: a Deployment with its
// ReplicaSets, or a ReplicaSet of its own.
type rollout struct {
	ref        cluster.Ref
	deployment *appsv1.Deployment // nil for a ReplicaSet
	sets       []*set             // oldest first
	newest     *set               // has the current template; nil where there is none
	nodes      map[string]int     // active pods by node, for those with a known node

	wake       time.Time // the soonest planned look at the Deployment
	failures   int       // syncs in a row that failed
	lastErr    error
	lastChange time.Duration // when a size or a pod last changed
	deadlineAt *time.Duration
	events     *api.Bucket     // about its sizes, with a limit
	asked      *timeline.Event // the size that the change gives a ReplicaSet
	foreign    bool            // a ReplicaSet that somebody controls who is not planned here
	deleted    bool
}

// set is a ReplicaSet with its pods.
type set struct {
	rs      *appsv1.ReplicaSet
	roll    *rollout
	pods    *controller.PodSet
	strays  []*controller.Pod
	created int         // pods created in the forecast
	events  *api.Bucket // about its pods, with a limit
	going   int         // pods of the set that are deleted but not gone
	wake    time.Time
	lastErr error
	deleted bool
}

func keyOf(object cluster.Object) types.NamespacedName {
	return types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}
}

// state counts the pods of a workload now.
func (w *world) state(r *rollout) timeline.State {
	state := timeline.State{Desired: r.desired()}
	for _, s := range r.sets {
		counts := s.pods.Counts(w.now)
		state.Total += counts.Active
		state.Ready += counts.Ready
		state.Available += counts.Available
		state.Terminating += counts.Terminating
		if s == r.newest {
			state.Updated += counts.Active
		}
	}
	return state
}

func (r *rollout) desired() int32 {
	switch {
	case r.deployment != nil:
		return *r.deployment.Spec.Replicas
	case len(r.sets) > 0:
		return *r.sets[0].rs.Spec.Replicas
	}
	return 0
}

// findNewest tells again which set has the Deployment's template.
func (r *rollout) findNewest() {
	r.newest = nil
	if r.deployment == nil {
		if len(r.sets) > 0 {
			r.newest = r.sets[0]
		}
		return
	}
	found := deployment.NewReplicaSet(r.deployment, r.replicaSets())
	for _, s := range r.sets {
		if s.rs == found {
			r.newest = s
		}
	}
}

func (r *rollout) replicaSets() []*appsv1.ReplicaSet {
	var list []*appsv1.ReplicaSet
	for _, s := range r.sets {
		list = append(list, s.rs)
	}
	return list
}

// neighbours counts the active pods of the workload on a node. Pods of a ReplicaSet
// that nobody owns have none: upstream looks for siblings through the owner.
func (r *rollout) neighbours(node string) int {
	switch {
	case r.deployment == nil:
		return 0
	case node == controller.UnknownNode:
		return 1
	}
	return r.nodes[node]
}

func (r *rollout) moveNode(pod *controller.Pod, by int) {
	if pod.Node != controller.UnknownNode {
		r.nodes[pod.Node] += by
	}
}

func (w *world) newRollout(ref cluster.Ref) *rollout {
	r := &rollout{ref: ref, nodes: map[string]int{}, events: api.Events().Bucket()}
	w.rollouts[ref] = r
	return r
}

// newSet counts the pods of a ReplicaSet; attach makes it part of a workload.
func (w *world) newSet(rs *appsv1.ReplicaSet, pods []*controller.Pod) *set {
	s := &set{rs: rs, pods: controller.NewPodSet(countingOf(rs, w.cfg.Profile), pods, w.now), events: api.Events().Bucket()}
	w.sets[keyOf(rs)] = s
	w.byUID[rs.UID] = s
	return s
}

func countingOf(rs *appsv1.ReplicaSet, profile kubeversion.Profile) controller.Counting {
	return controller.Counting{
		MinReady:       time.Duration(rs.Spec.MinReadySeconds) * time.Second,
		AtBoundary:     profile.AvailableAtBoundary(),
		TemplateLabels: rs.Spec.Template.Labels,
	}
}

// attach makes a set part of a workload.
func (w *world) attach(s *set, r *rollout) {
	s.roll = r
	r.sets = append(r.sets, s)
	for _, pod := range s.pods.Active() {
		r.moveNode(pod, 1)
	}
	if cluster.ControllerOf(s.rs) == nil {
		w.bare[s.rs.Namespace] = append(w.bare[s.rs.Namespace], s)
	}
}

// detach takes a set out of its workload.
func (w *world) detach(s *set) {
	r := s.roll
	r.sets = slices.DeleteFunc(r.sets, func(other *set) bool { return other == s })
	for _, pod := range s.pods.Active() {
		r.moveNode(pod, -1)
	}
	bare := w.bare[s.rs.Namespace]
	w.bare[s.rs.Namespace] = slices.DeleteFunc(bare, func(other *set) bool { return other == s })
	if r.deployment == nil && len(r.sets) == 0 {
		r.deleted = true
	}
}

// remove deletes a set. Its pods, all of them on their way out, stay its own.
func (w *world) remove(s *set) {
	w.detach(s)
	s.deleted = true
	delete(w.sets, keyOf(s.rs))
	delete(w.byUID, s.rs.UID)
	s.roll.findNewest()
}
