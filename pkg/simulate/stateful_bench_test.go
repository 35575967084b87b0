package simulate_test

import (
	"fmt"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// A whole rollout of a new image, pods that are made up included. Ten times the pods may
// take twelve times as long.
func BenchmarkStatefulSet(b *testing.B) {
	for _, policy := range []appsv1.PodManagementPolicyType{appsv1.ParallelPodManagement, appsv1.OrderedReadyPodManagement} {
		for _, replicas := range []int32{500, 5_000, 50_000} {
			b.Run(fmt.Sprintf("%s/%d", policy, replicas), func(b *testing.B) {
				before := benchmarked(policy, replicas)
				after := before.DeepCopy()
				after.Spec.Template.Spec.Containers[0].Image = "db:2"
				state := &cluster.Snapshot{StatefulSets: []*appsv1.StatefulSet{before}}
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

func benchmarked(policy appsv1.PodManagementPolicyType, replicas int32) *appsv1.StatefulSet {
	db := &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "db"},
		Spec: appsv1.StatefulSetSpec{
			Replicas:            &replicas,
			ServiceName:         "db",
			PodManagementPolicy: policy,
			Selector:            &metav1.LabelSelector{MatchLabels: map[string]string{"app": "db"}},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "db"}},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "db", Image: "db:1"}}},
			},
			VolumeClaimTemplates: []corev1.PersistentVolumeClaim{{ObjectMeta: metav1.ObjectMeta{Name: "data"}}},
		},
	}
	defaults.StatefulSet(db, kubeversion.Latest())
	return db
}
