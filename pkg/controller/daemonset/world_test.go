package daemonset

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// world is a cluster with one DaemonSet and no other controller than its own.
type world struct {
	t       testing.TB
	ds      *appsv1.DaemonSet
	profile kubeversion.Profile
	nodes   *Nodes
	pods    *PodSet
	memory  Memory

	revisions []*appsv1.ControllerRevision
	strays    []*controller.Pod
	orphans   []*controller.Pod
	images    map[types.UID]string // of pods

	start, now time.Time
	serial     int
	take       latencies
	due        []due
	trace      []string
	told       string // the pods, as the trace has them last
	decision   controller.Decision
	refuse     func(controller.Write) error // nil: nothing is
	admit      int                          // how many pods are created in one go; 0: all
	// unrepeatable: what is refused is random, so decisions are not made twice.
	unrepeatable bool
}

// due is what happens at an instant.
type due struct {
	at time.Time
	do func()
}

// begin starts a cluster without pods.
func (w *world) begin(ds *appsv1.DaemonSet, profile kubeversion.Profile, nodes []*corev1.Node) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	*w = world{
		t: w.t, ds: ds, profile: profile, nodes: NewNodes(nodes), pods: NewPodSet(nil),
		images: map[types.UID]string{}, start: start, now: start,
	}
}

// settleSince lets all pods be there, updated and ready since long.
func (w *world) settleSince(before time.Duration) {
	w.now = w.start.Add(-before)
	w.run(latencies{time.Second, time.Second}, before)
	w.now = w.start
}

// change replaces the DaemonSet by a changed one.
func (w *world) change(change func(*appsv1.DaemonSet)) {
	before := w.ds
	w.ds = w.ds.DeepCopy()
	change(w.ds)
	w.ds.Generation++
	stored(before, w.ds, w.profile)
}

// happens lets something happen to the first pod of a node.
func (w *world) happens(node, what string) {
	pods := w.pods.On(node)
	if len(pods) == 0 {
		w.t.Fatalf("there is no pod on %s", node)
	}
	pod := pods[0]
	switch what {
	case "broken":
		w.replace(pod, func(p *controller.Pod) { p.Ready = false })
	case "failed":
		w.replace(pod, func(p *controller.Pod) { p.Ready, p.Failed, p.Phase = false, true, controller.Finished })
	case "succeeded":
		w.replace(pod, func(p *controller.Pod) { p.Ready, p.Phase = false, controller.Finished })
	case "unassigned":
		w.replace(pod, func(p *controller.Pod) { p.Ready, p.Node, p.Target = false, "", node })
	case "deleted":
		w.pods.Terminate(pod)
	case "gone":
		w.pods.Remove(pod)
	case "orphaned":
		w.pods.Remove(pod)
		w.orphans = append(w.orphans, pod)
	case "twin":
		twin := *pod
		twin.Name, twin.UID = pod.Name+"b", pod.UID+"b"
		w.images[twin.UID] = w.images[pod.UID]
		w.pods.Add(&twin)
	case "relabelled":
		w.replace(pod, func(p *controller.Pod) {
			p.Labels = maps.Clone(p.Labels)
			p.Labels["app"] = "other"
		})
		pod = w.pods.On(node)[0]
		w.pods.Remove(pod)
		w.strays = append(w.strays, pod)
	default:
		w.t.Fatalf("pod of %s: unknown %q", node, what)
	}
}

func (w *world) replace(pod *controller.Pod, change func(*controller.Pod)) {
	changed := *pod
	change(&changed)
	w.pods.Replace(pod, &changed)
}

// revisionHappens lets something happen to the newest revision.
func (w *world) revisionHappens(what string) {
	newest := w.revisions[len(w.revisions)-1].DeepCopy()
	switch what {
	case "copy":
		newest.Name, newest.UID = newest.Name+"-copy", newest.UID+"-copy"
		newest.Revision++
		newest.Labels[hashLabel] = "copy"
		w.revisions = append(w.revisions, newest)
	case "unlabel":
		delete(newest.Labels, hashLabel)
		w.revisions[len(w.revisions)-1] = newest
	case "orphan":
		newest.OwnerReferences = nil
		w.revisions[len(w.revisions)-1] = newest
	default:
		w.t.Fatalf("revision: unknown %q", what)
	}
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
		w.after(w.take.gone, func() { w.pods.Remove(pod) })
	case !pod.Ready && pod.Phase != controller.Finished && w.images[pod.UID] != "web:0":
		w.after(w.take.ready, func() {
			if !pod.Terminating {
				w.pods.MarkReady(pod, w.now)
				if again := WakeAfterReady(w.ds); again > 0 {
					w.after(again, func() {})
				}
			}
		})
	}
}

// settle lets the controller sync until it has nothing more to write.
func (w *world) settle() {
	for range 500 {
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
		DaemonSet: w.ds, Nodes: w.nodes, Pods: w.pods, Strays: w.strays, Orphans: w.orphans,
		Revisions: w.revisions, Lookup: w.revision, Memory: &w.memory, Profile: w.profile, API: w,
	}
}

// Answer implements controller.API.
func (w *world) Answer(write controller.Write) (cluster.Object, error) {
	if w.refuse != nil {
		if err := w.refuse(write); err != nil {
			return nil, err
		}
	}
	if write.Verb == controller.Create && w.revision(write.Object.Name) != nil {
		return nil, apierrors.NewAlreadyExists(appsv1.Resource("controllerrevisions"), write.Object.Name)
	}
	return write.Body, nil
}

// Admit implements controller.API.
func (w *world) Admit(_ *corev1.Pod, count int) (int, error) {
	if w.admit == 0 || w.admit >= count {
		return count, nil
	}
	return w.admit, apierrors.NewForbidden(corev1.Resource("pods"), "", fmt.Errorf("exceeded quota"))
}

// decide is one sync. What the set of pods keeps from earlier ones must make no difference.
func (w *world) decide() controller.Decision {
	if w.unrepeatable {
		w.unrepeatable = w.refuse != nil
		return Decide(w.view(), w.now)
	}
	scratch := w.view()
	remembered := Memory{failures: map[failureKey]*failure{}}
	for key, f := range w.memory.failures {
		remembered.failures[key] = new(*f)
	}
	scratch.Pods, scratch.Memory = NewPodSet(w.pods.All()), &remembered
	scratch.Nodes = NewNodes(w.nodes.All())
	fresh := Decide(scratch, w.now)
	kept := Decide(w.view(), w.now)
	if comparable(fresh) != comparable(kept) {
		w.t.Errorf("at %v a PodSet that was kept says\n%v\nand a new one\n%v", w.now, comparable(kept), comparable(fresh))
	}
	if hash := HashOf(w.view()); w.decision.Err == nil && len(w.revisions) > 0 && hash != w.pods.shape.hash && w.pods.shape.hash != "" {
		w.t.Errorf("at %v HashOf says %s, and pods are to have %s", w.now, hash, w.pods.shape.hash)
	}
	return kept
}

// comparable is a decision without what two equal ones need not share.
func comparable(d controller.Decision) string {
	var lines []string
	for _, write := range d.Writes {
		var names []string
		for _, pod := range write.Pods {
			names = append(names, pod.Name)
		}
		lines = append(lines, fmt.Sprint(write.Verb, " ", write.Object, " ", write.Message, names, write.Nodes))
	}
	return fmt.Sprintln(lines, d.WakeAt, d.Waits, d.Err)
}

func (w *world) revision(name string) *appsv1.ControllerRevision {
	for _, r := range w.revisions {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// carryOut does what the API server does with a write.
func (w *world) carryOut(write controller.Write) {
	if write.Verb != controller.UpdateStatus {
		w.tellWrite(write)
	}
	if write.Err != nil {
		return
	}
	switch body := write.Body.(type) {
	case *corev1.Pod:
		for _, node := range write.Nodes {
			w.createPod(PodOn(body, node), node)
		}
	case *appsv1.DaemonSet:
		w.ds = body
	case *appsv1.ControllerRevision:
		w.storeRevision(write.Verb, body)
	case nil:
		w.carryOutBare(write)
	}
}

// carryOutBare carries out deletions and patches.
func (w *world) carryOutBare(write controller.Write) {
	switch {
	case write.Verb == controller.Delete && write.Object.Kind == "ControllerRevision":
		w.revisions = slices.DeleteFunc(w.revisions, func(r *appsv1.ControllerRevision) bool { return r.Name == write.Object.Name })
	case write.Verb == controller.Delete:
		for _, pod := range write.Pods {
			if pod.Node == "" { // nobody has to stop it: it is gone at once
				w.pods.Remove(pod)
				continue
			}
			w.pods.Terminate(pod)
			w.live(pod)
		}
	case write.Object.Kind == "ControllerRevision":
		for i, r := range w.revisions {
			if r.Name == write.Object.Name {
				w.revisions[i] = r.DeepCopy()
				w.revisions[i].OwnerReferences = append(w.revisions[i].OwnerReferences, (&sync{ds: w.ds}).ownerReference())
			}
		}
	case write.Reason == controller.DuplicateRevision:
		_, hash, _ := strings.Cut(string(write.Patch), hashLabel+`":"`)
		hash, _, _ = strings.Cut(hash, `"`)
		w.replace(write.Pods[0], func(p *controller.Pod) {
			p.Labels = maps.Clone(p.Labels)
			p.Labels[hashLabel] = hash
		})
	case write.Reason == controller.AdoptOrphan:
		w.orphans = slices.DeleteFunc(w.orphans, func(p *controller.Pod) bool { return p == write.Pods[0] })
		w.pods.Add(write.Pods[0])
	case write.Reason == controller.ReleaseMismatch:
		w.strays = slices.DeleteFunc(w.strays, func(p *controller.Pod) bool { return p == write.Pods[0] })
	}
}

func (w *world) createPod(body *corev1.Pod, node string) {
	w.serial++
	pod := &controller.Pod{
		Name: fmt.Sprintf("log-%d", w.serial), UID: types.UID(fmt.Sprint(w.serial)), Node: node,
		Labels: body.Labels, CreatedAt: w.now.Truncate(time.Second),
	}
	w.images[pod.UID] = body.Spec.Containers[0].Image
	w.pods.Add(pod)
	w.live(pod)
}

func (w *world) storeRevision(verb controller.Verb, body *appsv1.ControllerRevision) {
	if verb == controller.Create {
		created := *body
		created.UID = types.UID("revision-" + body.Name)
		w.revisions = append(w.revisions, &created)
		return
	}
	for i, r := range w.revisions {
		if r.Name == body.Name {
			w.revisions[i] = body
		}
	}
}

func (w *world) tellWrite(write controller.Write) {
	what := write.Object.Name
	switch {
	case write.Object.Kind == "ControllerRevision":
	case write.Verb == controller.Create:
		what = "pods of " + w.ds.Spec.Template.Spec.Containers[0].Image + " on " + strings.Join(write.Nodes, " ")
	default:
		var nodes []string
		for _, pod := range write.Pods {
			nodes = append(nodes, nodeOf(pod))
		}
		what = "pods on " + strings.Join(nodes, " ")
	}
	text := fmt.Sprintf("%s %s (%s: %s)", write.Verb, what, write.Reason, write.Message)
	if write.Err != nil {
		text += fmt.Sprintf(": refused: %v", write.Err)
	}
	w.tell("%s", text)
}

func (w *world) tell(format string, values ...any) {
	w.trace = append(w.trace, fmt.Sprintf("%-5s %s", w.now.Sub(w.start), fmt.Sprintf(format, values...)))
}

// describePods names the pods by node: n1=2~ has one pod of web:2 that is not ready.
func (w *world) describePods() string {
	byNode := map[string][]string{}
	for _, pod := range w.pods.All() {
		byNode[nodeOf(pod)] = append(byNode[nodeOf(pod)], w.describe(pod))
	}
	var parts []string
	for _, node := range slices.Sorted(maps.Keys(byNode)) {
		parts = append(parts, node+"="+strings.Join(byNode[node], ","))
	}
	return "pods: " + cmp.Or(strings.Join(parts, " "), "none")
}

func (w *world) describe(pod *controller.Pod) string {
	_, text, _ := strings.Cut(w.images[pod.UID], ":")
	switch {
	case pod.Failed:
		text += "!"
	case pod.Phase == controller.Finished:
		text += "+"
	case !pod.Ready:
		text += "~"
	case w.now.Before(pod.ReadyAt.Add(time.Duration(w.ds.Spec.MinReadySeconds) * time.Second)):
		text += ">"
	}
	if pod.Node == "" {
		text += "?"
	}
	if pod.Terminating {
		text += "x"
	}
	return text
}

// describeFit says which nodes the DaemonSet is for.
func (w *world) describeFit() string {
	var lines []string
	for _, node := range w.nodes.All() {
		fit := FitOf(w.ds, node, w.profile)
		what := "no "
		switch {
		case fit.Should:
			what = "yes"
		case fit.Continue:
			what = "old"
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", node.Name, what, fit.Reason, fit.Message)))
	}
	return strings.Join(lines, "\n")
}

// ending says what the status says and what is waited for.
func (w *world) ending() string {
	s := w.ds.Status
	text := fmt.Sprintf("status: desired %d, current %d, misscheduled %d, ready %d, updated %d, available %d, unavailable %d",
		s.DesiredNumberScheduled, s.CurrentNumberScheduled, s.NumberMisscheduled, s.NumberReady,
		s.UpdatedNumberScheduled, s.NumberAvailable, s.NumberUnavailable)
	if Complete(w.ds) {
		text += "; complete"
	}
	if wait := w.decision.Waits; wait != nil {
		text += fmt.Sprintf("\nwaits for %s (%s: %s)", wait.Object.Name, wait.Reason, wait.Message)
	}
	return text
}
