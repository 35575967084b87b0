package planner_test

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
)

// A file can leave out ReplicaSets and pods; a server that was asked for them cannot.
func TestNothingIsMadeUpInTheStateOfAServer(t *testing.T) {
	d := deployment("web", 3)
	d.UID = "web"
	rs := &appsv1.ReplicaSet{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ReplicaSet"},
		ObjectMeta: metav1.ObjectMeta{
			Name: "web-1", Namespace: d.Namespace, UID: "web-1", Labels: d.Spec.Template.Labels,
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(d, d.GroupVersionKind())},
		},
		Spec:   appsv1.ReplicaSetSpec{Replicas: d.Spec.Replicas, Selector: d.Spec.Selector, Template: d.Spec.Template},
		Status: appsv1.ReplicaSetStatus{Replicas: 3, ReadyReplicas: 3, AvailableReplicas: 3},
	}
	for name, sets := range map[string][]*appsv1.ReplicaSet{"created a moment ago": nil, "pods all gone": {rs}} {
		for version, want := range map[string]int32{"": 3, "v1.37.2": 0} {
			r := request(d)
			r.State.Version, r.State.ReplicaSets = version, sets
			p, err := planner.Plan(r)
			if err != nil {
				t.Fatal(err)
			}
			w := p.Workloads[0]
			if w.Start.Total != want || w.Summary.Outcome != plan.Settled || w.Moments.End.Available != 3 {
				t.Errorf("%s, server %q: starts with %+v, ends as %s with %+v", name, version, w.Start, w.Summary.Outcome, w.Moments.End)
			}
		}
	}
}
