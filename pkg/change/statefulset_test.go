package change

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

const liveSet = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop, uid: s, generation: 4, resourceVersion: "7"}
spec:
  replicas: 3
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: db, image: "db:2"}]
  volumeClaimTemplates:
  - apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
status: {replicas: 3, observedGeneration: 4}
`

// statefulSet reads a StatefulSet as kubectl shows it.
func statefulSet(t testing.TB, text string) *appsv1.StatefulSet {
	t.Helper()
	set := &appsv1.StatefulSet{}
	read(t, text, set)
	if err := store(set, kubeversion.Latest()); err != nil {
		t.Fatal(err)
	}
	for i := range set.Spec.VolumeClaimTemplates {
		set.Spec.VolumeClaimTemplates[i].APIVersion = "v1"
		set.Spec.VolumeClaimTemplates[i].Kind = "PersistentVolumeClaim"
	}
	return set
}

// withHistory has the revisions db:1 (1) and db:2 (2), which it is at.
func withHistory(t testing.TB, set *appsv1.StatefulSet) Target {
	t.Helper()
	to := target(set)
	for i, image := range []string{"db:1", "db:2"} {
		was := set.DeepCopy()
		was.Spec.Template.Spec.Containers[0].Image = image
		r, err := revision.NewControllerRevision(was, int64(i+1), to.Profile)
		if err != nil {
			t.Fatal(err)
		}
		to.State.Revisions = append(to.State.Revisions, r)
	}
	return to
}

func TestIntentsOfAStatefulSetSetTheirFields(t *testing.T) {
	for _, c := range []struct {
		intent Intent
		want   string
		patch  string
	}{
		{Image{"db", "db:3"}, `spec.template.spec.containers[name="db"].image`, "strategic"},
		{Scale{5}, "spec.replicas", "strategic"},
		{Partition(2), "spec.updateStrategy.rollingUpdate.partition", "strategic"},
		{Restart{}, `spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"]`, "strategic"},
		{Patch{`spec: {minReadySeconds: 5}`}, "spec.minReadySeconds", "strategic"},
		{Patch{`[{"op": "replace", "path": "/spec/replicas", "value": 5}]`}, "spec.replicas", "json-patch"},
		{Rollback{0}, `spec.template.spec.containers[name="db"].image`, "strategic"},
		{Manifest{document(t, strings.Replace(liveSet, "replicas: 3", "replicas: 7", 1))}, "spec.replicas", "apply-patch"},
	} {
		set := statefulSet(t, liveSet)
		same := set.DeepCopy()
		e := apply(t, c.intent, withHistory(t, set))
		if diff := cmp.Diff([]string{c.want}, paths(e)); diff != "" {
			t.Errorf("%#v: %s", c.intent, diff)
		}
		if !strings.Contains(e.PatchType, c.patch) || e.After.GetGeneration() != 5 {
			t.Errorf("%#v: sends %s, generation %d", c.intent, e.PatchType, e.After.GetGeneration())
		}
		if diff := cmp.Diff(same, set); diff != "" {
			t.Errorf("%#v changes its target: %s", c.intent, diff)
		}
	}
}

func TestAStatefulSetStaysAsItIs(t *testing.T) {
	for _, intent := range []Intent{
		Image{"db", "db:2"}, Partition(0), Rollback{2}, Combine(), Manifest{document(t, liveSet)},
	} {
		e := apply(t, intent, withHistory(t, statefulSet(t, liveSet)))
		if e.Changed() {
			t.Errorf("%#v: %v", intent, e.Changes)
		}
	}
	e := apply(t, Patch{`metadata: {annotations: {team: b}}`}, target(statefulSet(t, liveSet)))
	if !e.Changed() || e.After.GetGeneration() != 4 {
		t.Errorf("annotations: generation %d", e.After.GetGeneration())
	}
}

func TestAPartitionMakesItsRollingUpdate(t *testing.T) {
	set := statefulSet(t, strings.Replace(liveSet, "serviceName", "updateStrategy: {type: RollingUpdate}\n  serviceName", 1))
	if set.Spec.UpdateStrategy.RollingUpdate != nil {
		t.Fatal("it has one already")
	}
	e := apply(t, Partition(1), target(set))
	update := e.After.(*appsv1.StatefulSet).Spec.UpdateStrategy.RollingUpdate
	if *update.Partition != 1 || update.MaxUnavailable.IntValue() != 1 {
		t.Errorf("got %v", update)
	}
}

func TestWhatCannotBeDoneToAStatefulSet(t *testing.T) {
	onDelete := statefulSet(t, liveSet)
	onDelete.Spec.UpdateStrategy = appsv1.StatefulSetUpdateStrategy{Type: appsv1.OnDeleteStatefulSetStrategyType}
	for _, c := range []struct {
		on     cluster.Object
		intent Intent
		want   string
	}{
		{nil, Pause{}, "statefulset/db cannot be paused, only a Deployment can: --partition 3 keeps all its pods as they are"},
		{nil, Resume{}, "statefulset/db cannot be resumed, only a Deployment can: --partition 0 updates all its pods"},
		{nil, Partition(-1), "statefulset/db cannot have partition -1: give 0 or more"},
		{onDelete, Partition(1), "statefulset/db has update strategy OnDelete: a partition has a meaning with RollingUpdate"},
		{deployment(t, live), Partition(1), "deployment/web has no partition, a StatefulSet has"},
		{nil, Rollback{7}, "statefulset/db has no revision 7: it has 1, 2"},
	} {
		if c.on == nil {
			c.on = statefulSet(t, liveSet)
		}
		to := target(c.on)
		if set, ok := c.on.(*appsv1.StatefulSet); ok {
			to = withHistory(t, set)
		}
		_, err := c.intent.Apply(to)
		if err == nil || err.Error() != c.want {
			t.Errorf("%#v: got %v, want %s", c.intent, err, c.want)
		}
	}
}

func TestWhatTheAPIRefusesComesWithTheWayOut(t *testing.T) {
	manifest := document(t, strings.NewReplacer("serviceName: db", "serviceName: other", "1Gi", "2Gi").Replace(liveSet))
	e, err := Manifest{manifest}.Apply(target(statefulSet(t, liveSet)))
	if err != nil {
		t.Fatal(err)
	}
	const wayOut = "kubectl delete statefulset db -n shop --cascade=orphan, then create it again: it takes over its pods"
	want := []validate.Refusal{
		{Field: "spec.serviceName", Reason: "cannot be changed: " + wayOut},
		{Field: "spec.volumeClaimTemplates", Reason: "cannot be changed: " + wayOut},
	}
	if diff := cmp.Diff(want, e.Refusals); diff != "" {
		t.Error(diff)
	}
	served := Served{
		Manifest: Manifest{manifest},
		Refusals: []validate.Refusal{{Field: "spec.template", Reason: "no"}, {Field: "spec", Reason: "is forbidden"}},
	}
	if e, err = served.Apply(target(statefulSet(t, liveSet))); err != nil {
		t.Fatal(err)
	}
	want = []validate.Refusal{{Field: "spec.template", Reason: "no"}, {Field: "spec", Reason: "is forbidden: " + wayOut}}
	if diff := cmp.Diff(want, e.Refusals); diff != "" {
		t.Error(diff)
	}
}

func TestWhatAServerDropsIsDroppedAndSaid(t *testing.T) {
	manifest := document(t, strings.Replace(liveSet, "serviceName",
		"updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 2}}\n  serviceName", 1))
	to := target(nil)
	to.Profile = kubeversion.NewProfile(kubeversion.Version{Minor: 34})
	e := apply(t, Manifest{manifest}, to)
	const note = "servers of 1.34 drop spec.updateStrategy.rollingUpdate.maxUnavailable, whose feature gate is off"
	if e.After.(*appsv1.StatefulSet).Spec.UpdateStrategy.RollingUpdate.MaxUnavailable != nil || !slices.Contains(e.Notes, note) {
		t.Errorf("notes %v", e.Notes)
	}
	// One that the server took has it: somebody turned the gate on.
	answer := e.After.DeepCopyObject().(*appsv1.StatefulSet)
	two := answer.Spec.UpdateStrategy.RollingUpdate
	two.MaxUnavailable = statefulSet(t, liveSet).Spec.UpdateStrategy.RollingUpdate.MaxUnavailable
	e = apply(t, Served{Manifest: Manifest{manifest}, Object: answer}, to)
	if e.After.(*appsv1.StatefulSet).Spec.UpdateStrategy.RollingUpdate.MaxUnavailable == nil {
		t.Error("dropped though the server took it")
	}
	if slices.Contains(e.Notes, note) {
		t.Errorf("notes %v", e.Notes)
	}
}

func TestAnAutoscalerKeepsTheSizeOfAStatefulSet(t *testing.T) {
	to := target(statefulSet(t, strings.Replace(liveSet, "replicas: 3", "replicas: 9", 1)))
	to.State.Others = []*unstructured.Unstructured{document(t, `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: auto, namespace: shop}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: db}, maxReplicas: 10}
`).Object}
	e := apply(t, Manifest{document(t, strings.Replace(liveSet, "  replicas: 3\n", "", 1))}, to)
	if e.Changed() || *e.After.(*appsv1.StatefulSet).Spec.Replicas != 9 {
		t.Errorf("changes %v", e.Changes)
	}
}
