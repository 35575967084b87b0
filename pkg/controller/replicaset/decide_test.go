package replicaset

import (
	"errors"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

var now = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// sees is a view of a ReplicaSet "web-1" that wants replicas pods and has these.
func sees(replicas int32, profile kubeversion.Profile, pods ...*controller.Pod) View {
	labels := map[string]string{"app": "web"}
	rs := &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-1", UID: "u", Generation: 1},
		Spec: appsv1.ReplicaSetSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}},
		},
	}
	counting := controller.Counting{AtBoundary: profile.AvailableAtBoundary(), TemplateLabels: labels}
	return View{
		ReplicaSet: rs,
		Owned:      controller.NewPodSet(counting, pods, now),
		Neighbours: func(string) int { return 0 },
		Profile:    profile,
		API:        controller.Accepting{},
	}
}

func of(minor int) kubeversion.Profile {
	return kubeversion.NewProfile(kubeversion.Version{Minor: minor})
}

func statusIn(t *testing.T, d controller.Decision) appsv1.ReplicaSetStatus {
	t.Helper()
	for _, w := range d.Writes {
		if w.Verb == controller.UpdateStatus {
			return w.Body.(*appsv1.ReplicaSet).Status
		}
	}
	t.Fatal("no status is written")
	return appsv1.ReplicaSetStatus{}
}

func TestTerminatingPodsAreReportedSince135OrByTheGate(t *testing.T) {
	going := func() *controller.Pod { return &controller.Pod{Phase: controller.Running, Terminating: true} }
	gated, err := of(33).WithGates("DeploymentReplicaSetTerminatingReplicas=true")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		profile kubeversion.Profile
		told    bool
	}{
		"1.32":           {of(32), false},
		"1.34":           {of(34), false},
		"1.35":           {of(35), true},
		"1.33 with gate": {gated, true},
	} {
		status := statusIn(t, Decide(sees(1, c.profile, going()), now))
		if told := status.TerminatingReplicas != nil; told != c.told {
			t.Errorf("%s: told %v", name, told)
		}
		if c.told && *status.TerminatingReplicas != 1 {
			t.Errorf("%s: %d terminating", name, *status.TerminatingReplicas)
		}
	}
}

func TestTheStatusIsThatOfBeforeTheSync(t *testing.T) {
	d := Decide(sees(3, of(37)), now)
	if len(d.Writes) != 2 || d.Writes[0].Verb != controller.Create || d.Writes[0].Count != 3 {
		t.Fatalf("%+v", d.Writes)
	}
	if got := statusIn(t, d).Replicas; got != 0 {
		t.Errorf("%d pods are reported that were only just asked for", got)
	}
}

func TestOneSyncCreatesAtMost500Pods(t *testing.T) {
	if got := Decide(sees(1200, of(37)), now).Writes[0].Count; got != 500 {
		t.Errorf("%d", got)
	}
}

// quota admits the first pods and refuses the others.
type quota struct {
	controller.Accepting
	left int
}

func (q quota) Admit(_ *corev1.Pod, count int) (int, error) {
	if count <= q.left {
		return count, nil
	}
	return q.left, errors.New("exceeded quota")
}

func TestSlowStartStopsAfterABatchWithARefusal(t *testing.T) {
	for _, c := range []struct{ wanted, admitted, refused int }{
		{20, 0, 1},  // 1
		{20, 1, 2},  // 1 2
		{20, 2, 1},  // 1 2: one of the second batch is refused
		{20, 5, 2},  // 1 2 4
		{20, 10, 5}, // 1 2 4 8
		{4, 3, 1},   // 1 2 1
	} {
		view := sees(int32(c.wanted), of(37))
		view.API = quota{left: c.admitted}
		d := Decide(view, now)
		var created, refused int
		for _, w := range d.Writes {
			switch {
			case w.Verb != controller.Create:
			case w.Err == nil:
				created += w.Count
			default:
				refused += w.Count
			}
		}
		if created != c.admitted || refused != c.refused || d.Err == nil {
			t.Errorf("%+v: %d created, %d refused, %v", c, created, refused, d.Err)
		}
		if conditions := statusIn(t, d).Conditions; len(conditions) != 1 || conditions[0].Reason != "FailedCreate" {
			t.Errorf("%+v: conditions %+v", c, conditions)
		}
	}
}

func TestFinishedPodsAreReplacedAndLeftBehind(t *testing.T) {
	d := Decide(sees(1, of(37), &controller.Pod{Phase: controller.Finished}), now)
	if d.Writes[0].Verb != controller.Create || d.Writes[0].Count != 1 {
		t.Errorf("%+v", d.Writes[0])
	}
	for _, w := range d.Writes {
		if w.Verb == controller.Delete {
			t.Error("the finished pod is deleted")
		}
	}
}
