package cluster

import (
	"cmp"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Snapshot is the API objects of a cluster at one instant, each kind sorted by
// namespace and name. TypeMeta is set on all of them. It is read-only: whoever
// wants another state makes a copy of the objects that differ.
type Snapshot struct {
	// At is when the state was read; zero where nobody recorded it.
	At time.Time
	// Version and Context are those of the server that the state was read from:
	// "v1.37.2", "prod-eu". Both are empty where it was put together from files.
	Version string
	Context string
	// Readiness is what was measured when the state was read, sorted by workload;
	// nil where nobody wrote it down.
	Readiness []Readiness
	// Unread are the resources that the server did not let be read, sorted.
	Unread []Unread

	Deployments  []*appsv1.Deployment
	ReplicaSets  []*appsv1.ReplicaSet
	StatefulSets []*appsv1.StatefulSet
	DaemonSets   []*appsv1.DaemonSet
	Revisions    []*appsv1.ControllerRevision
	Pods         []*corev1.Pod
	Claims       []*corev1.PersistentVolumeClaim
	Services     []*corev1.Service
	Nodes        []*corev1.Node

	// Others are objects of kinds that are not planned: ConfigMaps, autoscalers. Secrets
	// are kept by name only, without content.
	Others []*unstructured.Unstructured
}

// Unread is a resource that a plan would have looked at, and could not.
type Unread struct {
	Resource string `json:"resource"` // "horizontalpodautoscalers.autoscaling"
	Why      string `json:"why"`      // "forbidden"
}

// FromServer reports whether a server was asked for the state, now or when it was
// saved; a plan then knows the server's version.
func (s *Snapshot) FromServer() bool { return s.Version != "" }

// Sort puts every kind into the order that a Snapshot promises.
func (s *Snapshot) Sort() {
	sortObjects(s.Deployments)
	sortObjects(s.ReplicaSets)
	sortObjects(s.StatefulSets)
	sortObjects(s.DaemonSets)
	sortObjects(s.Revisions)
	sortObjects(s.Pods)
	sortObjects(s.Claims)
	sortObjects(s.Services)
	sortObjects(s.Nodes)
	sortObjects(s.Others)
}

func sortObjects[T Object](objects []T) {
	slices.SortStableFunc(objects, func(a, b T) int {
		return RefOf(a).Compare(RefOf(b))
	})
}

// Workloads returns the objects that a plan can have an entry for: Deployments,
// StatefulSets, DaemonSets, and the ReplicaSets that nothing controls, in the order of
// a plan.
func (s *Snapshot) Workloads() []Object {
	var workloads []Object
	for _, d := range s.Deployments {
		workloads = append(workloads, d)
	}
	for _, rs := range s.ReplicaSets {
		if ControllerOf(rs) == nil {
			workloads = append(workloads, rs)
		}
	}
	for _, set := range s.StatefulSets {
		workloads = append(workloads, set)
	}
	for _, set := range s.DaemonSets {
		workloads = append(workloads, set)
	}
	sortObjects(workloads)
	return workloads
}

// Find returns the workload (or ReplicaSet) with that reference, or nil. An
// empty APIVersion matches any.
func (s *Snapshot) Find(ref Ref) Object {
	if ref.APIVersion != "" && ref.APIVersion != appsv1.SchemeGroupVersion.String() {
		return nil
	}
	switch ref.Kind {
	case "Deployment":
		if d, ok := search(s.Deployments, ref); ok {
			return d
		}
	case "ReplicaSet":
		if rs, ok := search(s.ReplicaSets, ref); ok {
			return rs
		}
	case "StatefulSet":
		if set, ok := search(s.StatefulSets, ref); ok {
			return set
		}
	case "DaemonSet":
		if set, ok := search(s.DaemonSets, ref); ok {
			return set
		}
	}
	return nil
}

// search finds an object of one kind by namespace and name.
func search[T Object](sorted []T, ref Ref) (T, bool) {
	at, ok := slices.BinarySearchFunc(sorted, ref, func(object T, ref Ref) int {
		return cmp.Or(
			strings.Compare(object.GetNamespace(), ref.Namespace),
			strings.Compare(object.GetName(), ref.Name),
		)
	})
	if !ok {
		var none T
		return none, false
	}
	return sorted[at], true
}
