package planner

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/check"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// facts gathers what the checks need besides the plan.
func (r Request) facts(edits []change.Edit, nodes []change.NodeEdit) check.Facts {
	facts := check.Facts{
		NodesUnchecked: "every pod is taken to find a node",
		Workloads:      map[cluster.Ref]check.WorkloadFacts{},
	}
	around := r.surroundings()
	around.nodes = bothNodes(r.State.Nodes, nodes)
	facts.AutoscalersUnchecked = around.unread("horizontalpodautoscalers")
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
	sets    map[types.UID][]*appsv1.ReplicaSet         // by their owner
	claims  map[string][]*corev1.PersistentVolumeClaim // by their namespace
	// services are those of the state and those that come with the change.
	services []*corev1.Service
	// nodes are all nodes before and after their changes.
	nodes []change.NodeEdit
}

func (r Request) surroundings() surroundings {
	around := surroundings{state: r.State, profile: r.Profile, sets: r.setsByOwner(),
		claims: map[string][]*corev1.PersistentVolumeClaim{}, services: slices.Concat(r.Services, r.State.Services)}
	for _, claim := range r.State.Claims {
		around.claims[claim.Namespace] = append(around.claims[claim.Namespace], claim)
	}
	return around
}

// unread says why nobody knows of a resource; empty where the state has it.
func (s surroundings) unread(resource string) string {
	for _, unread := range s.state.Unread {
		if name, _, _ := strings.Cut(unread.Resource, "."); name == resource {
			return fmt.Sprintf("cannot list %s (%s)", name, unread.Why)
		}
	}
	return ""
}

// service finds a Service, or nil.
func (s surroundings) service(namespace, name string) *corev1.Service {
	for _, service := range s.services {
		if service.Namespace == namespace && service.Name == name {
			return service
		}
	}
	return nil
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
