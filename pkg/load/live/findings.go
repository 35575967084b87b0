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
	sets        []*appsv1.ReplicaSet
	pods        []*corev1.Pod
	autoscalers []*autoscalingv2.HorizontalPodAutoscaler
	unread      []cluster.Unread
}

func (f *findings) add(below family, deployments ...*appsv1.Deployment) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.deployments = append(f.deployments, deployments...)
	f.sets = append(f.sets, below.sets...)
	f.pods = append(f.pods, below.pods...)
}

// readAutoscalers reads what may change sizes meanwhile. A plan can do without: where
// they are not to be had, it says so.
func (s *Server) readAutoscalers(ctx context.Context, at scope, found *findings) error {
	list, err := s.autoscalers(ctx, at)
	why := ""
	switch {
	case apierrors.IsForbidden(err):
		why = "forbidden"
	case apierrors.IsNotFound(err):
		why = "unknown to the server"
	case err != nil:
		return err
	}
	found.mutex.Lock()
	defer found.mutex.Unlock()
	found.autoscalers = append(found.autoscalers, list...)
	unread := cluster.Unread{Resource: "horizontalpodautoscalers.autoscaling", Why: why}
	if why != "" && !slices.Contains(found.unread, unread) {
		found.unread = append(found.unread, unread)
	}
	return nil
}

// snapshot is what of the findings belongs to the workloads in question: what they
// own, and what has no owner, since they may adopt it.
func (f *findings) snapshot(profile kubeversion.Profile) *cluster.Snapshot {
	state := &cluster.Snapshot{Version: f.version, Unread: f.unread}
	owners := map[types.UID]bool{}
	for _, d := range once(f.deployments) {
		if !f.aim.has(refOf("Deployment", d)) {
			continue
		}
		owners[d.UID] = true
		identify(d, appsv1.SchemeGroupVersion.WithKind("Deployment"))
		defaults.Deployment(d, profile)
		state.Deployments = append(state.Deployments, d)
	}
	for _, rs := range once(f.sets) {
		asked := f.aim.named != nil && f.aim.has(refOf("ReplicaSet", rs))
		if owner := cluster.ControllerOf(rs); owner != nil && !owners[owner.UID] && !asked {
			continue
		}
		owners[rs.UID] = true
		identify(rs, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))
		defaults.ReplicaSet(rs, profile)
		state.ReplicaSets = append(state.ReplicaSets, rs)
	}
	for _, pod := range once(f.pods) {
		if owner := cluster.ControllerOf(pod); owner == nil || owners[owner.UID] {
			identify(pod, corev1.SchemeGroupVersion.WithKind("Pod"))
			state.Pods = append(state.Pods, pod)
		}
	}
	state.Others = f.scalersOf(state)
	slices.SortFunc(state.Unread, func(a, b cluster.Unread) int {
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Why, b.Why))
	})
	state.Sort()
	return state
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
