package planner_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// TestRandomStatefulSets plans changes of random StatefulSets, in all versions, and holds
// the plans to what is true of every one.
func TestRandomStatefulSets(t *testing.T) {
	for seed := range uint64(2000) {
		w := &randomSet{Rand: rand.New(rand.NewPCG(seed, 2))}
		request := w.request(t)
		p, err := planner.Plan(request)
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, w.said, err)
		}
		for _, rule := range []func(*plan.Workload) error{
			keepsItsFloor, endsWithReason, hasEveryPod, turnsFollow,
		} {
			if err := rule(&p.Workloads[0]); err != nil {
				t.Errorf("seed %d: %s of %s: %v", seed, p.Workloads[0].Verdict, w.said, err)
			}
		}
		if err := goesForward(request, &p.Workloads[0]); err != nil {
			t.Errorf("seed %d: %s: %v", seed, w.said, err)
		}
	}
}

// randomSet draws StatefulSets and their pods.
type randomSet struct {
	*rand.Rand
	said    string
	profile kubeversion.Profile
	state   *cluster.Snapshot
}

var setNow = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)

func (w *randomSet) request(t *testing.T) planner.Request {
	minor := kubeversion.Oldest + w.IntN(kubeversion.Newest-kubeversion.Oldest+1)
	w.profile = kubeversion.NewProfile(kubeversion.Version{Minor: minor, Patch: w.IntN(5)})
	set := w.set()
	w.state = &cluster.Snapshot{StatefulSets: []*appsv1.StatefulSet{set}}
	w.past(t, set)
	ready := time.Duration(1+w.IntN(20)) * time.Second
	return planner.Request{
		State: w.state, Now: setNow, Profile: w.profile, Pods: true,
		Asks:   []planner.Ask{{Ref: cluster.RefOf(set), Intent: w.intent()}},
		Assume: planner.Assume{ReadyAfter: &ready, Stagger: time.Duration(w.IntN(2)) * 300 * time.Millisecond},
	}
}

func (w *randomSet) set() *appsv1.StatefulSet {
	replicas := w.Int32N(7)
	set := &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "db", UID: "set-1", Generation: 2},
		Spec: appsv1.StatefulSetSpec{
			Replicas: &replicas, ServiceName: "db", MinReadySeconds: 3 * w.Int32N(2),
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "db"}},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "db"}},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "db", Image: "db:1"}}},
			},
			VolumeClaimTemplates: []corev1.PersistentVolumeClaim{{ObjectMeta: metav1.ObjectMeta{Name: "data"}}},
		},
	}
	if w.IntN(2) == 0 {
		set.Spec.PodManagementPolicy = appsv1.ParallelPodManagement
	}
	if w.IntN(3) == 0 {
		set.Spec.PersistentVolumeClaimRetentionPolicy = &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{
			WhenScaled: appsv1.DeletePersistentVolumeClaimRetentionPolicyType}
	}
	if w.IntN(4) == 0 {
		set.Spec.Ordinals = &appsv1.StatefulSetOrdinals{Start: w.Int32N(3)}
	}
	w.strategy(set)
	defaults.StatefulSet(set, w.profile)
	w.said = fmt.Sprintf("%s %s %d replicas, minReady %d, %s %+v", w.profile.Version, set.Spec.PodManagementPolicy, replicas,
		set.Spec.MinReadySeconds, set.Spec.UpdateStrategy.Type, set.Spec.UpdateStrategy.RollingUpdate)
	return set
}

func (w *randomSet) strategy(set *appsv1.StatefulSet) {
	switch w.IntN(6) {
	case 0:
		set.Spec.UpdateStrategy.Type = appsv1.OnDeleteStatefulSetStrategyType
	case 1:
		set.Spec.UpdateStrategy.Type = appsv1.RollingUpdateStatefulSetStrategyType
	case 2:
	default:
		partition, most := w.Int32N(4), intstr.FromInt32(1+w.Int32N(3))
		set.Spec.UpdateStrategy = appsv1.StatefulSetUpdateStrategy{
			Type: appsv1.RollingUpdateStatefulSetStrategyType,
			RollingUpdate: &appsv1.RollingUpdateStatefulSetStrategy{
				Partition: &partition, MaxUnavailable: &most},
		}
	}
}

// past gives the StatefulSet pods at two revisions, of which some may be broken, missing
// or not wanted any more; or nothing, which stands for a settled one.
func (w *randomSet) past(t *testing.T, set *appsv1.StatefulSet) {
	if w.IntN(4) == 0 {
		return
	}
	old := set.DeepCopy()
	old.Spec.Template.Spec.Containers[0].Image = "db:0"
	var names []string
	for i, of := range []*appsv1.StatefulSet{old, set} {
		r, err := revision.NewControllerRevision(of, int64(i+1), w.profile)
		if err != nil {
			t.Fatal(err)
		}
		r.Namespace, r.UID = set.Namespace, types.UID(fmt.Sprint("revision-", i+1))
		w.state.Revisions = append(w.state.Revisions, r)
		names = append(names, r.Name)
	}
	set.Status = appsv1.StatefulSetStatus{ObservedGeneration: 2, CurrentRevision: names[0], UpdateRevision: names[1]}
	updated := w.IntN(8)
	for ordinal := range 1 + w.IntN(7) {
		at := names[0]
		if ordinal >= updated {
			at = names[1]
		}
		if ordinal == 0 || w.IntN(10) > 0 {
			w.pod(set, ordinal, at)
		}
	}
	set.Status.CurrentReplicas = int32(w.IntN(4))
	w.state.Sort()
}

func (w *randomSet) pod(set *appsv1.StatefulSet, ordinal int, at string) {
	name := fmt.Sprintf("db-%d", ordinal)
	ready := corev1.ConditionTrue
	if w.IntN(5) == 0 {
		ready = corev1.ConditionFalse
	}
	w.said += fmt.Sprintf(", %s at %s ready %s", name, at, ready)
	since := metav1.NewTime(setNow.Add(-time.Hour))
	w.state.Pods = append(w.state.Pods, &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: set.Namespace, Name: name, UID: types.UID(name), CreationTimestamp: since,
			Labels: map[string]string{"app": "db", appsv1.StatefulSetRevisionLabel: at, appsv1.StatefulSetPodNameLabel: name,
				appsv1.PodIndexLabel: fmt.Sprint(ordinal)},
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(set, appsv1.SchemeGroupVersion.WithKind("StatefulSet"))},
		},
		Spec: corev1.PodSpec{NodeName: "node-1", Hostname: name, Subdomain: "db", Volumes: []corev1.Volume{{Name: "data",
			VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data-" + name}}}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning,
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: ready, LastTransitionTime: since}}},
	})
	w.state.Claims = append(w.state.Claims, &corev1.PersistentVolumeClaim{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: metav1.ObjectMeta{Namespace: set.Namespace, Name: "data-" + name, UID: types.UID("data-" + name)},
		Status:     corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound},
	})
}

func (w *randomSet) intent() change.Intent {
	choices := []change.Intent{
		nil,
		change.Image{Container: "db", Image: "db:2"},
		change.Image{Container: "db", Image: "db:2"},
		change.Scale{Replicas: w.Int32N(8)},
		change.Combine(change.Image{Container: "db", Image: "db:3"}, change.Scale{Replicas: w.Int32N(8)}),
		change.Patch{Text: `{"spec":{"minReadySeconds":1}}`},
		change.Image{Container: "db", Image: "db:0"},
	}
	chosen := choices[w.IntN(len(choices))]
	w.said += fmt.Sprintf(", then %T%+v", chosen, chosen)
	return chosen
}

// keepsItsFloor: what the controller keeps is the least that is available.
func keepsItsFloor(w *plan.Workload) error {
	if low := w.Summary.MinAvailable; low == nil || *low < w.Summary.Floor {
		return fmt.Errorf("%v available, floor %d", low, w.Summary.Floor)
	}
	return nil
}

// endsWithReason: a forecast that does not settle says why; one that does has what is
// wanted.
func endsWithReason(w *plan.Workload) error {
	switch {
	case w.Summary.Outcome != plan.Settled && w.Summary.Cause == "":
		return fmt.Errorf("it ends as %s without a cause", w.Summary.Outcome)
	case w.Summary.Outcome != plan.Settled:
		return nil
	}
	end := w.Moments.End
	if end.Total != w.Replicas || end.Updated != w.Replicas || end.Ready != w.Replicas || end.Terminating != 0 {
		return fmt.Errorf("settled at %+v", end)
	}
	return nil
}

// hasEveryPod: each ordinal is there once, with its claim, and restarts are counted
// where all of them come about.
func hasEveryPod(w *plan.Workload) error {
	seen := map[int]bool{}
	last := -1
	var wanted int32
	for _, p := range w.Pods {
		if seen[p.Ordinal] || p.Ordinal < last || len(p.Claims) != 1 || p.DNS != p.Name+".db.shop.svc" {
			return fmt.Errorf("pod %+v after %d", p, last)
		}
		seen[p.Ordinal], last = true, p.Ordinal
		if p.Action != plan.PodDeleted {
			wanted++
		}
	}
	if w.Summary.Outcome != plan.Settled {
		return nil
	}
	if wanted != w.Replicas {
		return fmt.Errorf("%d pods stay or come of %d: %+v", wanted, w.Replicas, w.Pods)
	}
	if again := restarted(w); again != w.Restarts {
		return fmt.Errorf("%d restarts are told, %d pods restart", w.Restarts, again)
	}
	return nil
}

// restarted counts the pods that were there and are replaced.
func restarted(w *plan.Workload) int32 {
	var count int32
	for _, p := range w.Pods {
		if p.Action == plan.PodRestarted && p.From != "" {
			count++
		}
	}
	return count
}

// turnsFollow: turns are in the order of time, and of known pods.
func turnsFollow(w *plan.Workload) error {
	known := map[string]bool{}
	for _, p := range w.Pods {
		known[p.Name] = true
	}
	var last time.Duration
	for _, turn := range w.Turns {
		if turn.At < last || !known[turn.Pod] {
			return fmt.Errorf("turn %+v after %s", turn, last)
		}
		last = turn.At
	}
	return nil
}
