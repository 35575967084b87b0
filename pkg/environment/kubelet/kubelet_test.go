package kubelet

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

var now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func TestAPodThatIsNotReadyIsGivenThreeTimesItsLatency(t *testing.T) {
	for _, c := range []struct {
		age  time.Duration
		want time.Duration // from now; negative: never
	}{
		{0, 10 * time.Second},
		{4 * time.Second, 6 * time.Second},
		{10 * time.Second, 0},
		{30 * time.Second, 0}, // late, but not given up
		{31 * time.Second, -1},
	} {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{CreationTimestamp: metav1.NewTime(now.Add(-c.age))}}
		at, ok := Prospect(pod, 10*time.Second, now)
		if ok != (c.want >= 0) || ok && at.Sub(now) != c.want {
			t.Errorf("%s old: in %s, %v", c.age, at.Sub(now), ok)
		}
	}
}

func TestAPodThatWaitsInAStateThatDoesNotHealIsNeverReady(t *testing.T) {
	for _, reason := range []string{"CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError"} {
		waiting := []corev1.ContainerStatus{{State: corev1.ContainerState{
			Waiting: &corev1.ContainerStateWaiting{Reason: reason}}}}
		for _, pod := range []*corev1.Pod{
			{Status: corev1.PodStatus{ContainerStatuses: waiting}},
			{Status: corev1.PodStatus{InitContainerStatuses: waiting}},
		} {
			if _, ok := Prospect(pod, time.Second, now); ok {
				t.Errorf("%s becomes ready", reason)
			}
		}
	}
	unplaced := &corev1.Pod{Status: corev1.PodStatus{Conditions: []corev1.PodCondition{{
		Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable}}}}
	if _, ok := Prospect(unplaced, time.Second, now); ok {
		t.Error("a pod without a node becomes ready")
	}
}

func TestTheSameSeedSpreadsTheSame(t *testing.T) {
	fixed := Fixed{ReadyAfter: 10 * time.Second}
	other := 0
	for i := range 1000 {
		b := Birth{Workload: cluster.Ref{Namespace: "shop", Name: "web"}, Owner: "web-1", Index: i}
		first, _ := Spread{fixed, 7}.Ready(b)
		again, _ := Spread{fixed, 7}.Ready(b)
		if first != again {
			t.Fatalf("pod %d: %s, then %s", i, first, again)
		}
		if first < 5*time.Second || first > 20*time.Second {
			t.Fatalf("pod %d: %s is not within half and twice 10s", i, first)
		}
		if different, _ := (Spread{fixed, 8}).Ready(b); different != first {
			other++
		}
	}
	if other < 990 {
		t.Errorf("another seed changes only %d of 1000", other)
	}
}

func TestStaggeredPodsTakeEachAStepLonger(t *testing.T) {
	s := Staggered{Fixed{ReadyAfter: time.Second}, 100 * time.Millisecond}
	if third, _ := s.Ready(Birth{Index: 2}); third != 1200*time.Millisecond {
		t.Errorf("%s", third)
	}
}

func TestARecordedPodTakesAsLongAsItDid(t *testing.T) {
	r := Recorded{
		Known:   map[string]Fixed{"web-1-x": {GoneAfter: time.Second}},
		Created: map[string][]Fixed{"web-2": {{ReadyAfter: 2 * time.Second}, {NeverReady: true}}},
		Others:  Fixed{ReadyAfter: 9 * time.Second, GoneAfter: 9 * time.Second},
	}
	if gone := r.Gone(Birth{Owner: "web-1", Pod: "web-1-x"}); gone != time.Second {
		t.Errorf("the pod of the first state is gone after %s", gone)
	}
	for index, want := range []time.Duration{2 * time.Second, -1, 9 * time.Second} {
		after, ok := r.Ready(Birth{Owner: "web-2", Index: index, Pod: "web-2-#1"})
		if ok != (want >= 0) || ok && after != want {
			t.Errorf("pod %d is ready after %s, %v", index, after, ok)
		}
	}
}
