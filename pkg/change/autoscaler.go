package change

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// keepAutoscaled keeps the number of replicas in the state where an autoscaler
// sets it and the manifest does not, and says so. An apply would else take a
// number that left the manifest for one that goes back to 1.
func keepAutoscaled(to Target, written *unstructured.Unstructured, after cluster.Object) []string {
	hpa := leftToAutoscaler(to, written)
	if hpa == nil {
		return nil
	}
	size := **replicas(to.Object)
	*replicas(after) = &size
	return []string{fmt.Sprintf("the manifest leaves replicas out: hpa/%s sets them, and they stay at %d",
		hpa.GetName(), size)}
}

// leftToAutoscaler returns the autoscaler that sets the number of replicas in the
// manifest's place; nil where the manifest has one, or nobody sets it.
func leftToAutoscaler(to Target, written *unstructured.Unstructured) *unstructured.Unstructured {
	given, ok, _ := unstructured.NestedFieldNoCopy(written.Object, "spec", "replicas")
	if ok && given != nil || to.Object == nil {
		return nil
	}
	if size := replicas(to.Object); size == nil || *size == nil {
		return nil
	}
	return autoscalerOf(to.State, cluster.RefOf(to.Object))
}

// autoscalerOf returns the HorizontalPodAutoscaler that scales the workload, or
// nil.
func autoscalerOf(state *cluster.Snapshot, ref cluster.Ref) *unstructured.Unstructured {
	if state == nil {
		return nil
	}
	for _, other := range state.Others {
		if other.GetKind() != "HorizontalPodAutoscaler" || other.GetNamespace() != ref.Namespace {
			continue
		}
		target, _, _ := unstructured.NestedStringMap(other.Object, "spec", "scaleTargetRef")
		if target["kind"] == ref.Kind && target["name"] == ref.Name &&
			sameGroup(target["apiVersion"], ref.APIVersion) {
			return other
		}
	}
	return nil
}

// sameGroup ignores the version: an autoscaler resolves its target's group and
// kind to whatever version the server prefers.
func sameGroup(a, b string) bool {
	groupA, _, _ := strings.Cut(a, "/")
	groupB, _, _ := strings.Cut(b, "/")
	return a == "" || groupA == groupB
}
