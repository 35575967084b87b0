package live

import (
	"cmp"
	"context"
	"slices"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// findings is what the parallel reads of a state bring together.
type findings struct {
	aim     aim
	version string

	mutex       sync.Mutex
	deployments []*appsv1.Deployment
	family
	claims      []*corev1.PersistentVolumeClaim
	services    []*corev1.Service
	nodes       []*corev1.Node
	autoscalers []*autoscalingv2.HorizontalPodAutoscaler
	unread      []cluster.Unread
}

func (f *findings) add(below family, deployments ...*appsv1.Deployment) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.deployments = append(f.deployments, deployments...)
	f.sets = append(f.sets, below.sets...)
	f.stateful = append(f.stateful, below.stateful...)
	f.daemons = append(f.daemons, below.daemons...)
	f.revisions = append(f.revisions, below.revisions...)
	f.pods = append(f.pods, below.pods...)
}

// optional takes what was read, which a plan can do without: where it is not to be had,
// the plan says so.
func (f *findings) optional(resource string, err error, take func()) error {
	why := ""
	switch {
	case apierrors.IsForbidden(err):
		why = "forbidden"
	case apierrors.IsNotFound(err):
		why = "unknown to the server"
	case err != nil:
		return err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	unread := cluster.Unread{Resource: resource, Why: why}
	switch {
	case why == "":
		take()
	case !slices.Contains(f.unread, unread):
		f.unread = append(f.unread, unread)
	}
	return nil
}

// readAutoscalers reads what may change sizes meanwhile.
func (s *Server) readAutoscalers(ctx context.Context, at scope, found *findings) error {
	list, err := s.autoscalers(ctx, at)
	return found.optional("horizontalpodautoscalers.autoscaling", err, func() {
		found.autoscalers = append(found.autoscalers, list...)
	})
}

// snapshot is what of the findings belongs to the workloads in question: what they
// own, and what has no owner, since they may adopt it.
func (f *findings) snapshot(profile kubeversion.Profile) *cluster.Snapshot {
	state := &cluster.Snapshot{Version: f.version, Unread: f.unread}
	owners := f.ownersIn(state, profile)
	for _, r := range once(f.revisions) {
		if belongs(owners, r) {
			identify(r, appsv1.SchemeGroupVersion.WithKind("ControllerRevision"))
			state.Revisions = append(state.Revisions, r)
		}
	}
	for _, pod := range once(f.pods) {
		if belongs(owners, pod) {
			identify(pod, corev1.SchemeGroupVersion.WithKind("Pod"))
			state.Pods = append(state.Pods, pod)
		}
	}
	state.Claims, state.Services = f.storageOf(state)
	for _, claim := range state.Claims {
		identify(claim, corev1.SchemeGroupVersion.WithKind("PersistentVolumeClaim"))
	}
	for _, service := range state.Services {
		identify(service, corev1.SchemeGroupVersion.WithKind("Service"))
	}
	for _, node := range once(f.nodes) {
		identify(node, corev1.SchemeGroupVersion.WithKind("Node"))
		state.Nodes = append(state.Nodes, node)
	}
	state.Others = f.scalersOf(state)
	slices.SortFunc(state.Unread, func(a, b cluster.Unread) int {
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Why, b.Why))
	})
	state.Sort()
	return state
}

// ownersIn puts the workloads into the state, and returns which they are.
func (f *findings) ownersIn(
	state *cluster.Snapshot, profile kubeversion.Profile,
) map[types.UID]bool {
	owners := map[types.UID]bool{}
	for _, d := range once(f.deployments) {
		if f.aim.has(refOf("Deployment", d)) {
			owners[d.UID] = true
			identify(d, appsv1.SchemeGroupVersion.WithKind("Deployment"))
			defaults.Deployment(d, profile)
			state.Deployments = append(state.Deployments, d)
		}
	}
	for _, rs := range once(f.sets) {
		asked := f.aim.named != nil && f.aim.has(refOf("ReplicaSet", rs))
		if belongs(owners, rs) || asked {
			owners[rs.UID] = true
			identify(rs, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))
			defaults.ReplicaSet(rs, profile)
			state.ReplicaSets = append(state.ReplicaSets, rs)
		}
	}
	for _, set := range once(f.stateful) {
		if f.aim.has(refOf("StatefulSet", set)) {
			owners[set.UID] = true
			identify(set, appsv1.SchemeGroupVersion.WithKind("StatefulSet"))
			defaults.StatefulSet(set, profile)
			state.StatefulSets = append(state.StatefulSets, set)
		}
	}
	for _, ds := range once(f.daemons) {
		if f.aim.has(refOf("DaemonSet", ds)) {
			owners[ds.UID] = true
			identify(ds, appsv1.SchemeGroupVersion.WithKind("DaemonSet"))
			defaults.DaemonSet(ds, profile)
			state.DaemonSets = append(state.DaemonSets, ds)
		}
	}
	return owners
}

// scalersOf are the autoscalers of workloads that are in the state or asked for.
func (f *findings) scalersOf(state *cluster.Snapshot) []*unstructured.Unstructured {
	in := map[cluster.Ref]bool{}
	for _, d := range state.Deployments {
		in[refOf("Deployment", d)] = true
	}
	for _, rs := range state.ReplicaSets {
		in[refOf("ReplicaSet", rs)] = true
	}
	for _, set := range state.StatefulSets {
		in[refOf("StatefulSet", set)] = true
	}
	for _, w := range f.aim.named {
		in[w.Ref] = true
	}
	var scalers []*unstructured.Unstructured
	for _, hpa := range once(f.autoscalers) {
		target := hpa.Spec.ScaleTargetRef
		if !in[ref(target.Kind, hpa.Namespace, target.Name)] {
			continue
		}
		identify(hpa, autoscalingv2.SchemeGroupVersion.WithKind("HorizontalPodAutoscaler"))
		object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(hpa)
		if err != nil {
			panic(err) // an API type is made for it
		}
		scalers = append(scalers, &unstructured.Unstructured{Object: object})
	}
	return scalers
}

// identify gives an object of a list its kind, and takes away who set which of its
// fields: nothing here needs that, and kubectl get does not show it either.
func identify(object cluster.Object, kind schema.GroupVersionKind) {
	object.GetObjectKind().SetGroupVersionKind(kind)
	object.SetManagedFields(nil)
}

// once leaves out what two selectors found both.
func once[T metav1.Object](objects []T) []T {
	seen := map[types.UID]bool{}
	return keep(objects, func(object T) bool {
		known := seen[object.GetUID()]
		seen[object.GetUID()] = true
		return !known
	})
}
