package daemonset

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// settled is a world with a settled DaemonSet on so many nodes.
func settled(t *testing.T, nodes int) *world {
	w := &world{t: t}
	w.begin(stored(nil, bareSet(), kubeversion.Latest()), kubeversion.Latest(), manyNodes(nodes))
	w.settleSince(24 * time.Hour)
	return w
}

// summary is the writes of a decision: verb, kind, how many, and ! where it was refused.
func summary(d controller.Decision) string {
	var parts []string
	for _, write := range d.Writes {
		text := fmt.Sprintf("%s %s", write.Verb, write.Object.Kind)
		if write.Count > 1 {
			text += fmt.Sprintf(" %d", write.Count)
		}
		if write.Err != nil {
			text += "!"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

func TestCreationsStopAfterABatchWithARefusal(t *testing.T) {
	for _, c := range []struct {
		nodes, admit int
		want         string
	}{
		{20, 0, "Create Pod 20"},
		{20, 5, "Create Pod 5, Create Pod 2!"},
		{20, 1, "Create Pod, Create Pod 2!"},
		{300, 0, "Create Pod 250"},
	} {
		w := settled(t, 0)
		w.nodes, w.admit = NewNodes(manyNodes(c.nodes)), c.admit
		decision := w.decide()
		if got := summary(decision); got != c.want+", UpdateStatus DaemonSet" {
			t.Errorf("%+v: %s", c, got)
		}
		if refused := c.admit > 0; (decision.Err != nil) != refused {
			t.Errorf("%+v: %v", c, decision.Err)
		}
		if first := decision.Writes[0]; len(first.Nodes) != first.Count {
			t.Errorf("%d nodes, %d pods", len(first.Nodes), first.Count)
		}
	}
}

func TestNothingCanBeDoneInANamespaceThatIsGoingAway(t *testing.T) {
	w := settled(t, 1)
	w.nodes = NewNodes(manyNodes(20)[1:])
	going := &apierrors.StatusError{ErrStatus: metav1.Status{Details: &metav1.StatusDetails{
		Causes: []metav1.StatusCause{{Type: corev1.NamespaceTerminatingCause}},
	}}}
	view := w.view()
	view.API = refusing{w, going}
	view.Pods = NewPodSet(nil)
	decision := Decide(view, w.now)
	if got := summary(decision); decision.Err != nil || got != "Create Pod 19!, UpdateStatus DaemonSet" {
		t.Errorf("%s %v", got, decision.Err)
	}
}

// refusing admits no pod.
type refusing struct {
	*world
	err error
}

func (r refusing) Admit(*corev1.Pod, int) (int, error) { return 0, r.err }

func TestNoMoreThanABurstIsDeletedAtOnce(t *testing.T) {
	w := settled(t, 300)
	w.change(func(ds *appsv1.DaemonSet) {
		ds.Spec.Template.Spec.Containers[0].Image = "web:2"
		*rolling(ds).MaxUnavailable = intstr.FromString("100%")
	})
	if got := summary(w.decide()); got != "Create ControllerRevision, Delete Pod 250, UpdateStatus DaemonSet" {
		t.Error(got)
	}
}

func TestAPodThatIsGoneAlreadyIsNoReasonToWait(t *testing.T) {
	w := settled(t, 2)
	w.change(func(ds *appsv1.DaemonSet) { ds.Spec.Template.Spec.Containers[0].Image = "web:2" })
	w.happens("n1", "succeeded")
	w.refuse = func(write controller.Write) error {
		if write.Verb == controller.Delete {
			return apierrors.NewNotFound(corev1.Resource("pods"), write.Object.Name)
		}
		return nil
	}
	// The rolling update goes on in the same sync: n1 counts as unavailable, and its pod as
	// old.
	decision := w.decide()
	if got := summary(decision); decision.Err != nil || got != "Create ControllerRevision, Delete Pod!, Delete Pod!, UpdateStatus DaemonSet" {
		t.Errorf("%s %v", got, decision.Err)
	}
}

func TestAStatusIsTriedTwice(t *testing.T) {
	w := settled(t, 2)
	w.happens("n1", "broken")
	w.refuse = func(controller.Write) error { return errors.New("refused") }
	decision := w.decide()
	if got := summary(decision); got != "UpdateStatus DaemonSet!, UpdateStatus DaemonSet!" ||
		decision.Err == nil || !strings.Contains(decision.Err.Error(), "error storing status") {
		t.Errorf("%s %v", got, decision.Err)
	}
}

func TestARefusedAdoptionEndsTheSync(t *testing.T) {
	w := settled(t, 2)
	w.happens("n1", "orphaned")
	w.refuse = func(controller.Write) error { return errors.New("refused") }
	decision := w.decide()
	if got := summary(decision); got != "Patch Pod!" || decision.Err == nil {
		t.Errorf("%s %v", got, decision.Err)
	}
	w.refuse = func(w controller.Write) error {
		if w.Verb == controller.Patch {
			return apierrors.NewNotFound(corev1.Resource("pods"), "")
		}
		return nil
	}
	if got := summary(w.decide()); got != "Patch Pod!, Create Pod, UpdateStatus DaemonSet" {
		t.Errorf("a pod that is gone is replaced: %s", got)
	}
}

func TestATakenNameRaisesTheCollisionCount(t *testing.T) {
	w := settled(t, 1)
	w.change(func(ds *appsv1.DaemonSet) { ds.Spec.Template.Spec.Containers[0].Image = "web:2" })
	other := *w.revisions[0]
	other.Name = "log-" + HashOf(w.view())
	other.OwnerReferences = []metav1.OwnerReference{{UID: "other", Controller: new(true)}}
	view := w.view()
	view.Lookup = func(name string) *appsv1.ControllerRevision {
		if name == other.Name {
			return &other
		}
		return nil
	}
	w.refuse = func(write controller.Write) error {
		if write.Object.Name == other.Name {
			return apierrors.NewAlreadyExists(appsv1.Resource("controllerrevisions"), other.Name)
		}
		return nil
	}
	decision := Decide(view, w.now)
	if got := summary(decision); got != "Create ControllerRevision!, UpdateStatus DaemonSet" || decision.Err == nil {
		t.Fatalf("%s %v", got, decision.Err)
	}
	if w.ds.Status.CollisionCount != nil {
		t.Error("the object that was seen was changed")
	}
	view.DaemonSet = decision.Writes[1].Body.(*appsv1.DaemonSet)
	if got := *view.DaemonSet.Status.CollisionCount; got != 1 {
		t.Errorf("collision count %d", got)
	}
	if got := Decide(view, w.now); got.Err != nil || got.Writes[0].Object.Name == other.Name {
		t.Errorf("the next sync takes another name: %s %v", summary(got), got.Err)
	}
	// What has the same data is the revision, whoever owns it.
	other.Data = decision.Writes[0].Body.(*appsv1.ControllerRevision).Data
	view.DaemonSet = w.ds
	if got := Decide(view, w.now); got.Err != nil {
		t.Errorf("%s %v", summary(got), got.Err)
	}
}

func TestNothingIsDoneForADaemonSetThatIsDeletedOrSelectsEverything(t *testing.T) {
	for _, change := range []func(*appsv1.DaemonSet){
		func(ds *appsv1.DaemonSet) { ds.DeletionTimestamp = &metav1.Time{} },
		func(ds *appsv1.DaemonSet) { ds.Spec.Selector = &metav1.LabelSelector{} },
	} {
		w := settled(t, 2)
		w.change(change)
		w.nodes.Put(manyNodes(3)[2])
		if decision := Decide(w.view(), w.now); len(decision.Writes) > 0 || decision.Err != nil {
			t.Errorf("%s %v", summary(decision), decision.Err)
		}
	}
}

func TestDelaysOfFailedPodsDoubleAndStartAgain(t *testing.T) {
	var m Memory
	key, now := failureKey{node: "n1"}, time.Unix(0, 0)
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
		m.fail(key, now)
		if delay, holds := m.backOff(key, now); delay != want*time.Second || !holds {
			t.Errorf("got %v, want %v s", delay, int(want))
		}
		now = now.Add(want * time.Second)
		if _, holds := m.backOff(key, now); holds {
			t.Errorf("it holds still after %v s", int(want))
		}
	}
	if now = now.Add(15 * time.Minute); now.Sub(m.failures[key].at) != 30*time.Minute {
		t.Fatal("the test is wrong")
	}
	m.fail(key, now)
	if m.failures[key].delay != 15*time.Minute {
		t.Errorf("at twice the longest delay it goes on: %v", m.failures[key].delay)
	}
	m.fail(key, now.Add(30*time.Minute+time.Nanosecond))
	if m.failures[key].delay != time.Second {
		t.Errorf("later it starts again: %v", m.failures[key].delay)
	}
}

func TestACreatedPodIsForItsNodeAlone(t *testing.T) {
	w := settled(t, 2)
	zones := inZones([]string{"a"})
	zones.PodAffinity = &corev1.PodAffinity{}
	w.change(func(ds *appsv1.DaemonSet) { ds.Spec.Template.Spec.Affinity = zones })
	w.nodes.Put(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n3", Labels: map[string]string{"zone": "a"}}})
	var body *corev1.Pod
	for _, write := range w.decide().Writes {
		if pod, ok := write.Body.(*corev1.Pod); ok {
			body = pod
		}
	}
	if body == nil {
		t.Fatal("no pod is created")
	}
	other := PodOn(body, "n9")
	for name, pod := range map[string]*corev1.Pod{"n3": body, "n9": other} {
		required := pod.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
		if controller.RecordOf(pod).Target != name || len(required.NodeSelectorTerms) != 1 ||
			len(required.NodeSelectorTerms[0].MatchExpressions) != 0 || pod.Spec.Affinity.PodAffinity == nil {
			t.Errorf("%s: %+v", name, pod.Spec.Affinity)
		}
	}
	if zones.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms[0].MatchFields != nil {
		t.Error("the template was changed")
	}
	if body.GenerateName != "log-" || body.Labels[generationLabel] != "2" || body.Labels[hashLabel] != HashOf(w.view()) ||
		len(body.Spec.Tolerations) != 6 || !metav1.IsControlledBy(body, w.ds) {
		t.Errorf("%+v", body)
	}
}
