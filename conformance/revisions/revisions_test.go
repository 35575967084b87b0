package revisions

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/controller/history"
	"k8s.io/kubernetes/pkg/controller/statefulset"
	"k8s.io/utils/lru"

	"github.com/kubectl-workload/kubectl-workload/conformance/defaulting"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

const objects = 5_000

// tally counts what was met, since a comparison that is never made proves nothing.
type tally map[string]int

func TestRevisionsAreTheControllers(t *testing.T) {
	seed := defaulting.Seed(t)
	g := defaulting.NewGenerator(seed)
	dice := rand.New(rand.NewPCG(uint64(seed), 0))
	met := tally{}
	was := read(t, g.StatefulSet(), dice)
	for i := range objects {
		set := read(t, g.StatefulSet(), dice)
		ours, theirs := written(t, i, set)
		old, _ := written(t, i, was)
		latest := disguised(old, dice)
		if dice.IntN(2) == 0 {
			latest = disguised(ours, dice)
		}
		met.count("same data", same(t, i, theirs, latest))
		met.count("means the latest", means(t, i, set, ours, latest))
		met.count("restored", restored(t, i, set, latest))
		if t.Failed() {
			return
		}
		was = set
	}
	t.Log(met)
	for _, what := range []string{"same data", "means the latest", "restored"} {
		if met[what] < objects/20 || met["not: "+what] < objects/20 {
			t.Errorf("%s: yes %d times, no %d times: draw better ones", what, met[what], met["not: "+what])
		}
	}
}

func (m tally) count(what string, yes bool) {
	if !yes {
		what = "not: " + what
	}
	m[what]++
}

// read takes the way over the wire, to a controller. One in two has its defaults.
func read(t *testing.T, drawn *appsv1.StatefulSet, dice *rand.Rand) *appsv1.StatefulSet {
	t.Helper()
	if dice.IntN(2) == 0 {
		defaults.StatefulSet(drawn, kubeversion.Latest())
	}
	data, err := json.Marshal(drawn)
	if err != nil {
		t.Fatal(err)
	}
	set := &appsv1.StatefulSet{}
	if err := json.Unmarshal(data, set); err != nil {
		t.Fatal(err)
	}
	set.Name = strings.Repeat("n", 1+dice.IntN(300))
	set.UID = "u"
	if dice.IntN(3) > 0 {
		count := int32(dice.IntN(3))
		set.Status.CollisionCount = &count
	}
	return set
}

// written compares the revision of a set with the one that the controller writes.
func written(t *testing.T, i int, set *appsv1.StatefulSet) (ours, theirs *appsv1.ControllerRevision) {
	t.Helper()
	ours, err := revision.NewControllerRevision(set, 5, kubeversion.Latest())
	if err != nil {
		t.Fatal(err)
	}
	count := new(int32)
	if set.Status.CollisionCount != nil {
		count = set.Status.CollisionCount
	}
	theirs, err = newRevision(set, 5, count)
	if err != nil {
		t.Fatal(err)
	}
	// A request says kind and namespace beside the object.
	theirs.TypeMeta, theirs.Namespace = ours.TypeMeta, set.Namespace
	if !reflect.DeepEqual(ours, theirs) {
		t.Fatalf("object %d (-controller +ours):\n%s", i, cmp.Diff(theirs, ours))
	}
	return ours, theirs
}

// disguised is a revision as it may stand in a cluster: as it was written, or by an
// older version, or without something, or broken.
func disguised(r *appsv1.ControllerRevision, dice *rand.Rand) *appsv1.ControllerRevision {
	other := r.DeepCopy()
	text := string(r.Data.Raw)
	switch dice.IntN(8) {
	case 0:
		text = strings.Replace(text, `"metadata":{`, `"metadata":{"creationTimestamp":null,`, 1)
		text = strings.Replace(text, `null,}`, `null}`, 1)
	case 1:
		text = strings.Replace(text, `"dnsPolicy":"ClusterFirst",`, "", 1)
	case 2:
		text = strings.Replace(text, `"$patch":"replace",`, "", 1)
	case 3:
		text = strings.Replace(text, `{"spec":{`, `{"spec":{"replicas":3,`, 1)
	case 4:
		text = strings.Replace(text, `:{`, []string{`:[{`, ` : {`, `:{"x":1,`}[dice.IntN(3)], 1+dice.IntN(3))
	case 5:
		text = []string{"", "{}", "null", "[]", `{"spec":null}`, `{"spec":{"template":null}}`}[dice.IntN(6)]
	}
	other.Data = runtime.RawExtension{Raw: []byte(text)}
	return other
}

func same(t *testing.T, i int, a, b *appsv1.ControllerRevision) bool {
	t.Helper()
	want := history.EqualRevision(a, b)
	if got := revision.SameData(a, b); got != want {
		t.Errorf("object %d: same data %v, the controller says %v\n%s\n%s", i, got, want, a.Data.Raw, b.Data.Raw)
	}
	return want
}

func means(t *testing.T, i int, set *appsv1.StatefulSet, proposed, latest *appsv1.ControllerRevision) bool {
	t.Helper()
	want := setMatchesLatestExistingRevision(set.DeepCopy(), proposed, latest, lru.New(1))
	if got := revision.MeansLatest(set, proposed, latest, kubeversion.Latest()); got != want {
		t.Errorf("object %d: means the latest %v, the controller says %v\n%s\n%s", i, got, want, proposed.Data.Raw, latest.Data.Raw)
	}
	return want
}

func restored(t *testing.T, i int, set *appsv1.StatefulSet, from *appsv1.ControllerRevision) bool {
	t.Helper()
	want, failed := statefulset.ApplyRevision(set, from)
	got, err := revision.Restored(set, from)
	if (err == nil) != (failed == nil) {
		t.Errorf("object %d: restoring fails with %v, the controller's with %v\n%s", i, err, failed, from.Data.Raw)
	}
	if err == nil && failed == nil && !reflect.DeepEqual(got.Spec, want.Spec) {
		t.Errorf("object %d (-controller +ours):\n%s", i, cmp.Diff(want.Spec, got.Spec))
	}
	return failed == nil
}

func TestRevisionsAreInTheOrderOfTheControllers(t *testing.T) {
	dice := rand.New(rand.NewPCG(uint64(defaulting.Seed(t)), 0))
	for range 2_000 {
		var list []*appsv1.ControllerRevision
		for range dice.IntN(6) {
			list = append(list, &appsv1.ControllerRevision{
				ObjectMeta: metav1.ObjectMeta{
					Name:              string(rune('a' + dice.IntN(4))),
					CreationTimestamp: metav1.NewTime(time.Unix(int64(dice.IntN(2)), 0)),
				},
				Revision: int64(dice.IntN(4) - 1),
			})
		}
		ours := revision.Sorted(list)
		history.SortControllerRevisions(list)
		if !slices.Equal(ours, list) || revision.Next(ours) != nextRevision(list) {
			t.Fatalf("ours %v, next %d\ntheirs %v, next %d", ours, revision.Next(ours), list, nextRevision(list))
		}
	}
}
