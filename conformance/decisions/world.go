package decisions

import (
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

const namespace = "shop"

// epoch is when the clock of a synctest bubble starts.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// World is what a controller sees at one instant, and how the API server answers
// it. It survives JSON, so that it can be kept as a case.
type World struct {
	// Kind is the controller that syncs: Deployment, ReplicaSet, StatefulSet or DaemonSet.
	Kind string `json:"kind"`
	// Offset is the instant of the sync, after the epoch.
	Offset time.Duration `json:"offset"`

	// Deployment is nil in the world of a ReplicaSet.
	Deployment *appsv1.Deployment `json:"deployment,omitempty"`
	// ReplicaSets of the cache, other namespaces included. The first is the one
	// that the ReplicaSet controller syncs.
	ReplicaSets []*appsv1.ReplicaSet `json:"replicaSets,omitempty"`
	Pods        []*corev1.Pod        `json:"pods,omitempty"`

	// StatefulSet is nil in the worlds of other controllers.
	StatefulSet *appsv1.StatefulSet `json:"statefulSet,omitempty"`
	// Revisions are the ControllerRevisions of the cache, other namespaces included.
	Revisions []*appsv1.ControllerRevision `json:"revisions,omitempty"`
	// Unseen are ControllerRevisions that the API server has and the cache lacks.
	Unseen []*appsv1.ControllerRevision    `json:"unseen,omitempty"`
	Claims []*corev1.PersistentVolumeClaim `json:"claims,omitempty"`
	// DaemonSet is nil in the worlds of other controllers.
	DaemonSet *appsv1.DaemonSet `json:"daemonSet,omitempty"`
	Nodes     []*corev1.Node    `json:"nodes,omitempty"`
	// Earlier are instants after the epoch at which the same world was synced already. What
	// was written then is not seen yet; the controller remembers which pods had failed.
	Earlier []time.Duration `json:"earlier,omitempty"`
	// Gates are the feature gates that are not at their default, as --feature-gates
	// takes them.
	Gates string `json:"gates,omitempty"`

	Live     Liveness  `json:"live,omitempty"`
	Refusals []Refusal `json:"refusals,omitempty"`
	// Conflicts: an update that carries an old resourceVersion is refused.
	Conflicts bool `json:"conflicts,omitempty"`
}

// Liveness is what an uncached read of the owner says before an adoption.
type Liveness string

// The answers of an uncached read.
const (
	AsCached   Liveness = ""
	Deleting   Liveness = "Deleting"
	Replaced   Liveness = "Replaced"
	Gone       Liveness = "Gone"
	Unreadable Liveness = "Unreadable"
)

// Now is the instant of the sync.
func (w *World) Now() time.Time { return epoch.Add(w.Offset) }

// Copy returns a world that shares nothing with this one.
func (w *World) Copy() *World {
	copied := *w
	copied.Deployment = w.Deployment.DeepCopy()
	copied.StatefulSet = w.StatefulSet.DeepCopy()
	copied.DaemonSet = w.DaemonSet.DeepCopy()
	copied.Nodes = copies(w.Nodes)
	copied.ReplicaSets = copies(w.ReplicaSets)
	copied.Pods = copies(w.Pods)
	copied.Revisions = copies(w.Revisions)
	copied.Unseen = copies(w.Unseen)
	copied.Claims = copies(w.Claims)
	return &copied
}

func copies[T interface{ DeepCopy() T }](objects []T) []T {
	copied := make([]T, len(objects))
	for i, object := range objects {
		copied[i] = object.DeepCopy()
	}
	return copied
}

// replicaSet finds a ReplicaSet of the namespace by name, or nil.
func (w *World) replicaSet(name string) *appsv1.ReplicaSet {
	for _, rs := range w.ReplicaSets {
		if rs.Name == name && rs.Namespace == namespace {
			return rs
		}
	}
	return nil
}

// revision finds a ControllerRevision of the namespace by name, in the cache or on the
// server, or nil.
func (w *World) revision(name string) *appsv1.ControllerRevision {
	for _, found := range slices.Concat(w.Revisions, w.Unseen) {
		if found.Name == name && found.Namespace == namespace {
			return found
		}
	}
	return nil
}

// owner is the object that is synced.
func (w *World) owner() cluster.Object {
	switch w.Kind {
	case "Deployment":
		return w.Deployment
	case "StatefulSet":
		return w.StatefulSet
	case "DaemonSet":
		return w.DaemonSet
	}
	return w.ReplicaSets[0]
}
