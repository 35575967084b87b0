package decisions

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

const namespace = "shop"

// epoch is when the clock of a synctest bubble starts.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// World is what a controller sees at one instant, and how the API server answers
// it. It survives JSON, so that it can be kept as a case.
type World struct {
	// Kind is the controller that syncs: Deployment or ReplicaSet.
	Kind string `json:"kind"`
	// Offset is the instant of the sync, after the epoch.
	Offset time.Duration `json:"offset"`

	// Deployment is nil in the world of a ReplicaSet.
	Deployment *appsv1.Deployment `json:"deployment,omitempty"`
	// ReplicaSets of the cache, other namespaces included. The first is the one
	// that the ReplicaSet controller syncs.
	ReplicaSets []*appsv1.ReplicaSet `json:"replicaSets"`
	Pods        []*corev1.Pod        `json:"pods,omitempty"`

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
	copied.ReplicaSets = make([]*appsv1.ReplicaSet, len(w.ReplicaSets))
	for i, rs := range w.ReplicaSets {
		copied.ReplicaSets[i] = rs.DeepCopy()
	}
	copied.Pods = make([]*corev1.Pod, len(w.Pods))
	for i, pod := range w.Pods {
		copied.Pods[i] = pod.DeepCopy()
	}
	return &copied
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
