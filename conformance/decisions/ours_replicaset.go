package decisions

import (
	"slices"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/replicaset"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// replicaSetView sorts the pods of a world into those that the ReplicaSet owns,
// its strays and nobody's.
func replicaSetView(world *World, api *api) replicaset.View {
	rs, profile := world.ReplicaSets[0], kubeversion.Latest()
	onNode := sync.OnceValue(func() map[string]int { return neighboursIn(world) })
	view := replicaset.View{
		ReplicaSet: rs,
		Neighbours: func(node string) int { return onNode()[node] },
		Profile:    profile,
		API:        api,
	}
	selects := selectorOf(rs)
	var owned []*controller.Pod
	for _, pod := range world.Pods {
		switch {
		case pod.Namespace != rs.Namespace:
		case metav1.GetControllerOf(pod) == nil:
			view.Orphans = append(view.Orphans, controller.RecordOf(pod))
		case controls(rs, pod) && selects(pod):
			owned = append(owned, controller.RecordOf(pod))
		case controls(rs, pod):
			view.Strays = append(view.Strays, controller.RecordOf(pod))
		}
	}
	view.Owned = controller.NewPodSet(controller.Counting{
		MinReady:       time.Duration(rs.Spec.MinReadySeconds) * time.Second,
		AtBoundary:     profile.AvailableAtBoundary(),
		TemplateLabels: rs.Spec.Template.Labels,
	}, owned, world.Now())
	return view
}

// selectorOf returns what a selector matches; an invalid one matches nothing.
func selectorOf(rs *appsv1.ReplicaSet) func(*corev1.Pod) bool {
	selector, err := metav1.LabelSelectorAsSelector(rs.Spec.Selector)
	if err != nil {
		return func(*corev1.Pod) bool { return false }
	}
	return func(pod *corev1.Pod) bool { return selector.Matches(labels.Set(pod.Labels)) }
}

// neighboursIn counts the active pods on each node that the selector of any
// ReplicaSet of the same owner matches; each pod once.
func neighboursIn(world *World) map[string]int {
	var related []func(*corev1.Pod) bool
	for _, rs := range world.ReplicaSets {
		if sameOwner(rs, world.ReplicaSets[0]) {
			related = append(related, selectorOf(rs))
		}
	}
	onNode := map[string]int{}
	for _, pod := range world.Pods {
		selected := slices.ContainsFunc(related,
			func(selects func(*corev1.Pod) bool) bool { return selects(pod) })
		if selected && active(pod) && pod.Namespace == namespace {
			onNode[pod.Spec.NodeName]++
		}
	}
	return onNode
}

// sameOwner is false for ReplicaSets that nobody owns.
func sameOwner(a, b *appsv1.ReplicaSet) bool {
	ownerA, ownerB := metav1.GetControllerOf(a), metav1.GetControllerOf(b)
	return ownerA != nil && ownerB != nil && ownerA.UID == ownerB.UID
}

func active(pod *corev1.Pod) bool {
	return pod.DeletionTimestamp == nil &&
		pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed
}
