package statefulset

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// world is a cluster with one StatefulSet and no other controller than its own and, for
// claims that go with a pod, the garbage collector.
type world struct {
	t       testing.TB
	set     *appsv1.StatefulSet
	profile kubeversion.Profile
	pods    *PodSet
	memory  Memory

	revisions []*appsv1.ControllerRevision
	claims    map[string]*corev1.PersistentVolumeClaim
	images    map[types.UID]string // of pods

	start, now time.Time
	serial     int
	take       latencies
	due        []due
	trace      []string
	told       string              // the pods, as the trace has them last
	decision   controller.Decision // the last one
	refuse     map[string]error    // what the API refuses: "Delete db-2"
	// unchecked: decisions are not made twice, once from scratch.
	unchecked bool
}

// due is what happens at an instant.
type due struct {
	at time.Time
	do func()
}

// begin starts a cluster; settled: all pods are there, updated and ready since long.
func (w *world) begin(set *appsv1.StatefulSet, profile kubeversion.Profile, settled bool) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	*w = world{
		t: w.t, set: set, profile: profile, pods: NewPodSet(nil), refuse: w.refuse, unchecked: w.unchecked,
		claims: map[string]*corev1.PersistentVolumeClaim{}, images: map[types.UID]string{},
		start: start, now: start,
	}
	if settled {
		w.now = start.Add(-24 * time.Hour)
		w.run(latencies{time.Second, time.Second}, 24*time.Hour)
		w.now = start
	}
}

// change replaces the StatefulSet by a changed one.
func (w *world) change(edit func(*appsv1.StatefulSet)) {
	w.set = w.set.DeepCopy()
	edit(w.set)
	w.set.Generation++
}

// happens lets something happen to a pod.
func (w *world) happens(name, what string) {
	ordinal, _ := Ordinal(name)
	pod := w.pods.Pod(ordinal)
	if pod == nil {
		w.t.Fatalf("there is no pod %s", name)
	}
	switch what {
	case "broken":
		w.replace(pod, func(p *controller.Pod) { p.Ready = false })
	case "failed":
		w.replace(pod, func(p *controller.Pod) { p.Ready, p.Phase = false, controller.Finished })
	case "deleted":
		w.pods.Terminate(pod)
	case "gone":
		w.gone(pod)
	case "ready":
		w.pods.MarkReady(pod, w.now)
	case "unlabelled":
		w.replace(pod, func(p *controller.Pod) {
			p.Labels = maps.Clone(p.Labels)
			delete(p.Labels, appsv1.StatefulSetPodNameLabel)
			p.Object = p.Object.DeepCopy()
			p.Object.Labels = p.Labels
		})
	default:
		w.t.Fatalf("pod %s: unknown %q", name, what)
	}
}

// replace puts a pod into the set anew whose record changed in a way that PodSet has no
// word for.
func (w *world) replace(pod *controller.Pod, change func(*controller.Pod)) {
	w.pods.Remove(pod)
	changed := *pod
	change(&changed)
	w.pods.Add(&changed)
}

// claimHappens lets something happen to a claim.
func (w *world) claimHappens(name, what string) {
	claim := w.claims[name]
	if claim == nil {
		claim = &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: w.set.Namespace, Name: name}}
	}
	changed := claim.DeepCopy()
	switch what {
	case "exists":
	case "earlier":
		ordinal, _ := Ordinal(name)
		changed.OwnerReferences = []metav1.OwnerReference{
			{APIVersion: "v1", Kind: "Pod", Name: PodName(w.set, ordinal), UID: "earlier", Controller: new(true)},
		}
	case "deleted":
		changed.DeletionTimestamp = &metav1.Time{Time: w.now}
	case "gone":
		changed = nil
	default:
		w.t.Fatalf("claim %s: unknown %q", name, what)
	}
	w.storeClaim(name, changed)
}

func (w *world) storeClaim(name string, claim *corev1.PersistentVolumeClaim) {
	delete(w.claims, name)
	if claim != nil {
		w.claims[name] = claim
	}
	ordinal, _ := Ordinal(name)
	w.pods.ClaimChanged(ordinal)
}

// latencies are how long pods take to become ready and to go; negative: for ever.
type latencies struct{ ready, gone time.Duration }

// run lets the controller and time work until nothing is left to happen, or a time is
// over. It tells what happened.
func (w *world) run(take latencies, most time.Duration) string {
	w.trace, w.told, w.due, w.take = nil, w.describePods(), nil, take
	end := w.now.Add(most)
	for _, pod := range w.pods.All() {
		w.live(pod)
	}
	for range 1_000_000 {
		w.settle()
		next, ok := w.pop(end)
		if !ok {
			return strings.Join(append(w.trace, w.ending()), "\n")
		}
		w.now = next.at
		for ; ok; next, ok = w.pop(w.now) {
			next.do()
		}
	}
	w.t.Fatal("it does not end")
	return ""
}

// pop takes what is due first, if it is by an instant.
func (w *world) pop(by time.Time) (due, bool) {
	if len(w.due) == 0 || w.due[0].at.After(by) {
		return due{}, false
	}
	first := w.due[0]
	w.due = w.due[1:]
	return first, true
}

// after plans something; what is planned for one instant happens in that order.
func (w *world) after(wait time.Duration, do func()) {
	if wait < 0 {
		return
	}
	next := due{w.now.Add(wait), do}
	at, _ := slices.BinarySearchFunc(w.due, next.at, func(d due, at time.Time) int {
		if d.at.After(at) {
			return 1
		}
		return -1
	})
	w.due = slices.Insert(w.due, at, next)
}

// live plans what becomes of a pod.
func (w *world) live(pod *controller.Pod) {
	switch {
	case pod.Terminating:
		w.after(w.take.gone, func() { w.gone(pod) })
	case pod.Ready:
		w.lookAfterReady(pod)
	case pod.Phase != controller.Finished && w.images[pod.UID] != "web:broken":
		w.after(w.take.ready, func() {
			if !pod.Terminating {
				w.pods.MarkReady(pod, w.now)
				w.lookAfterReady(pod)
			}
		})
	}
}

// lookAfterReady plans the look that the controller plans when it sees a pod ready.
func (w *world) lookAfterReady(pod *controller.Pod) {
	if again := WakeAfterReady(w.view()); again > 0 {
		w.after(pod.ReadyAt.Add(again).Sub(w.now), func() {})
	}
}

// gone removes a pod, and as the garbage collector does the claims that it owns.
func (w *world) gone(pod *controller.Pod) {
	w.pods.Remove(pod)
	ordinal, _ := Ordinal(pod.Name)
	for _, template := range w.set.Spec.VolumeClaimTemplates {
		name := ClaimName(template.Name, w.set.Name, ordinal)
		claim := w.claims[name]
		if claim == nil || len(claim.OwnerReferences) != 1 || claim.OwnerReferences[0].UID != pod.UID {
			continue
		}
		w.tell("garbage-collector: Delete %s (its pod is gone)", name)
		w.storeClaim(name, nil)
	}
}

// settle lets the controller sync until it has nothing more to write.
func (w *world) settle() {
	for range 50 {
		w.decision = w.decide()
		for _, write := range w.decision.Writes {
			w.carryOut(write)
		}
		if w.decision.Err != nil {
			w.tell("error: %v", w.decision.Err)
			break
		}
		if len(w.decision.Writes) == 0 {
			break
		}
	}
	if at := w.decision.WakeAt; at.After(w.now) {
		w.after(at.Sub(w.now), func() {})
	}
	if pods := w.describePods(); pods != w.told {
		w.tell("%s", pods)
		w.told = pods
	}
}

func (w *world) view() View {
	return View{
		StatefulSet: w.set, Pods: w.pods, Revisions: w.revisions,
		Lookup: w.revision,
		Claim:  func(name string) *corev1.PersistentVolumeClaim { return w.claims[name] },
		Memory: &w.memory, Profile: w.profile, API: w,
	}
}

// decide is one sync. What the pods and the memory keep from earlier ones must make no
// difference.
func (w *world) decide() controller.Decision {
	kept := Decide(w.view(), w.now)
	if w.unchecked {
		return kept
	}
	scratch := w.view()
	scratch.Pods, scratch.Memory = NewPodSet(w.pods.All()), nil
	if fresh := Decide(scratch, w.now); comparable(fresh) != comparable(kept) {
		w.t.Errorf("at %v a PodSet that was kept says\n%v\nand a new one\n%v", w.now, comparable(kept), comparable(fresh))
	}
	return kept
}

// comparable is a decision as text, with all that is sent.
func comparable(d controller.Decision) string {
	var lines strings.Builder
	for _, write := range d.Writes {
		body, err := json.Marshal(write.Body)
		fmt.Fprintln(&lines, write.Verb, write.Object, write.Message, string(body), err)
	}
	fmt.Fprintln(&lines, d.WakeAt, d.Waits, d.Err)
	return lines.String()
}

func (w *world) revision(name string) *appsv1.ControllerRevision {
	for _, r := range w.revisions {
		if r.Name == name {
			return r
		}
	}
	return nil
}

func (w *world) tell(format string, values ...any) {
	w.trace = append(w.trace, fmt.Sprintf("%-5s %s", w.now.Sub(w.start), fmt.Sprintf(format, values...)))
}

// describePods names the pods by image; a run of equal ones is put together.
func (w *world) describePods() string {
	pods := w.pods.All()
	var parts []string
	for i := 0; i < len(pods); {
		end := i + 1
		for end < len(pods) && w.describe(pods[end]) == w.describe(pods[i]) && follows(pods[end-1], pods[end]) {
			end++
		}
		name := pods[i].Name
		if end > i+1 {
			ordinal, _ := Ordinal(pods[end-1].Name)
			name += fmt.Sprintf("..%d", ordinal)
		}
		parts = append(parts, name+" "+w.describe(pods[i]))
		i = end
	}
	return "pods: " + cmp.Or(strings.Join(parts, ", "), "none")
}

func follows(before, after *controller.Pod) bool {
	a, _ := Ordinal(before.Name)
	b, _ := Ordinal(after.Name)
	return b == a+1
}

func (w *world) describe(pod *controller.Pod) string {
	state := w.images[pod.UID]
	switch {
	case pod.Phase == controller.Finished:
		state += " failed"
	case !pod.Ready:
		state += " not ready"
	case w.now.Before(pod.ReadyAt.Add(time.Duration(w.set.Spec.MinReadySeconds) * time.Second)):
		state += " not available"
	}
	if pod.Terminating {
		state += " terminating"
	}
	return state
}

// ending says what the status says and what is waited for.
func (w *world) ending() string {
	status := w.set.Status
	text := fmt.Sprintf("status: %d pods, %d ready, %d available, %d updated, %d current",
		status.Replicas, status.ReadyReplicas, status.AvailableReplicas, status.UpdatedReplicas, status.CurrentReplicas)
	switch {
	case status.CurrentRevision != status.UpdateRevision:
		text += fmt.Sprintf("; from %s to %s", status.CurrentRevision, status.UpdateRevision)
	case Complete(w.set):
		text += "; complete"
	}
	for _, c := range status.Conditions {
		text += fmt.Sprintf("\n%s=%s (%s: %s)", c.Type, c.Status, c.Reason, c.Message)
	}
	if wait := w.decision.Waits; wait != nil {
		text += fmt.Sprintf("\nwaits for %s (%s: %s)", wait.Object.Name, wait.Reason, wait.Message)
	}
	return text
}
