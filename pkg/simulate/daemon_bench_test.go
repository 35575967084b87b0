package simulate_test

import (
	"fmt"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// A whole rollout of a new image, pods that are made up included. Ten times the nodes may
// take twelve times as long.
func BenchmarkDaemonSet(b *testing.B) {
	for _, unavailable := range []string{"10%", "1"} {
		for _, nodes := range []int{650, 6_500, 65_000} {
			b.Run(fmt.Sprintf("maxUnavailable=%s/%d", unavailable, nodes), func(b *testing.B) {
				before := benchmarkedDaemon(unavailable)
				after := before.DeepCopy()
				after.Spec.Template.Spec.Containers[0].Image = "logs:2"
				state := &cluster.Snapshot{DaemonSets: []*appsv1.DaemonSet{before}, Nodes: manyNodes(nodes)}
				for b.Loop() {
					result, err := simulate.Run(state, []simulate.Change{{Before: before, After: after}}, simulate.Config{
						Profile:   kubeversion.Latest(),
						Now:       time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
						Latencies: kubelet.Fixed{ReadyAfter: 10 * time.Second, GoneAfter: time.Second},
						Report:    func(timeline.Event) {},
					})
					if err != nil || !result.Outcomes[0].Settled {
						b.Fatalf("%v, %+v", err, result.Outcomes)
					}
				}
			})
		}
	}
}

func benchmarkedDaemon(unavailable string) *appsv1.DaemonSet {
	most := intstr.Parse(unavailable)
	logs := &appsv1.DaemonSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSet"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "logs"},
		Spec: appsv1.DaemonSetSpec{
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "logs"}},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "logs"}},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "logs", Image: "logs:1"}}},
			},
			UpdateStrategy: appsv1.DaemonSetUpdateStrategy{
				Type:          appsv1.RollingUpdateDaemonSetStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDaemonSet{MaxUnavailable: &most},
			},
		},
	}
	defaults.DaemonSet(logs, kubeversion.Latest())
	return logs
}

// manyNodes are nodes in three zones.
func manyNodes(count int) []*corev1.Node {
	nodes := make([]*corev1.Node, count)
	for i := range nodes {
		name := fmt.Sprintf("node-%05d", i)
		nodes[i] = &corev1.Node{
			TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
				corev1.LabelHostname: name, corev1.LabelTopologyZone: fmt.Sprint(i % 3)}},
			Status: corev1.NodeStatus{Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}},
		}
	}
	return nodes
}
