package simulate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

var began = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// storedSet is a StatefulSet of 2 with a claim each, as a server has it.
func storedSet() *appsv1.StatefulSet {
	db := benchmarked(appsv1.OrderedReadyPodManagement, 2)
	db.UID, db.Generation = "db-uid", 1
	db.CreationTimestamp = metav1.NewTime(began.Add(-time.Hour))
	db.Status = appsv1.StatefulSetStatus{
		ObservedGeneration: 1, Replicas: 2, ReadyReplicas: 2, AvailableReplicas: 2, CurrentReplicas: 2, UpdatedReplicas: 2,
		CurrentRevision: "db-1234", UpdateRevision: "db-1234", CollisionCount: new(int32),
	}
	return db
}

// storedRevision is its revision.
func storedRevision(t *testing.T, db *appsv1.StatefulSet) *appsv1.ControllerRevision {
	r, err := revision.NewControllerRevision(db, 1, kubeversion.Latest())
	if err != nil {
		t.Fatal(err)
	}
	r.Name = "db-1234"
	return r
}

// storedPod is one of its pods, ready for an hour.
func storedPod(db *appsv1.StatefulSet, ordinal int) *corev1.Pod {
	name := statefulset.PodName(db, ordinal)
	since := metav1.NewTime(began.Add(-time.Hour))
	return &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "shop", Name: name, UID: types.UID(name), CreationTimestamp: since,
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(db, appsv1.SchemeGroupVersion.WithKind("StatefulSet"))},
			Labels: map[string]string{
				"app": "db", appsv1.StatefulSetPodNameLabel: name, appsv1.PodIndexLabel: fmt.Sprint(ordinal),
				appsv1.StatefulSetRevisionLabel: "db-1234",
			},
		},
		Spec: corev1.PodSpec{NodeName: "node", Volumes: []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data-" + name},
		}}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{{
			Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: since,
		}}},
	}
}

// forecast is what happens after a change, one line for each event that is no kubelet's.
func forecast(t *testing.T, state *cluster.Snapshot, after *appsv1.StatefulSet) (simulate.Outcome, []string) {
	t.Helper()
	var lines []string
	state.Sort()
	result, err := simulate.Run(state, []simulate.Change{{Before: state.StatefulSets[0], After: after}}, simulate.Config{
		Profile:   kubeversion.Latest(),
		Now:       began,
		Latencies: kubelet.Fixed{ReadyAfter: 10 * time.Second, GoneAfter: time.Second},
		Report: func(e timeline.Event) {
			if e.Actor != timeline.Kubelet {
				lines = append(lines, fmt.Sprintf("%s %s %s", e.At, e.Action, e.Object.Name))
			}
		},
	})
	if err != nil {
		return simulate.Outcome{Cause: err.Error()}, nil
	}
	return result.Outcomes[0], lines
}

func want(t *testing.T, got, want []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAStatusThatIsNotSettledAsksForTheRestOfTheState(t *testing.T) {
	db := storedSet()
	db.Status.AvailableReplicas = 1
	o, _ := forecast(t, &cluster.Snapshot{StatefulSets: []*appsv1.StatefulSet{db}}, db)
	if !strings.Contains(o.Cause, "1 available, but the state has none of its pods") {
		t.Error(o.Cause)
	}
}

func TestPodsAtTwoRevisionsAskForTheRevisions(t *testing.T) {
	db := storedSet()
	old := storedPod(db, 0)
	old.Labels[appsv1.StatefulSetRevisionLabel] = "db-5678"
	o, _ := forecast(t, &cluster.Snapshot{
		StatefulSets: []*appsv1.StatefulSet{db}, Pods: []*corev1.Pod{old, storedPod(db, 1)},
	}, db)
	if !strings.Contains(o.Cause, "its pods are not all at one revision") {
		t.Error(o.Cause)
	}
}

func TestPodsWithoutRevisionsHaveTheTemplateOfTheirStatefulSet(t *testing.T) {
	db := storedSet()
	o, events := forecast(t, &cluster.Snapshot{
		StatefulSets: []*appsv1.StatefulSet{db}, Pods: []*corev1.Pod{storedPod(db, 0), storedPod(db, 1)},
	}, db)
	want(t, events, nil)
	if !o.Settled || len(o.Revisions) != 1 || o.Revisions[0].Name != "db-1234" || len(o.Claims) != 2 {
		t.Errorf("%+v", o)
	}
}

func TestRevisionsWithoutPodsGiveThePodsTheirName(t *testing.T) {
	db := storedSet()
	state := &cluster.Snapshot{
		StatefulSets: []*appsv1.StatefulSet{db}, Revisions: []*appsv1.ControllerRevision{storedRevision(t, db)},
	}
	o, events := forecast(t, state, db)
	want(t, events, nil)
	if !o.Settled || o.Last.Updated != 2 {
		t.Errorf("%+v", o)
	}
}

func TestNothingIsMadeUpOfAStatefulSetThatAServerHas(t *testing.T) {
	db := storedSet()
	o, events := forecast(t, &cluster.Snapshot{
		Version: "v1.37.0", StatefulSets: []*appsv1.StatefulSet{db},
		Revisions: []*appsv1.ControllerRevision{storedRevision(t, db)},
	}, db)
	want(t, events, []string{
		"0s Create data-db-0", "0s Create db-0", "10s Create data-db-1", "10s Create db-1",
	})
	if !o.Settled {
		t.Errorf("%+v", o)
	}
}

func TestAnOrphanWithTheNameOfAPodIsAdopted(t *testing.T) {
	db := storedSet()
	orphan := storedPod(db, 1)
	orphan.OwnerReferences = nil
	o, events := forecast(t, &cluster.Snapshot{
		Version: "v1.37.0", StatefulSets: []*appsv1.StatefulSet{db},
		Revisions: []*appsv1.ControllerRevision{storedRevision(t, db)},
		Pods:      []*corev1.Pod{storedPod(db, 0), orphan},
		Claims:    []*corev1.PersistentVolumeClaim{boundClaim("data-db-0"), boundClaim("data-db-1")},
	}, db)
	want(t, events, []string{"0s Patch db-1"})
	if !o.Settled {
		t.Errorf("%+v", o)
	}
}

func boundClaim(name string) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name},
		Status:     corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound},
	}
}

// A pod that nobody owns is on its way out and has the name of db-1 until it is gone,
// after 1s. The controller is not told of that: it tries again 5ms, 10ms, 20ms, … later,
// which is 1.275s in all.
func TestANameThatIsTakenIsTriedAgainUntilItIsFree(t *testing.T) {
	db := storedSet()
	status := &db.Status
	status.Replicas, status.ReadyReplicas, status.AvailableReplicas = 1, 1, 1
	status.CurrentReplicas, status.UpdatedReplicas = 1, 1
	passing := storedPod(db, 1)
	passing.OwnerReferences = nil
	passing.DeletionTimestamp = &metav1.Time{Time: began}
	o, events := forecast(t, &cluster.Snapshot{
		Version: "v1.37.0", StatefulSets: []*appsv1.StatefulSet{db},
		Revisions: []*appsv1.ControllerRevision{storedRevision(t, db)},
		Pods:      []*corev1.Pod{storedPod(db, 0), passing},
		Claims:    []*corev1.PersistentVolumeClaim{boundClaim("data-db-0"), boundClaim("data-db-1")},
	}, db)
	want(t, events, []string{"1.275s Create db-1"})
	if !o.Settled {
		t.Errorf("%+v", o)
	}
}

// Tries without end are no reason for a forecast to have none.
func TestANameThatIsNeverFreeStalls(t *testing.T) {
	db := storedSet()
	taken := storedPod(db, 1)
	taken.OwnerReferences[0].UID = "somebody-else"
	o, events := forecast(t, &cluster.Snapshot{
		Version: "v1.37.0", StatefulSets: []*appsv1.StatefulSet{db},
		Revisions: []*appsv1.ControllerRevision{storedRevision(t, db)},
		Pods:      []*corev1.Pod{storedPod(db, 0), taken},
		Claims:    []*corev1.PersistentVolumeClaim{boundClaim("data-db-0"), boundClaim("data-db-1")},
	}, db)
	want(t, events, nil)
	if o.Settled || o.Held || o.Cause != `the controller fails: pods "db-1" already exists` {
		t.Errorf("%+v", o)
	}
}

// The StatefulSet was made anew around its pods, with another claim: a pod's volumes
// cannot be changed.
func TestAPodThatLacksAClaimCannotBeGivenIt(t *testing.T) {
	db := storedSet()
	bare := storedPod(db, 0)
	bare.Spec.Volumes = nil
	o, _ := forecast(t, &cluster.Snapshot{
		Version: "v1.37.0", StatefulSets: []*appsv1.StatefulSet{db},
		Revisions: []*appsv1.ControllerRevision{storedRevision(t, db)},
		Pods:      []*corev1.Pod{bare, storedPod(db, 1)},
		Claims:    []*corev1.PersistentVolumeClaim{boundClaim("data-db-0"), boundClaim("data-db-1")},
	}, db)
	if !strings.Contains(o.Cause, "may not change the volumes") {
		t.Errorf("%+v", o)
	}
}

// A claim that a file has goes with the StatefulSet of its name, whose UID a manifest
// has not.
func TestAManifestIsTakenForTheOwnerOfItsClaims(t *testing.T) {
	db := storedSet()
	claim := boundClaim("data-db-0")
	claim.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(db, appsv1.SchemeGroupVersion.WithKind("StatefulSet"))}
	db.UID = ""
	_, events := forecast(t, &cluster.Snapshot{
		StatefulSets: []*appsv1.StatefulSet{db}, Claims: []*corev1.PersistentVolumeClaim{claim},
	}, db)
	want(t, events, nil)
}

// A pod of a ReplicaSet is found by its name too; one that nobody has is an error.
func TestAChangeDeletesAPodByName(t *testing.T) {
	web := &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "web"}}},
		},
	}
	defaults.Deployment(web, kubeversion.Latest())
	state := &cluster.Snapshot{Deployments: []*appsv1.Deployment{web}}
	config := simulate.Config{Profile: kubeversion.Latest(), Now: began, Latencies: kubelet.Fixed{ReadyAfter: time.Second}}
	var name string
	config.Report = func(e timeline.Event) {
		if e.Action == timeline.Delete {
			name = fmt.Sprint(e.Actor, " ", e.Object.Name)
		}
	}
	set := made(t, state, config)
	doomed := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: set + "-#1"},
	}
	result, err := simulate.Run(state, []simulate.Change{{Before: doomed}}, config)
	if err != nil || name != "user "+doomed.Name || !result.Outcomes[0].Settled {
		t.Errorf("%v, %q, %+v", err, name, result.Outcomes)
	}
	doomed.Name = "db-7"
	if _, err := simulate.Run(state, []simulate.Change{{Before: doomed}}, config); err == nil ||
		err.Error() != "pod/db-7: it is not in the state, or nothing planned here owns it" {
		t.Error(err)
	}
}

// made is the name of the ReplicaSet that is made up for a Deployment.
func made(t *testing.T, state *cluster.Snapshot, config simulate.Config) string {
	result, err := simulate.Run(state, nil, config)
	if err != nil {
		t.Fatal(err)
	}
	return result.Outcomes[0].ReplicaSets[0].Name
}

// Revisions that a StatefulSet left behind which was deleted: the new one adopts them.
// To take an older one again in the same breath is a conflict, and the sync that fails
// over that cuts the history as if no revision were in use.
func TestAdoptedRevisionsAreCutWhereAnOlderOneIsTakenAgain(t *testing.T) {
	db := storedSet()
	limit := int32(1)
	db.Spec.RevisionHistoryLimit = &limit
	db.Status = appsv1.StatefulSetStatus{}
	state := &cluster.Snapshot{Version: "v1.37.0", StatefulSets: []*appsv1.StatefulSet{db}}
	for i, image := range []string{"db:0", "db:1", "db:2"} {
		earlier := db.DeepCopy()
		earlier.Spec.Template.Spec.Containers[0].Image = image
		r := storedRevision(t, earlier)
		r.Name, r.Revision, r.OwnerReferences = "db-"+image[3:], int64(i+1), nil
		state.Revisions = append(state.Revisions, r)
	}
	o, events := forecast(t, state, db)
	want(t, events[:6], []string{
		"0s Patch db-0", "0s Patch db-1", "0s Patch db-2", "0s Delete db-0", "0s Delete db-1", "5ms Create db-6bcb98b9b4",
	})
	if !o.Settled {
		t.Errorf("%+v", o)
	}
}

// Somebody took the label off db-1: it is released, keeps its name, and so the StatefulSet
// cannot have another.
func TestAPodWhoseLabelsNoLongerMatchIsReleasedAndInTheWay(t *testing.T) {
	db := storedSet()
	stray := storedPod(db, 1)
	delete(stray.Labels, "app")
	o, events := forecast(t, &cluster.Snapshot{
		Version: "v1.37.0", StatefulSets: []*appsv1.StatefulSet{db},
		Revisions: []*appsv1.ControllerRevision{storedRevision(t, db)},
		Pods:      []*corev1.Pod{storedPod(db, 0), stray},
		Claims:    []*corev1.PersistentVolumeClaim{boundClaim("data-db-0"), boundClaim("data-db-1")},
	}, db)
	want(t, events, []string{"0s Patch db-1"})
	if o.Settled || o.Cause != `the controller fails: pods "db-1" already exists` {
		t.Errorf("%+v", o)
	}
}
