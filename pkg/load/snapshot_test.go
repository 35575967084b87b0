package load

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"pgregory.net/rapid"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// stateIn is the state that files hold.
func stateIn(t testing.TB, files ...string) *cluster.Snapshot {
	t.Helper()
	documents, err := Documents(Input{Files: files, Recursive: true})
	if err != nil {
		t.Fatal(err)
	}
	state, _, err := State(documents, StateOptions{Profile: kubeversion.Latest()})
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func saved(t testing.TB, s *cluster.Snapshot, o SnapshotOptions) string {
	t.Helper()
	content, err := Snapshot(s, o)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// readBack saves a snapshot and reads the file.
func readBack(t testing.TB, content string) *cluster.Snapshot {
	t.Helper()
	file := filepath.Join(t.TempDir(), "state.yaml")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return stateIn(t, file)
}

func fromServer(s *cluster.Snapshot) *cluster.Snapshot {
	s.At = time.Date(2026, 1, 31, 14, 2, 11, 123456789, time.UTC)
	s.Version, s.Context = "v1.37.2", "prod-eu"
	s.Unread = []cluster.Unread{{Resource: "horizontalpodautoscalers.autoscaling", Why: "forbidden"}}
	s.Readiness = s.MeasureReadiness()
	return s
}

func TestASavedSnapshotReadsBackEqual(t *testing.T) {
	recordings, err := filepath.Glob("../../testdata/recordings/*/state.yaml")
	if err != nil || len(recordings) == 0 {
		t.Fatal(recordings, err)
	}
	for _, file := range append(recordings, "../../testdata/checkout/state.yaml") {
		want := fromServer(stateIn(t, file))
		content := saved(t, want, SnapshotOptions{})
		got := readBack(t, content)
		for _, pod := range want.Pods {
			pod.ManagedFields = nil
		}
		want.Others = slices.DeleteFunc(want.Others, func(other *unstructured.Unstructured) bool {
			return !isLookedAt(other.GroupVersionKind().GroupKind())
		})
		if len(want.Others) == 0 {
			want.Others = nil
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -saved +read back:\n%s", file, diff)
		}
		if again := saved(t, got, SnapshotOptions{}); again != content {
			t.Errorf("%s: saved again it is:\n%s", file, cmp.Diff(content, again))
		}
	}
}

func TestASnapshotOfFilesTellsOfNoServer(t *testing.T) {
	content := saved(t, stateIn(t, "../../testdata/pull-request/base"), SnapshotOptions{})
	for _, word := range []string{"readAt", "kubeVersion", "context"} {
		if strings.Contains(content, "\n"+word+":") {
			t.Errorf("%s is known of files:\n%s", word, content)
		}
	}
	if state := readBack(t, content); state.FromServer() || !state.At.IsZero() {
		t.Errorf("a server was asked at %s", state.At)
	}
}

// What nobody plans from is not in a snapshot: least of all the content of Secrets
// and ConfigMaps.
func TestASnapshotHasOnlyWhatAPlanLooksAt(t *testing.T) {
	content := saved(t, stateIn(t, "testdata/snapshot"), SnapshotOptions{})
	for _, word := range []string{"hunter2", "kind: Secret", "kind: ConfigMap", "kind: Service", "managedFields"} {
		if strings.Contains(content, word) {
			t.Errorf("the snapshot has %s", word)
		}
	}
	for _, word := range []string{"name: db-password", "kind: HorizontalPodAutoscaler", "last-applied-configuration"} {
		if !strings.Contains(content, word) {
			t.Errorf("the snapshot lacks %s", word)
		}
	}
}

func TestRedactionKeepsNamesAndWhatIsEqual(t *testing.T) {
	want := stateIn(t, "testdata/snapshot")
	content := saved(t, want, SnapshotOptions{RedactEnv: true})
	for _, value := range []string{"swordfish", "plain-1", "plain-2"} {
		if strings.Contains(content, value) {
			t.Errorf("the snapshot tells %s", value)
		}
	}
	state := readBack(t, content)
	env := func(template *corev1.PodTemplateSpec) []corev1.EnvVar { return template.Spec.Containers[0].Env }
	now := env(&state.Deployments[0].Spec.Template)
	if diff := cmp.Diff([]corev1.EnvVar{
		{Name: "PASSWORD", Value: "(redacted 1)"},
		{Name: "MODE", Value: "(redacted 2)"},
		{Name: "EMPTY"},
		{Name: "DB", ValueFrom: want.Deployments[0].Spec.Template.Spec.Containers[0].Env[3].ValueFrom},
	}, now); diff != "" {
		t.Error(diff)
	}
	old, current := env(&state.ReplicaSets[0].Spec.Template), env(&state.ReplicaSets[1].Spec.Template)
	if cmp.Diff(now, current) != "" || old[0] != now[0] || old[1].Value != "(redacted 3)" {
		t.Errorf("revisions that differ in MODE only:\n%v\n%v", old, current)
	}
	if !cluster.HasRedacted(&state.ReplicaSets[0].Spec.Template) || cluster.HasRedacted(&corev1.PodTemplateSpec{}) {
		t.Error("a template with redacted values is one whose hash is not known")
	}
	if again := saved(t, state, SnapshotOptions{RedactEnv: true}); again != content {
		t.Errorf("redacted again it is:\n%s", cmp.Diff(content, again))
	}
}

// A manifest that kubectl apply remembers has the same values.
func TestRedactionReachesWhatKubectlRemembers(t *testing.T) {
	state := readBack(t, saved(t, stateIn(t, "testdata/snapshot"), SnapshotOptions{RedactEnv: true}))
	applied := state.Deployments[0].Annotations[corev1.LastAppliedConfigAnnotation]
	for _, part := range []string{
		`{"name":"PASSWORD","value":"(redacted 1)"}`, `{"name":"MODE","value":"(redacted 2)"}`, `{"name":"EMPTY","value":""}`,
	} {
		if !strings.Contains(applied, part) {
			t.Errorf("%s lacks %s", applied, part)
		}
	}
	broken := newRedaction().lastApplied(`{"env": hunter2`)
	if broken != "(redacted 1)" {
		t.Errorf("what is no JSON becomes %s", broken)
	}
}

func TestABrokenHeaderIsNamedWithItsLine(t *testing.T) {
	const start = "apiVersion: kubectl-workload.github.io/v1alpha1\nkind: Snapshot\nmetadata: {name: snapshot}\n"
	for content, want := range map[string]string{
		start + "readAt: yesterday\n":                     `state.yaml:4: readAt "yesterday" is no instant`,
		start + "readiness:\n- {pods: 2, median: long}\n": `state.yaml:4: readiness: "long" is not a duration`,
		start + "readiness: 7\n":                          "state.yaml:1: is no snapshot: ",
		start + "---\n" + start:                           "state.yaml:5: is a second snapshot, beside the one at ",
		strings.Replace(start, "v1alpha1", "v2", 1):       "the snapshot is of a newer kubectl workload",
	} {
		t.Chdir(t.TempDir())
		if err := os.WriteFile("state.yaml", []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		documents, err := Documents(Input{Files: []string{"state.yaml"}})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = State(documents, StateOptions{Profile: kubeversion.Latest()})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestWhatCannotBeReadBackIsNotSaved(t *testing.T) {
	pod := &corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}}
	pod.Name, pod.Annotations = "large", map[string]string{"note": strings.Repeat("x", 1<<20)}
	state := &cluster.Snapshot{}
	for range maxFile>>20 + 1 {
		state.Pods = append(state.Pods, pod)
	}
	if content, err := Snapshot(state, SnapshotOptions{}); !errors.Is(err, ErrTooLarge) || content != nil {
		t.Errorf("%d bytes were saved: %v", len(content), err)
	}
}

// Whatever text a server stores, YAML gives it back.
func TestAnyTextReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		odd := rapid.SampledFrom([]string{"", "0x1F", "1e3", "null", "~", "no", "1_000", "0o7", ":", "- a", "a: b", "---\n",
			"x\n---\ny", " \n a", "#", "\u0085", "\u2028", "\ufeff", "\x01", "%TAG", "é", "2026-01-01", "1:30", "<<", "*a", "|\n", "\t", "\r\n"})
		text := rapid.Custom(func(t *rapid.T) string {
			return odd.Draw(t, "odd") + rapid.String().Draw(t, "any") + odd.Draw(t, "end")
		})
		pod := &corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}}
		pod.Name, pod.Namespace, pod.UID = "web", "shop", "1"
		pod.Annotations = rapid.MapOf(text, text).Draw(t, "annotations")
		content, err := Snapshot(&cluster.Snapshot{Pods: []*corev1.Pod{pod}}, SnapshotOptions{})
		if err != nil {
			t.Fatal(err)
		}
		documents, err := Documents(Input{Files: []string{"-"}, Stdin: strings.NewReader(string(content))})
		if err != nil {
			t.Fatalf("%v\n%s", err, content)
		}
		state, _, err := State(documents, StateOptions{Profile: kubeversion.Latest()})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(pod.Annotations, state.Pods[0].Annotations); len(pod.Annotations) > 0 && diff != "" {
			t.Fatalf("%s\n%s", diff, content)
		}
	})
}
