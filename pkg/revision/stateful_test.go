package revision

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// statefulSet is the one of testdata/recordings/sts-3-ordered with an image.
func statefulSet(image string) *appsv1.StatefulSet {
	set := &appsv1.StatefulSet{
		ObjectMeta: metav1.ObjectMeta{Name: "db", Namespace: "shop", UID: "u"},
		Spec: appsv1.StatefulSetSpec{
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "db"}},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "db"}},
				Spec: corev1.PodSpec{Containers: []corev1.Container{{
					Name: "main", Image: image, Ports: []corev1.ContainerPort{{ContainerPort: 80}},
				}}},
			},
		},
	}
	defaults.StatefulSet(set, kubeversion.Latest())
	return set
}

// recordedAs is the revision of the set with an image, as the controller wrote it.
func recordedAs(t *testing.T, image string, number int64) *appsv1.ControllerRevision {
	t.Helper()
	r, err := NewControllerRevision(statefulSet(image), number, kubeversion.Latest())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func version(t *testing.T, text, gates string) kubeversion.Profile {
	t.Helper()
	parsed, err := kubeversion.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	profile, err := kubeversion.NewProfile(parsed).WithGates(gates)
	if err != nil {
		t.Fatal(err)
	}
	return profile
}

// The names are those that a Kubernetes 1.37.0 control plane gave; see
// testdata/recordings.
func TestControllerRevisionHasTheRecordedName(t *testing.T) {
	for image, want := range map[string]string{
		"registry.example/db:1": "db-5d64d64cdd",
		"registry.example/db:2": "db-65848bd9ff",
	} {
		r := recordedAs(t, image, 1)
		if r.Name != want || r.Labels[DataHashLabel] != strings.TrimPrefix(want, "db-") {
			t.Errorf("%s: got %s with the labels %v, recorded was %s", image, r.Name, r.Labels, want)
		}
	}
}

func TestControllerRevisionHasWhatItsSetHas(t *testing.T) {
	set := statefulSet("db:1")
	set.Annotations = map[string]string{ChangeCauseAnnotation: "first"}
	r, err := NewControllerRevision(set, 7, kubeversion.Latest())
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	hash := r.Labels[DataHashLabel]
	want := &appsv1.ControllerRevision{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ControllerRevision"},
		ObjectMeta: metav1.ObjectMeta{
			Name: "db-" + hash, Namespace: "shop",
			Labels:      map[string]string{"app": "db", DataHashLabel: hash},
			Annotations: map[string]string{ChangeCauseAnnotation: "first"},
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: "apps/v1", Kind: "StatefulSet", Name: "db", UID: "u",
				Controller: &yes, BlockOwnerDeletion: &yes,
			}},
		},
		Data:     runtime.RawExtension{Raw: r.Data.Raw},
		Revision: 7,
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
	if len(set.Spec.Template.Labels) != 1 {
		t.Error("the labels of the template were changed")
	}
}

// The expected bytes were written with k8s.io/api v0.29.6, v0.33.13, v0.34.4 and v0.37.2:
// the first two agree, and so do the others.
func TestDataIsWrittenAsTheVersionWritesIt(t *testing.T) {
	for template, want := range map[string]string{
		`{"metadata":{"labels":{"app":"db"}},"spec":{"containers":[{"name":"main","image":"db:1"}]}}`: `{"$patch":"replace","metadata":{ZERO"labels":{"app":"db"}},` +
			`"spec":{"containers":[{"image":"db:1","name":"main","resources":{}}]}}`,
		`{}`: `{"$patch":"replace","metadata":{ZERO},"spec":{"containers":null}}`,
		`{"metadata":{"annotations":{"a":"x < y & z"}},"spec":{"terminationGracePeriodSeconds":9007199254740993,
			"volumes":[{"name":"s","ephemeral":{"volumeClaimTemplate":{"spec":{}}}},{"name":"e","ephemeral":{}}]}}`: `{"$patch":"replace","metadata":{"annotations":{"a":"x \u003c y \u0026 z"},ZERO},` +
			`"spec":{"containers":null,"terminationGracePeriodSeconds":9007199254740992,` +
			`"volumes":[{"ephemeral":{"volumeClaimTemplate":{"metadata":{ZERO},"spec":{"resources":{}}}},"name":"s"},` +
			`{"ephemeral":{},"name":"e"}]}}`,
	} {
		var decoded corev1.PodTemplateSpec
		if err := json.Unmarshal([]byte(template), &decoded); err != nil {
			t.Fatal(err)
		}
		for text, zero := range map[string]string{
			"1.29.6": `"creationTimestamp":null,`, "1.33.13": `"creationTimestamp":null,`, "1.34.0": "", "1.37.0": "",
		} {
			expected := strings.NewReplacer("ZERO}", strings.TrimSuffix(zero, ",")+"}", "ZERO", zero, ",ZERO}", strings.TrimSuffix(","+zero, ",")+"}").
				Replace(`{"spec":{"template":` + want + `}}`)
			got, err := Data(&decoded, version(t, text, ""))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != expected {
				t.Errorf("%s: got\n%s\nwant\n%s", text, got, expected)
			}
		}
	}
}

func TestNameChangesWithTheCollisionsAndIsCut(t *testing.T) {
	data := []byte("{}")
	if DataHash(data, 0) == DataHash(data, 1) {
		t.Error("a collision does not change the hash")
	}
	if got := DataName(strings.Repeat("d", 230), "abc"); len(got) != 227 || !strings.HasSuffix(got, "d-abc") {
		t.Errorf("got %s", got)
	}
}

func TestControllerRevisionsAreSortedByRevisionThenAgeThenName(t *testing.T) {
	numbered := func(name string, number int64, minute int) *appsv1.ControllerRevision {
		return &appsv1.ControllerRevision{
			ObjectMeta: metav1.ObjectMeta{Name: name, CreationTimestamp: metav1.NewTime(time.Unix(int64(60*minute), 0))},
			Revision:   number,
		}
	}
	given := []*appsv1.ControllerRevision{
		numbered("d", 3, 0), numbered("c", 2, 1), numbered("b", 2, 1), numbered("a", 2, 2), numbered("e", 1, 9),
	}
	var got []string
	for _, r := range Sorted(given) {
		got = append(got, r.Name)
	}
	if fmt.Sprint(got) != "[e b c a d]" {
		t.Error(got)
	}
	if given[0].Name != "d" {
		t.Error("the argument was sorted")
	}
	if Next(nil) != 1 || Next(Sorted(given)) != 4 {
		t.Errorf("next of none is %d, of these %d", Next(nil), Next(Sorted(given)))
	}
}

func TestSameDataIsBytes(t *testing.T) {
	one, two := recordedAs(t, "db:1", 1), recordedAs(t, "db:2", 2)
	again := recordedAs(t, "db:1", 3)
	if !SameData(one, again) || SameData(one, two) {
		t.Error("equal data is not the same, or other data is")
	}
	if got := LastSame([]*appsv1.ControllerRevision{one, two, again}, one); got != again {
		t.Errorf("the last same is %s, revision %d", got.Name, got.Revision)
	}
	if LastSame([]*appsv1.ControllerRevision{two}, one) != nil {
		t.Error("other data is the same")
	}
}

func TestRestoredTakesOnlyTheTemplate(t *testing.T) {
	set := statefulSet("db:2")
	size := int32(5)
	set.Spec.Replicas = &size
	restored, err := Restored(set, recordedAs(t, "db:1", 1))
	if err != nil {
		t.Fatal(err)
	}
	want := set.DeepCopy()
	want.Spec.Template = statefulSet("db:1").Spec.Template
	if diff := cmp.Diff(want, restored); diff != "" {
		t.Error(diff)
	}
	if set.Spec.Template.Spec.Containers[0].Image != "db:2" {
		t.Error("the set was changed")
	}
}

// Nobody but a controller writes data like these; what becomes of a set is decided
// by the same merge.
func TestRestoredAppliesAnyPatch(t *testing.T) {
	for data, want := range map[string]string{
		`{}`:                      "5 db:2",
		`{"spec":{"replicas":3}}`: "3 db:2",
		`{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"db:9"}]}}}}`:                                              "5 db:9",
		`{"spec":{"template":{"$patch":"replace","spec":{"containers":[{"name":"main","image":"db:8"}]}},"replicas":2}}`:              "2 db:8",
		`{"spec":{"template":{"$patch":"replace","metadata":{"creationTimestamp":null},"spec":{"containers":[{"image":"db:7"}]}}}}`:   "5 db:7",
		` {"spec": {"template": {"$patch": "replace", "metadata": {}, "spec": {"containers": [{"name": "main", "image": "db:6"}]}}}}`: "5 db:6",
		`{"spec":{"template":{"$patch":"replace","spec":{"containers":[{"image":"db:5","ports":[{"containerPort":80.0}]}]}}}}`:        "5 db:5",
		`[]`:   "error",
		`null`: "5 db:2",
		``:     "error",
		`{"spec":{"template":{"$patch":"replace","spec":{"containers":"none"}}}}`: "error",
	} {
		set := statefulSet("db:2")
		size := int32(5)
		set.Spec.Replicas = &size
		restored, err := Restored(set, &appsv1.ControllerRevision{Data: runtime.RawExtension{Raw: []byte(data)}})
		got := "error"
		if err == nil {
			got = fmt.Sprint(*restored.Spec.Replicas, " ", restored.Spec.Template.Spec.Containers[0].Image)
		}
		if got != want {
			t.Errorf("%s: got %s (%v), want %s", data, got, err, want)
		}
	}
}

func TestLatestMeansTheSameOnceItIsWrittenAsToday(t *testing.T) {
	set := statefulSet("db:1")
	asOf := func(text string) *appsv1.ControllerRevision {
		r, err := NewControllerRevision(set, 1, version(t, text, ""))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	bare := set.DeepCopy()
	bare.Spec.Template.Spec.DNSPolicy = ""
	withoutDefault, err := NewControllerRevision(bare, 1, kubeversion.Latest())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, version, gates string
		latest               *appsv1.ControllerRevision
		want                 bool
	}{
		{"written by 1.33", "1.34.2", "", asOf("1.33.0"), true},
		{"written by 1.33", "1.34.1", "", asOf("1.33.0"), false},
		{"written by 1.33", "1.37", "StatefulSetSemanticRevisionComparison=false", asOf("1.33.0"), false},
		{"a default is missing", "1.37", "", withoutDefault, true},
		{"another image", "1.37", "", recordedAs(t, "db:2", 1), false},
		{"broken", "1.37", "", &appsv1.ControllerRevision{Data: runtime.RawExtension{Raw: []byte("[")}}, false},
	} {
		profile := version(t, c.version, c.gates)
		proposed, err := NewControllerRevision(set, 2, profile)
		if err != nil {
			t.Fatal(err)
		}
		if got := MeansLatest(set, proposed, c.latest, profile); got != c.want {
			t.Errorf("%s, %s %s: %v", c.what, c.version, c.gates, got)
		}
	}
}

func threeRecorded(t *testing.T) []*appsv1.ControllerRevision {
	return []*appsv1.ControllerRevision{
		recordedAs(t, "db:3", 3), recordedAs(t, "db:1", 1), recordedAs(t, "db:2", 2),
	}
}

func TestHistoryOfAStatefulSetHoldsWhatItControls(t *testing.T) {
	revisions := threeRecorded(t)
	revisions[1].Annotations[ChangeCauseAnnotation] = "first"
	foreign, unselected, elsewhere := recordedAs(t, "db:9", 9), recordedAs(t, "db:8", 8), recordedAs(t, "db:7", 7)
	foreign.OwnerReferences[0].UID = "other"
	unselected.Labels = map[string]string{"app": "else"}
	elsewhere.Namespace = "else"
	entries := OfStatefulSet(statefulSet("db:3"), append(revisions, foreign, unselected, elsewhere))
	var got []int64
	for _, e := range entries {
		got = append(got, e.Number)
	}
	if !slices.Equal(got, []int64{1, 2, 3}) {
		t.Fatal(got)
	}
	if entries[0].ChangeCause != "first" || entries[0].ControllerRevision != revisions[1] {
		t.Errorf("got %+v", entries[0])
	}
}

func TestRollbackOfAStatefulSetFindsTheRevision(t *testing.T) {
	for _, c := range []struct{ number, want int64 }{{0, 2}, {1, 1}, {2, 2}, {3, 3}} {
		undo, err := RollbackStatefulSet(statefulSet("db:3"), threeRecorded(t), c.number, kubeversion.Latest())
		if err != nil {
			t.Fatal(err)
		}
		image := undo.Restored.Spec.Template.Spec.Containers[0].Image
		if undo.Number != c.want || undo.Skipped != (c.want == 3) || image != fmt.Sprint("db:", c.want) {
			t.Errorf("revision %d: got %d with %s, skipped %v", c.number, undo.Number, image, undo.Skipped)
		}
	}
}

func TestRollbackOfAStatefulSetRefuses(t *testing.T) {
	for _, c := range []struct {
		revisions []*appsv1.ControllerRevision
		number    int64
		want      string
	}{
		{threeRecorded(t), 7, "statefulset/db has no revision 7: it has 1, 2, 3"},
		{threeRecorded(t), -1, "statefulset/db has no revision -1: it has 1, 2, 3"},
		{threeRecorded(t)[:1], 0, "statefulset/db has no previous revision: it has 3"},
		{nil, 1, "statefulset/db has no revision 1: the state holds no ControllerRevision of it with a revision"},
	} {
		_, err := RollbackStatefulSet(statefulSet("db:3"), c.revisions, c.number, kubeversion.Latest())
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	broken := recordedAs(t, "db:1", 1)
	broken.Data.Raw = []byte("[")
	_, err := RollbackStatefulSet(statefulSet("db:3"), []*appsv1.ControllerRevision{broken}, 1, kubeversion.Latest())
	if err == nil || !strings.Contains(err.Error(), "reading controllerrevision/") {
		t.Errorf("got %v", err)
	}
}

func BenchmarkRestored(b *testing.B) {
	set := statefulSet("db:1")
	r, err := NewControllerRevision(set, 1, kubeversion.Latest())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		_, _ = Restored(set, r)
	}
}

func BenchmarkData(b *testing.B) {
	set := statefulSet("db:1")
	for b.Loop() {
		_, _ = Data(&set.Spec.Template, kubeversion.Latest())
	}
}
