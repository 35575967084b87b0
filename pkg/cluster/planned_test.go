package cluster

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// fullPod has more than a plan looks at.
func fullPod(owner Object) *corev1.Pod {
	always := corev1.ContainerRestartPolicyAlways
	since := metav1.NewTime(time.Unix(5, 0))
	return &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			Name: "p", Labels: map[string]string{"app": "logs"}, Annotations: map[string]string{"a": "b"}, Finalizers: []string{"example.com/x"},
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(owner, owner.GetObjectKind().GroupVersionKind())},
		},
		Spec: corev1.PodSpec{
			Affinity:       &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{}},
			InitContainers: []corev1.Container{{Name: "once", Image: "x"}, {Name: "side", Image: "x", RestartPolicy: &always}},
			Containers:     []corev1.Container{{Name: "c", Image: "x", Env: []corev1.EnvVar{{Name: "SECRET", Value: "x"}}}},
			Volumes:        []corev1.Volume{{Name: "v"}},
		},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, PodIP: "10.0.0.1",
			Conditions: []corev1.PodCondition{
				{Type: corev1.PodScheduled, Status: corev1.ConditionTrue}, {Type: corev1.PodInitialized, Status: corev1.ConditionTrue},
				{Type: corev1.PodReady, Status: corev1.ConditionFalse, Reason: "ContainersNotReady", Message: "containers with unready status", LastTransitionTime: since},
			},
			ContainerStatuses: []corev1.ContainerStatus{
				{Name: "ok", Ready: true, ImageID: "x"},
				{Name: "c", RestartCount: 3, ImageID: "x", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: "back-off"}}},
			},
		},
	}
}

func TestOfAPodOfADaemonSetThereIsWhatAPlanLooksAt(t *testing.T) {
	pod := fullPod(daemonSet("shop", "logs"))
	want := fullPod(daemonSet("shop", "logs"))
	want.Annotations, want.Spec.Containers, want.Spec.Volumes = nil, nil, nil
	want.Spec.InitContainers = []corev1.Container{{Name: "side", RestartPolicy: pod.Spec.InitContainers[1].RestartPolicy}}
	want.Status.PodIP = ""
	want.Status.Conditions = []corev1.PodCondition{
		{Type: corev1.PodReady, Status: corev1.ConditionFalse, Reason: "ContainersNotReady", LastTransitionTime: metav1.NewTime(time.Unix(5, 0))},
	}
	want.Status.ContainerStatuses = []corev1.ContainerStatus{
		{Name: "c", RestartCount: 3, State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}},
	}
	if diff := cmp.Diff(want, PlannedPod(pod)); diff != "" {
		t.Error(diff)
	}
	pod.Spec.NodeName, want.Spec.NodeName, want.Spec.Affinity = "n1", "n1", nil
	if diff := cmp.Diff(want, PlannedPod(pod)); diff != "" {
		t.Errorf("on a node: %s", diff)
	}
	if again := PlannedPod(PlannedPod(pod)); !cmp.Equal(want, again) {
		t.Error(cmp.Diff(want, again))
	}
}

func TestOtherPodsStayWhole(t *testing.T) {
	pod := fullPod(statefulSet("shop", "db"))
	orphan := fullPod(statefulSet("shop", "db"))
	orphan.OwnerReferences = nil
	if PlannedPod(pod) != pod || PlannedPod(orphan) != orphan {
		t.Error("they are others")
	}
}
