package planner

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// size is what a ReplicaSet was scaled to.
type size struct {
	Set string
	To  int32
}

// replay is a recorded rollout with the change that started it.
type replay struct {
	name   string
	intent change.Intent // nil: change.yaml was applied
	never  bool          // new pods were broken
	// timed is set where several pods become ready at once in the plan and shortly
	// after each other in the recording: the plan then takes fewer, larger steps.
	timed bool
	// conflict is set where the real controller wrote the new ReplicaSet but met a
	// conflict writing its own status. When it tried again the ReplicaSet was there,
	// so it never said NewReplicaSetCreated, and Progressing kept its old message.
	conflict bool
}

// TestRecordings plans changes whose rollouts were recorded from a real control
// plane. Sizes are equal wherever timing does not decide them; how low and how
// high it went, what was created and deleted and the end are equal always.
func TestRecordings(t *testing.T) {
	for _, r := range []replay{
		{name: "dep-5-surge1-unavail0"},
		{name: "dep-5-surge0-unavail1"},
		{name: "dep-recreate", conflict: true},
		{name: "dep-scale-up", intent: change.Scale{Replicas: 8}},
		{name: "dep-undo", intent: change.Rollback{Revision: 1}},
		{name: "dep-broken-image", never: true},
		{name: "dep-10-quarter", timed: true},
		{name: "dep-3-surge1-unavail1", timed: true},
	} {
		t.Run(r.name, func(t *testing.T) {
			recording := readRecording(t, r.name)
			planned, end := r.plan(t, recording)
			r.compareSizes(t, recording, planned)
			compareExtremes(t, recording, planned)
			compareOutcome(t, recording, planned)
			r.compareEnd(t, recording.end, end)
		})
	}
}

// plan makes the plan, and returns the end of its simulation too.
func (r replay) plan(t *testing.T, from recording) (plan.Workload, simulate.Outcome) {
	t.Helper()
	intent := r.intent
	if intent == nil {
		intent = change.Manifest{Document: readManifest(t, filepath.Join(from.folder, "change.yaml"), from.state)}
	}
	ready, gone := 2*time.Second, time.Second
	request := Request{
		State:   from.state,
		Asks:    []Ask{{Ref: cluster.RefOf(from.state.Deployments[0]), Intent: intent}},
		Assume:  Assume{ReadyAfter: &ready, TerminateAfter: &gone, NeverReady: r.never},
		Now:     from.state.NewestTime(),
		Profile: kubeversion.Latest(),
		Pods:    true,
	}
	planned, err := Plan(request)
	if err != nil {
		t.Fatal(err)
	}
	edits, err := request.edits()
	if err != nil {
		t.Fatal(err)
	}
	config := request.simulation(edits, request.assume(edits)).config
	result, err := simulate.Run(request.only(edits), changesOf(edits), config)
	if err != nil {
		t.Fatal(err)
	}
	return planned.Workloads[0], result.Outcomes[0]
}

func (r replay) compareSizes(t *testing.T, from recording, planned plan.Workload) {
	t.Helper()
	var sizes []size
	for _, step := range planned.Steps {
		if step.To != nil {
			sizes = append(sizes, size{step.Object.Name, *step.To})
		}
	}
	if !r.timed {
		if diff := cmp.Diff(from.sizes(), sizes); diff != "" {
			t.Errorf("sizes of ReplicaSets (-recorded +planned):\n%s", diff)
		}
		return
	}
	for _, set := range setsIn(sizes) {
		if all, some := of(set, from.sizes()), of(set, sizes); !isSubsequence(some, all) {
			t.Errorf("sizes of %s: planned %v, recorded %v", set, some, all)
		}
	}
	for _, set := range setsIn(from.sizes()) {
		all, some := of(set, from.sizes()), of(set, sizes)
		if len(some) == 0 || some[len(some)-1] != all[len(all)-1] {
			t.Errorf("last size of %s: planned %v, recorded %v", set, some, all)
		}
	}
}

func setsIn(sizes []size) []string {
	var sets []string
	for _, s := range sizes {
		if !slices.Contains(sets, s.Set) {
			sets = append(sets, s.Set)
		}
	}
	return sets
}

func of(set string, sizes []size) []int32 {
	var own []int32
	for _, s := range sizes {
		if s.Set == set {
			own = append(own, s.To)
		}
	}
	return own
}

func isSubsequence(some, all []int32) bool {
	for _, n := range all {
		if len(some) > 0 && some[0] == n {
			some = some[1:]
		}
	}
	return len(some) == 0
}

func compareExtremes(t *testing.T, from recording, planned plan.Workload) {
	t.Helper()
	fewest, most := from.extremes()
	summary := planned.Summary
	if *summary.MinAvailable != fewest || summary.Floor > fewest {
		t.Errorf("lowest available %d, floor %d, recorded %d", *summary.MinAvailable, summary.Floor, fewest)
	}
	if summary.MaxTotal != most {
		t.Errorf("peak %d pods, recorded %d", summary.MaxTotal, most)
	}
	happened := map[timeline.Action]int{}
	for _, step := range planned.Steps {
		if step.Object.Kind == "Pod" {
			happened[step.Action]++
		}
	}
	for action, word := range map[timeline.Action]string{
		timeline.Create: "created", timeline.Ready: "ready", timeline.Delete: "deleted", timeline.Gone: "gone",
	} {
		if happened[action] != from.count(word) {
			t.Errorf("%d pods %s, recorded %d", happened[action], word, from.count(word))
		}
	}
}

// compareOutcome compares how it ended and when, but for the time that real
// machines take: 50 ms for each step of a chain.
func compareOutcome(t *testing.T, from recording, planned plan.Workload) {
	t.Helper()
	var last recorded
	for _, e := range from.events {
		if e.what != "progressing" {
			last = e
		}
	}
	took, err := time.ParseDuration(planned.Summary.Duration)
	if err != nil {
		t.Fatal(err)
	}
	if late := last.at - took; late < 0 || late > 500*time.Millisecond {
		t.Errorf("took %v, recorded %v", took, last.at)
	}
	end := from.events[len(from.events)-1]
	stalls := end.reason == "ProgressDeadlineExceeded"
	if (planned.Summary.Outcome == plan.Stalled) != stalls || !stalls && planned.Summary.Outcome != plan.Settled {
		t.Errorf("outcome %s, recorded %s", planned.Summary.Outcome, end.reason)
	}
	if !stalls {
		return
	}
	deadline, err := time.ParseDuration(planned.Summary.DeadlineAt)
	if err != nil || (end.at-deadline).Abs() > time.Second {
		t.Errorf("deadline at %v (%v), recorded %v", deadline, err, end.at)
	}
}

// compareEnd compares the objects at the end whole, but for what a plan cannot
// know: identities and instants. How many generations a ReplicaSet went through
// depends on timing where its sizes do.
func (r replay) compareEnd(t *testing.T, recorded *cluster.Snapshot, end simulate.Outcome) {
	t.Helper()
	ignored := []cmp.Option{
		cmpopts.EquateEmpty(),
		cmpopts.IgnoreTypes(metav1.Time{}),
		cmpopts.IgnoreFields(metav1.ObjectMeta{}, "UID", "ResourceVersion", "OwnerReferences", "ManagedFields"),
		cmpopts.IgnoreFields(metav1.TypeMeta{}, "APIVersion", "Kind"),
		cmpopts.IgnoreMapEntries(func(key, _ string) bool { return key == corev1.LastAppliedConfigAnnotation }),
		cmpopts.SortSlices(func(a, b appsv1.DeploymentCondition) bool { return a.Type < b.Type }),
		cmpopts.SortSlices(func(a, b *appsv1.ReplicaSet) bool { return strings.Compare(a.Name, b.Name) < 0 }),
	}
	if r.timed {
		ignored = append(ignored,
			cmpopts.IgnoreFields(appsv1.ReplicaSetStatus{}, "ObservedGeneration"),
			cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "ObjectMeta.Generation" }, cmp.Ignore()))
	}
	if r.conflict {
		ignored = append(ignored, cmpopts.IgnoreFields(appsv1.DeploymentCondition{}, "Message"))
	}
	if diff := cmp.Diff(recorded.Deployments[0], end.Deployment, ignored...); diff != "" {
		t.Errorf("the Deployment at the end (-recorded +planned):\n%s", diff)
	}
	if diff := cmp.Diff(recorded.ReplicaSets, end.ReplicaSets, ignored...); diff != "" {
		t.Errorf("the ReplicaSets at the end (-recorded +planned):\n%s", diff)
	}
}
