package planner

import (
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/check"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// facts gathers what the checks need besides the plan.
func (r Request) facts(edits []change.Edit) check.Facts {
	facts := check.Facts{
		NodesUnchecked: "every pod is taken to find a node",
		Workloads:      map[cluster.Ref]check.WorkloadFacts{},
	}
	for _, unread := range r.State.Unread {
		if resource, _, _ := strings.Cut(unread.Resource, "."); resource == "horizontalpodautoscalers" {
			facts.AutoscalersUnchecked = fmt.Sprintf("cannot list %s (%s)", resource, unread.Why)
		}
	}
	around := surroundings{state: r.State, profile: r.Profile, sets: r.setsByOwner()}
	for _, e := range edits {
		if e.After != nil {
			facts.Workloads[e.Ref] = of(e).facts(around)
		}
	}
	return facts
}

// surroundings is what the state has around workloads.
type surroundings struct {
	state   *cluster.Snapshot
	profile kubeversion.Profile
	sets    map[types.UID][]*appsv1.ReplicaSet // by their owner
}

// autoscalers are those in the state that target a workload.
func (s surroundings) autoscalers(ref cluster.Ref) []check.Autoscaler {
	var found []check.Autoscaler
	for _, o := range s.state.Others {
		if o.GetKind() != "HorizontalPodAutoscaler" || o.GetNamespace() != ref.Namespace {
			continue
		}
		kind, _, _ := unstructured.NestedString(o.Object, "spec", "scaleTargetRef", "kind")
		name, _, _ := unstructured.NestedString(o.Object, "spec", "scaleTargetRef", "name")
		if kind == ref.Kind && name == ref.Name {
			found = append(found, check.Autoscaler{
				Ref: cluster.RefOf(o), Min: bound(o, "minReplicas", 1), Max: bound(o, "maxReplicas", 0),
			})
		}
	}
	return found
}

func bound(o *unstructured.Unstructured, field string, otherwise int32) int32 {
	switch n := o.Object["spec"].(type) {
	case map[string]any:
		switch value := n[field].(type) {
		case int64:
			return int32(value)
		case float64:
			return int32(value)
		}
	}
	return otherwise
}
