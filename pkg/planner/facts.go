package planner

import (
	"fmt"
	"math"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/check"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
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
	sets := r.setsByOwner()
	for _, e := range edits {
		if d, ok := e.After.(*appsv1.Deployment); ok {
			facts.Workloads[e.Ref] = r.factsOf(e.Ref, d, sets[d.UID])
		}
	}
	return facts
}

func (r Request) factsOf(ref cluster.Ref, d *appsv1.Deployment, sets []*appsv1.ReplicaSet) check.WorkloadFacts {
	f := check.WorkloadFacts{Autoscalers: r.autoscalers(ref), HistoryLimit: math.MaxInt32}
	if limit := d.Spec.RevisionHistoryLimit; limit != nil {
		f.HistoryLimit = *limit
	}
	if deadline := d.Spec.ProgressDeadlineSeconds; deadline != nil && *deadline != math.MaxInt32 {
		f.ProgressDeadline = time.Duration(*deadline) * time.Second
	}
	for _, rs := range sets {
		if revision.SameTemplate(&rs.Spec.Template, &d.Spec.Template) {
			continue
		}
		if number, err := revision.Number(rs); err == nil {
			f.Revisions = append(f.Revisions, check.Revision{ReplicaSet: rs.Name, Number: number})
		}
	}
	return f
}

// autoscalers are those in the state that target a workload.
func (r Request) autoscalers(ref cluster.Ref) []check.Autoscaler {
	var found []check.Autoscaler
	for _, o := range r.State.Others {
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
