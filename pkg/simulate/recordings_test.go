package simulate

import (
	"fmt"
	"os"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

func TestTrace(t *testing.T) {
	dir := os.Getenv("REC")
	if dir == "" {
		t.Skip("no REC")
	}
	data, _ := os.ReadFile(dir + "/state.yaml")
	var list struct{ Items []runtime.RawExtension }
	if err := yaml.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	snap := &cluster.Snapshot{}
	var newest time.Time
	for _, item := range list.Items {
		var meta struct{ Kind string }
		yaml.Unmarshal(item.Raw, &meta)
		switch meta.Kind {
		case "Deployment":
			o := &appsv1.Deployment{}
			yaml.Unmarshal(item.Raw, o)
			snap.Deployments = append(snap.Deployments, o)
		case "ReplicaSet":
			o := &appsv1.ReplicaSet{}
			yaml.Unmarshal(item.Raw, o)
			snap.ReplicaSets = append(snap.ReplicaSets, o)
		case "Pod":
			o := &corev1.Pod{}
			yaml.Unmarshal(item.Raw, o)
			snap.Pods = append(snap.Pods, o)
			for _, c := range o.Status.Conditions {
				if c.LastTransitionTime.After(newest) {
					newest = c.LastTransitionTime.Time
				}
			}
		}
	}
	after := &appsv1.Deployment{}
	data, _ = os.ReadFile(dir + "/change.yaml")
	yaml.Unmarshal(data, after)
	before := snap.Deployments[0]
	after.Namespace = before.Namespace
	defaults.Deployment(after, kubeversion.Latest())
	after.ObjectMeta = *before.ObjectMeta.DeepCopy()
	after.TypeMeta = before.TypeMeta
	result, err := Run(snap, []Change{{Before: before, After: after}}, Config{
		Profile:   kubeversion.Latest(),
		Now:       newest.Add(5 * time.Second),
		Latencies: kubelet.Fixed{ReadyAfter: 2 * time.Second, GoneAfter: time.Second, NeverReady: os.Getenv("NEVER") != ""},
		Report: func(e timeline.Event) {
			if e.Object.Kind != "Pod" || os.Getenv("PODS") != "" {
				fmt.Println(e.At, e.Actor, e.Action, e.Object.Name, e.From, e.To, e.Reason, e.Message, e.State)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range result.Outcomes {
		fmt.Printf("%+v\n", o.Deployment.Status)
		fmt.Println(o.Settled, o.Paused, o.Cause, o.LastChange, o.DeadlineAt, o.First, o.Last)
	}
}
