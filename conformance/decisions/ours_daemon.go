package decisions

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// daemonDecision is that of the last sync; those before left what is remembered, and a set of
// pods that knows the time until then.
func daemonDecision(world *World, asked *api) controller.Decision {
	view := daemonView(world)
	for _, at := range world.Earlier {
		view.API = &api{answers: newAnswers(world)}
		daemonset.Decide(view, epoch.Add(at))
	}
	view.API = asked
	return daemonset.Decide(view, world.Now())
}

// daemonView sorts the pods of a world into those that the DaemonSet owns, its strays and
// nobody's.
func daemonView(world *World) daemonset.View {
	ds := world.DaemonSet
	view := daemonset.View{
		DaemonSet: ds,
		Nodes:     daemonset.NewNodes(world.Nodes),
		Revisions: inNamespace(world.Revisions),
		Lookup:    world.revision,
		Memory:    &daemonset.Memory{},
		Profile:   kubeversion.Latest(),
	}
	selector, err := metav1.LabelSelectorAsSelector(ds.Spec.Selector)
	if err != nil {
		selector = labels.Nothing()
	}
	var owned []*controller.Pod
	for _, pod := range inNamespace(world.Pods) {
		record := controller.RecordOf(pod)
		switch {
		case metav1.GetControllerOf(pod) == nil:
			view.Orphans = append(view.Orphans, record)
		case !ofDaemonSet(world, pod):
		case selector.Matches(labels.Set(pod.Labels)):
			owned = append(owned, record)
		default:
			view.Strays = append(view.Strays, record)
		}
	}
	view.Pods = daemonset.NewPodSet(owned)
	return view
}

// ofDaemonSet is true for the pods that the controller finds by its index: kind, name and
// UID of their owner are the DaemonSet's.
func ofDaemonSet(world *World, pod *corev1.Pod) bool {
	ref, ds := metav1.GetControllerOf(pod), world.DaemonSet
	return ref != nil && ref.Kind == "DaemonSet" && ref.Name == ds.Name && ref.UID == ds.UID &&
		pod.Namespace == ds.Namespace
}

// creationsOn is one Sent for each node that gets a pod.
func creationsOn(sent Sent, w controller.Write) []Sent {
	all := make([]Sent, len(w.Nodes))
	for i, node := range w.Nodes {
		all[i] = sent
		all[i].Body, all[i].Count = wire(daemonset.PodOn(w.Body.(*corev1.Pod), node)), 1
	}
	return all
}
