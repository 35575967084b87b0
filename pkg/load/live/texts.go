package live

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// texts holds one copy of each text that nodes, and pods of DaemonSets, have in common.
// With what is not planned with gone too, 65,000 of both are read in half a GiB; with all
// that is in them it takes three times as much.
type texts map[string]string

// node returns what is kept of a node; the page that it came with is not.
func (t texts) node(node *corev1.Node) *corev1.Node {
	kept := cluster.PlannedNode(node)
	kept.Labels = t.labels(kept.Labels)
	for i := range kept.Status.Conditions {
		kept.Status.Conditions[i].Reason = t.shared(kept.Status.Conditions[i].Reason)
	}
	return kept
}

// pod does the same for a pod of a DaemonSet. All others are kept as they are.
func (t texts) pod(pod *corev1.Pod) *corev1.Pod {
	pod.ManagedFields = nil
	kept := cluster.PlannedPod(pod)
	if kept == pod {
		return pod
	}
	kept.Namespace, kept.GenerateName = t.shared(kept.Namespace), t.shared(kept.GenerateName)
	kept.Labels = t.labels(kept.Labels)
	for i := range kept.OwnerReferences {
		owner := &kept.OwnerReferences[i]
		owner.APIVersion, owner.Kind = t.shared(owner.APIVersion), t.shared(owner.Kind)
		owner.Name, owner.UID = t.shared(owner.Name), types.UID(t.shared(string(owner.UID)))
	}
	return kept
}

func (t texts) labels(of map[string]string) map[string]string {
	if of == nil {
		return nil
	}
	shared := make(map[string]string, len(of))
	for key, value := range of {
		shared[t.shared(key)] = t.shared(value)
	}
	return shared
}

func (t texts) shared(text string) string {
	if known, ok := t[text]; ok {
		return known
	}
	t[text] = text
	return text
}
