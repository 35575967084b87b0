package simulate_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// Whatever state a StatefulSet is in and whatever becomes of it: the simulation ends, says
// how, and says the same again.
func TestRandomStatefulSetsComeToAnEnd(t *testing.T) {
	const worlds, mostEvents = 1500, 2000
	endings := map[string]int{}
	for seed := range uint64(worlds) {
		first, events := play(t, seed)
		if events > mostEvents {
			t.Fatalf("seed %d: %d events", seed, events)
		}
		again, _ := play(t, seed)
		if got, want := told(again), told(first); got != want {
			t.Fatalf("seed %d: first %s, then %s", seed, want, got)
		}
		judge(t, seed, first)
		endings[first.kind()]++
	}
	for _, kind := range []string{"settled", "held", "stalled"} {
		if endings[kind] < worlds/50 {
			t.Errorf("only %d of %d are %s: %v", endings[kind], worlds, kind, endings)
		}
	}
}

// end is an outcome, and what it was of.
type end struct {
	simulate.Outcome
	events []string
}

func (e end) kind() string {
	switch {
	case e.Settled:
		return "settled"
	case e.Held:
		return "held"
	}
	return "stalled"
}

func told(e end) string { return fmt.Sprint(e.kind(), e.Last, e.LastChange, e.Cause, e.events) }

// judge looks for outcomes that cannot be.
func judge(t *testing.T, seed uint64, e end) {
	last := e.Last
	switch {
	case e.Settled && (last.Total != last.Desired || last.Updated != last.Desired || last.Terminating != 0):
		t.Errorf("seed %d: settled with %+v", seed, last)
	case e.Held && (last.Total == last.Updated || last.Available != last.Total):
		t.Errorf("seed %d: held with %+v", seed, last)
	case !e.Settled && e.Cause == "":
		t.Errorf("seed %d: no cause", seed)
	case min(last.Total, last.Updated, last.Ready, last.Available, last.Terminating) < 0 || last.Available > last.Ready:
		t.Errorf("seed %d: %+v", seed, last)
	}
}

func play(t *testing.T, seed uint64) (end, int) {
	d := &drawer{Rand: rand.New(rand.NewPCG(seed, 37))}
	profile := kubeversion.NewProfile(kubeversion.Version{Minor: 29 + d.IntN(9), Patch: d.IntN(5)})
	state := d.state(t, profile)
	after := state.StatefulSets[0].DeepCopy()
	d.change(&after.Spec)
	config := simulate.Config{
		Profile:   profile,
		Now:       began,
		Latencies: kubelet.Staggered{Fixed: kubelet.Fixed{ReadyAfter: 3 * time.Second, GoneAfter: time.Second, NeverReady: d.IntN(4) == 0}, Step: 10 * time.Millisecond},
	}
	if d.IntN(4) == 0 {
		config.Limit = api.Limit{QPS: 2, Burst: 3}
	}
	var e end
	config.Report = func(event timeline.Event) {
		e.events = append(e.events, fmt.Sprintf("%s %s %s", event.At, event.Action, event.Object.Name))
	}
	result, err := simulate.Run(state, []simulate.Change{{Before: state.StatefulSets[0], After: after}}, config)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	e.Outcome = result.Outcomes[0]
	return e, len(e.events)
}

type drawer struct{ *rand.Rand }

func pick[T any](d *drawer, of ...T) T { return of[d.IntN(len(of))] }

// state is a StatefulSet with pods in any condition at up to two revisions.
func (d *drawer) state(t *testing.T, profile kubeversion.Profile) *cluster.Snapshot {
	db := storedSet()
	db.Spec.PodManagementPolicy = pick(d, appsv1.ParallelPodManagement, appsv1.OrderedReadyPodManagement)
	d.change(&db.Spec)
	defaults.StatefulSet(db, profile)
	older := db.DeepCopy()
	older.Spec.Template.Spec.Containers[0].Image = "db:0"
	var revisions []*appsv1.ControllerRevision
	for i, set := range []*appsv1.StatefulSet{older, db} {
		r, err := revision.NewControllerRevision(set, int64(i+1), profile)
		if err != nil {
			t.Fatal(err)
		}
		revisions = append(revisions, r)
	}
	db.Status = appsv1.StatefulSetStatus{ObservedGeneration: 1, CurrentRevision: pick(d, revisions...).Name, UpdateRevision: revisions[1].Name}
	db.Status.CurrentReplicas = int32(d.IntN(4))
	state := &cluster.Snapshot{Version: "v1.37.0", StatefulSets: []*appsv1.StatefulSet{db}, Revisions: revisions}
	for ordinal := range 5 {
		if d.IntN(4) > 0 {
			state.Pods = append(state.Pods, d.pod(db, ordinal, pick(d, revisions...).Name))
		}
		if claim := d.claim(db, ordinal); d.IntN(5) > 0 {
			state.Claims = append(state.Claims, claim)
		}
	}
	state.Sort()
	return state
}

func (d *drawer) pod(db *appsv1.StatefulSet, ordinal int, revision string) *corev1.Pod {
	pod := storedPod(db, ordinal)
	pod.Labels[appsv1.StatefulSetRevisionLabel] = revision
	switch d.IntN(8) {
	case 0:
		pod.Status = corev1.PodStatus{Phase: corev1.PodPending}
	case 1:
		pod.Status.Conditions = nil
		pod.CreationTimestamp = metav1.NewTime(began)
	case 2:
		pod.Status = corev1.PodStatus{Phase: corev1.PodFailed}
	case 3:
		pod.DeletionTimestamp = &metav1.Time{Time: began}
	case 4:
		pod.OwnerReferences = nil
	case 5:
		delete(pod.Labels, pick(d, "app", appsv1.StatefulSetPodNameLabel, appsv1.StatefulSetRevisionLabel))
	}
	return pod
}

func (d *drawer) claim(db *appsv1.StatefulSet, ordinal int) *corev1.PersistentVolumeClaim {
	claim := boundClaim(fmt.Sprintf("data-db-%d", ordinal))
	switch d.IntN(10) {
	case 0:
		claim.Status.Phase = corev1.ClaimPending
	case 1:
		claim.DeletionTimestamp = &metav1.Time{Time: began}
		claim.Finalizers = []string{"kubernetes.io/pvc-protection"}
	case 2:
		claim.DeletionTimestamp = &metav1.Time{Time: began}
		claim.Finalizers = []string{"example.com/backup"}
	case 3:
		pod := storedPod(db, ordinal)
		pod.UID = pick(d, pod.UID, "an-earlier-one")
		claim.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(pod, corev1.SchemeGroupVersion.WithKind("Pod"))}
	}
	return claim
}

const (
	keep   = appsv1.RetainPersistentVolumeClaimRetentionPolicyType
	remove = appsv1.DeletePersistentVolumeClaimRetentionPolicyType
)

// change draws some fields anew.
func (d *drawer) change(spec *appsv1.StatefulSetSpec) {
	replicas := int32(d.IntN(5))
	partition := int32(d.IntN(4))
	unavailable := pick(d, intstr.FromInt32(1), intstr.FromInt32(2), intstr.FromString("50%"))
	for range d.IntN(4) {
		switch d.IntN(7) {
		case 0:
			spec.Replicas = &replicas
		case 1, 2:
			spec.Template.Spec.Containers[0].Image = pick(d, "db:0", "db:1", "db:2")
		case 3:
			spec.UpdateStrategy = pick(d,
				appsv1.StatefulSetUpdateStrategy{Type: appsv1.OnDeleteStatefulSetStrategyType},
				appsv1.StatefulSetUpdateStrategy{Type: appsv1.RollingUpdateStatefulSetStrategyType},
				appsv1.StatefulSetUpdateStrategy{Type: appsv1.RecreateStatefulSetStrategyType},
				appsv1.StatefulSetUpdateStrategy{Type: appsv1.RollingUpdateStatefulSetStrategyType,
					RollingUpdate: &appsv1.RollingUpdateStatefulSetStrategy{Partition: &partition, MaxUnavailable: &unavailable}})
		case 4:
			spec.MinReadySeconds = int32(d.IntN(5))
		case 5:
			spec.Ordinals = &appsv1.StatefulSetOrdinals{Start: int32(d.IntN(3))}
		case 6:
			spec.PersistentVolumeClaimRetentionPolicy = &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{
				WhenDeleted: pick(d, keep, remove), WhenScaled: pick(d, keep, remove),
			}
		}
	}
}
