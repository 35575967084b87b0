package decisions

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// statefulView sorts the pods of a world into those that the StatefulSet owns, its
// strays and nobody's.
func statefulView(world *World, api *api) statefulset.View {
	set := world.StatefulSet
	profile, err := kubeversion.Latest().WithGates(world.Gates)
	if err != nil {
		panic(err)
	}
	view := statefulset.View{
		StatefulSet: set,
		Revisions:   inNamespace(world.Revisions),
		Lookup:      world.revision,
		Claim:       world.claim,
		Profile:     profile,
		API:         api,
	}
	selector, err := metav1.LabelSelectorAsSelector(set.Spec.Selector)
	if err != nil {
		selector = labels.Nothing()
	}
	var owned []*controller.Pod
	for _, pod := range inNamespace(world.Pods) {
		record := controller.RecordOf(pod)
		switch {
		case metav1.GetControllerOf(pod) == nil:
			view.Orphans = append(view.Orphans, record)
		case !controlledBy(set, pod):
		case statefulset.IsMember(set, selector, record):
			owned = append(owned, record)
		default:
			view.Strays = append(view.Strays, record)
		}
	}
	view.Pods = statefulset.NewPodSet(owned)
	return view
}

// controlledBy is true for the pods that the controller finds by its index: kind, name and
// UID of their owner are the StatefulSet's.
func controlledBy(set *appsv1.StatefulSet, pod *corev1.Pod) bool {
	ref := metav1.GetControllerOf(pod)
	return ref != nil && ref.Kind == "StatefulSet" && ref.Name == set.Name && ref.UID == set.UID
}

func inNamespace[T metav1.Object](objects []T) []T {
	return slices.DeleteFunc(slices.Clone(objects), func(object T) bool {
		return object.GetNamespace() != namespace
	})
}

// claim finds a PersistentVolumeClaim of the namespace by name, or nil.
func (w *World) claim(name string) *corev1.PersistentVolumeClaim {
	for _, claim := range w.Claims {
		if claim.Name == name && claim.Namespace == namespace {
			return claim
		}
	}
	return nil
}
