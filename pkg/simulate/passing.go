package simulate

import (
	"slices"

	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
)

// passing is the owner of pods on their way out that nobody here counts. All that
// matters of them is that their names become free. No controller is told of that: one
// that wanted a name tries again.
type passing struct{ namespace string }

func (passing) podReady(*world, *controller.Pod) {}

func (passing) podAvailable(*world, *controller.Pod) {}

func (p passing) podGone(w *world, pod *controller.Pod) {
	delete(w.named, types.NamespacedName{Namespace: p.namespace, Name: pod.Name})
	orphans := w.orphans[p.namespace]
	w.orphans[p.namespace] = slices.DeleteFunc(orphans, func(other *controller.Pod) bool { return other == pod })
	w.progress++
	w.freeClaims(p.namespace, pod)
}

// freeClaims lets claims go that only a pod used that is gone.
func (w *world) freeClaims(namespace string, pod *controller.Pod) {
	if pod.Object == nil {
		return
	}
	for _, volume := range pod.Object.Spec.Volumes {
		if source := volume.PersistentVolumeClaim; source != nil {
			delete(w.usedElsewhere, types.NamespacedName{Namespace: namespace, Name: source.ClaimName})
		}
	}
	for _, wl := range w.sorted() {
		if s, ok := wl.(*stateful); ok && s.set.Namespace == namespace {
			s.collect(w, w.claims.of(s.set))
		}
	}
}

// passes plans the end of such a pod.
func (w *world) passes(namespace string, pod *controller.Pod) {
	gone := w.cfg.Latencies.Gone(kubelet.Birth{Pod: pod.Name})
	w.agenda.add(happening{at: w.now.Add(gone), kind: podGone, owner: passing{namespace}, pod: pod})
}
