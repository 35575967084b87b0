package statefulset

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// newWorld is a settled world with a StatefulSet of these fields.
func newWorld(t *testing.T, text string) *world {
	w := &world{t: t}
	w.begin(newSet(t, fields(text)), profileIn(t, fields(text)), true)
	return w
}

// written are the writes of a sync, refused ones too: "Delete db-2".
func written(d controller.Decision) []string {
	var writes []string
	for _, write := range d.Writes {
		writes = append(writes, string(write.Verb)+" "+write.Object.Name)
	}
	return writes
}

func expect(t *testing.T, d controller.Decision, fails bool, want ...string) {
	t.Helper()
	if got := written(d); !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
	if (d.Err != nil) != fails {
		t.Errorf("error: %v", d.Err)
	}
}

// Up to 1.35 a pod that somebody else deleted first is an error, but not where it was to
// be updated.
func TestAPodThatIsGoneAlreadyIsAsGoodAsDeletedSince136(t *testing.T) {
	for version, fails := range map[string]bool{"1.35.4": true, "1.36": false} {
		w := newWorld(t, "replicas=3 version="+version)
		w.refuse = map[string]error{"Delete db-2": notFound()}
		w.change(func(set *appsv1.StatefulSet) { *set.Spec.Replicas = 2 })
		expect(t, w.decide(), fails, "Delete db-2", "UpdateStatus db")

		w.change(func(set *appsv1.StatefulSet) {
			*set.Spec.Replicas = 3
			set.Spec.Template.Spec.Containers[0].Image = "web:2"
		})
		d := w.decide()
		expect(t, d, false, "Create db-59c66b97", "Delete db-2", "UpdateStatus db")
		if got := d.Writes[2].Body.(*appsv1.StatefulSet).Status.CurrentReplicas; got != 2 {
			t.Errorf("%s: %d current pods are reported, not 2", version, got)
		}
	}
}

func TestConflictsAreMetWithAnotherTryButNotOverARevision(t *testing.T) {
	w := newWorld(t, "replicas=1 claims=data")
	w.refuse = map[string]error{"UpdateStatus db": conflict()}
	w.change(func(set *appsv1.StatefulSet) {})
	expect(t, w.decide(), true, slices.Repeat([]string{"UpdateStatus db"}, 5)...)

	w = newWorld(t, "replicas=1")
	w.happens("db-0", "unlabelled")
	w.refuse = map[string]error{"Update db-0": conflict()}
	expect(t, w.decide(), true, slices.Repeat([]string{"Update db-0"}, 4)...)

	w = newWorld(t, "replicas=1 claims=data")
	w.change(func(set *appsv1.StatefulSet) { set.Spec.PersistentVolumeClaimRetentionPolicy.WhenDeleted = remove })
	w.refuse = map[string]error{"Update data-db-0": conflict()}
	expect(t, w.decide(), true, append(slices.Repeat([]string{"Update data-db-0"}, 4), "UpdateStatus db")...)

	w = newWorld(t, "replicas=1")
	first := w.revisions[0].Name
	w.change(func(set *appsv1.StatefulSet) { set.Spec.Template.Spec.Containers[0].Image = "web:2" })
	w.run(latencies{1, 1}, 100)
	w.change(func(set *appsv1.StatefulSet) { set.Spec.Template.Spec.Containers[0].Image = "web:1" })
	w.refuse = map[string]error{"Update " + first: conflict()}
	expect(t, w.decide(), true, "Update "+first)
}

// The owners of claims are corrected where the pod was refused, but not where it exists.
func TestARefusedPodStillGetsTheOwnersOfItsClaims(t *testing.T) {
	for _, c := range []struct {
		refusal error
		want    []string
	}{
		{errors.New("exceeded quota"), []string{"Create db-1", "Update data-db-1", "UpdateStatus db"}},
		{alreadyExists(), []string{"Create db-1", "UpdateStatus db"}},
	} {
		w := newWorld(t, "replicas=1 claims=data when-deleted=Delete")
		w.claimHappens("data-db-1", "exists")
		w.change(func(set *appsv1.StatefulSet) { *set.Spec.Replicas = 2 })
		w.refuse = map[string]error{"Create db-1": c.refusal}
		expect(t, w.decide(), true, c.want...)
	}
}

// In parallel a batch in which something is refused is the last: 1, 2 and 4 pods here.
func TestInParallelABatchWithARefusalIsTheLast(t *testing.T) {
	w := newWorld(t, "replicas=0 policy=Parallel")
	w.change(func(set *appsv1.StatefulSet) { *set.Spec.Replicas = 20 })
	w.refuse = map[string]error{"Create db-4": errors.New("exceeded quota")}
	var want []string
	for i := range 7 {
		want = append(want, fmt.Sprintf("Create db-%d", i))
	}
	expect(t, w.decide(), true, append(want, "UpdateStatus db")...)

	w = newWorld(t, "replicas=20 policy=Parallel")
	w.change(func(set *appsv1.StatefulSet) { *set.Spec.Replicas = 0 })
	w.refuse = map[string]error{"Delete db-18": errors.New("no")}
	expect(t, w.decide(), true, "Delete db-19", "Delete db-18", "Delete db-17", "UpdateStatus db")
}

func TestANameThatIsTakenIsTheRevisionOrMakesAnother(t *testing.T) {
	w := newWorld(t, "replicas=1")
	w.change(func(set *appsv1.StatefulSet) { set.Spec.Template.Spec.Containers[0].Image = "web:2" })
	free := w.decide()
	taken := free.Writes[0].Body.(*appsv1.ControllerRevision).DeepCopy()
	// It is no revision of the StatefulSet, but has its name.
	taken.Labels = nil
	taken.OwnerReferences = []metav1.OwnerReference{{Kind: "Other", UID: "other", Controller: new(true)}}
	w.revisions = append(w.revisions, taken)
	expect(t, w.decide(), false, "Create "+taken.Name, "Delete db-0", "UpdateStatus db")

	taken.Data.Raw = []byte(`{"spec":{}}`)
	d := w.decide()
	second := d.Writes[1].Object.Name
	expect(t, d, false, "Create "+taken.Name, "Create "+second, "Delete db-0", "UpdateStatus db")
	status := d.Writes[3].Body.(*appsv1.StatefulSet).Status
	if second == taken.Name || *status.CollisionCount != 1 || status.UpdateRevision != second {
		t.Errorf("second name %s, %+v", second, status)
	}
}

func TestOrphansThatFitAreAdoptedAndStraysReleased(t *testing.T) {
	labels := map[string]string{"app": "db"}
	view := func(w *world) View {
		v := w.view()
		v.Strays = []*controller.Pod{{Name: "web-1", UID: "stray", Labels: labels}}
		v.Orphans = []*controller.Pod{
			{Name: "db-1", UID: "orphan", Labels: labels},
			{Name: "db-2", UID: "going", Labels: labels, Terminating: true},
			{Name: "db-x", UID: "unnumbered", Labels: labels},
			{Name: "db-3", UID: "unlabelled"},
		}
		return v
	}
	w := newWorld(t, "replicas=1")
	d := Decide(view(w), w.now)
	// db-1 counts at once: it is not wanted.
	expect(t, d, false, "Patch web-1", "Patch db-1", "Delete db-1", "UpdateStatus db")
	if w.pods.Pod(1) != nil {
		t.Error("the pods that were seen changed")
	}

	w.refuse = map[string]error{"Patch db-1": notFound(), "Patch web-1": notFound()}
	expect(t, Decide(view(w), w.now), false, "Patch web-1", "Patch db-1")
	w.refuse = map[string]error{"Patch db-1": errors.New("no")}
	expect(t, Decide(view(w), w.now), true, "Patch web-1", "Patch db-1")

	w.refuse = nil
	w.change(func(set *appsv1.StatefulSet) { set.DeletionTimestamp = &metav1.Time{Time: w.now} })
	expect(t, Decide(view(w), w.now), false, "UpdateStatus db")
}

func TestARevisionThatNobodyOwnsIsAdoptedButNotByWhoGoes(t *testing.T) {
	w := newWorld(t, "replicas=1")
	w.revisions[0] = w.revisions[0].DeepCopy()
	w.revisions[0].OwnerReferences = nil
	expect(t, w.decide(), false, "Patch "+w.revisions[0].Name)
	w.change(func(set *appsv1.StatefulSet) { set.DeletionTimestamp = &metav1.Time{Time: w.now} })
	expect(t, w.decide(), true)
}

// While it is being deleted it only reports, and also of pods that it cannot place.
func TestWhileItIsBeingDeletedItOnlyReports(t *testing.T) {
	w := newWorld(t, "replicas=3")
	labels := map[string]string{"app": "db", appsv1.StatefulSetRevisionLabel: w.revisions[0].Name}
	w.pods.Add(&controller.Pod{
		Name: "db-99999999999", Labels: labels, Phase: controller.Running, Ready: true, ReadyAt: w.now,
	})
	w.change(func(set *appsv1.StatefulSet) {
		*set.Spec.Replicas = 1
		set.Spec.Template.Spec.Containers[0].Image = "web:2"
	})
	w.set.DeletionTimestamp = &metav1.Time{Time: w.now}
	d := w.decide()
	status := d.Writes[len(d.Writes)-1].Body.(*appsv1.StatefulSet).Status
	got := []int32{
		status.Replicas, status.ReadyReplicas, status.AvailableReplicas, status.CurrentReplicas, status.UpdatedReplicas,
	}
	if want := []int32{4, 4, 4, 4, 0}; !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
	w.change(func(set *appsv1.StatefulSet) { set.Spec.MinReadySeconds = 30 })
	d = w.decide()
	if got := d.Writes[len(d.Writes)-1].Body.(*appsv1.StatefulSet).Status.AvailableReplicas; got != 3 {
		t.Errorf("%d are available, not 3: one became ready just now", got)
	}
	w.set = w.set.DeepCopy()
	w.set.DeletionTimestamp = nil
	if status := w.decide(); status.Writes[len(status.Writes)-1].Body.(*appsv1.StatefulSet).Status.Replicas != 3 {
		t.Error("a pod without a place counts")
	}
}

func TestAPodWithoutLabelsGetsThoseOfItsOrdinal(t *testing.T) {
	w := newWorld(t, "replicas=1")
	w.replace(w.pods.Pod(0), func(p *controller.Pod) {
		p.Labels, p.Object = nil, p.Object.DeepCopy()
		p.Object.Labels = nil
	})
	w.change(func(set *appsv1.StatefulSet) { set.Spec.UpdateStrategy.Type = appsv1.OnDeleteStatefulSetStrategyType })
	d := w.decide()
	expect(t, d, false, "Update db-0", "UpdateStatus db")
	if got := d.Writes[0].Body.GetLabels()[appsv1.StatefulSetPodNameLabel]; got != "db-0" {
		t.Errorf("%q", got)
	}
}
