package plan_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	yaml3 "go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

func number(n int32) *int32 { return &n }

// example has a value in every field that is encoded.
func example() *plan.Plan {
	ref := cluster.Ref{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "web"}
	write := plan.Write{Index: 1, Verb: "Patch", PatchType: "application/merge-patch+json", Ref: ref,
		Body: map[string]any{"spec": map[string]any{"replicas": int64(10), "paused": false,
			"args": []any{"--x", "", []any{"y"}, []any{}, map[string]any{}, nil, 1.5}}},
		Precondition: &plan.Precondition{UID: "1-2", Generation: 4}}
	step := plan.Step{Index: 1, At: "0s", Actor: timeline.DeploymentController, Action: timeline.Scale,
		Object: plan.StepObject{Kind: "ReplicaSet", Namespace: "shop", Name: "web-<new>", Predicted: true},
		From:   number(5), To: number(7), Reason: "SurgeAllowed",
		Message: "10 pods exist, 13 allowed (10 replicas + maxSurge 3)",
		State:   timeline.State{Desired: 10, Total: 13, Updated: 3, Ready: 10, Available: 10}}
	pod := step
	pod.Index, pod.At, pod.From, pod.To, pod.Action = 2, "12.000000001s", nil, nil, timeline.Ready
	return &plan.Plan{
		APIVersion: plan.APIVersion, Kind: plan.Kind,
		Source: plan.Source{Mode: "live", KubeVersion: "v1.37.2", Context: "prod-eu",
			ReadAt: "2026-11-21T14:02:11Z"},
		Writes: []plan.Write{write}, OnFailure: []plan.Write{write},
		Summary:     plan.Totals{Outcome: plan.Settled, Restarts: 10, MaxPods: 18},
		Assumptions: []plan.Assumption{{Name: "readyAfter", Value: "12s", From: "measured", Note: "10 pods: 9-21s"}},
		Workloads: []plan.Workload{{Ref: ref, Verdict: plan.RollingUpdate, Restarts: 10,
			Changes: []plan.Change{{Path: `containers[name="web"].image`, From: "web:1", To: "web:2"},
				{Path: "spec.minReadySeconds", To: int64(0)}},
			Pods: []plan.Pod{
				{Name: "db-0", Action: plan.PodKept},
				{Name: "db-1", Ordinal: 1, DNS: "db-1.db.shop.svc", Action: plan.PodRestarted, At: "0s", Revision: "db-2", From: "db-1",
					Claims: []plan.Claim{{Name: "data-db-1", Action: plan.ClaimKept}}}},
			Steps: []plan.Step{step, pod},
			Summary: plan.Summary{Outcome: plan.Settled, Duration: "24s", Steps: 2, Floor: 8,
				MinAvailable: number(0), MaxUnavailable: 2, MaxTotal: 13, MaxPods: 18, Cause: "c: d", DeadlineAt: "10m0s"},
			Findings: []plan.Finding{{Rule: "quota", Severity: plan.Warning, Message: "no", At: "12s", Object: &ref}},
		}},
		Notes: []string{"# a note", "x"},
	}
}

func TestEncodeGolden(t *testing.T) {
	compare(t, "plan.json", encoded(t, plan.EncodeJSON, example()))
	compare(t, "plan.yaml", encoded(t, plan.EncodeYAML, example()))
}

// The stream writes the same document as encoding/json, but for empty lists.
func TestStreamEqualsLibrary(t *testing.T) {
	var want, got any
	library, err := json.Marshal(example())
	if err != nil {
		t.Fatal(err)
	}
	must(t, json.Unmarshal(library, &want))
	must(t, json.Unmarshal([]byte(encoded(t, plan.EncodeJSON, example())), &got))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeRoundTrips(t *testing.T) {
	for _, encode := range []encoder{plan.EncodeJSON, plan.EncodeYAML} {
		text := encoded(t, encode, example())
		p, err := plan.Decode(strings.NewReader(text))
		must(t, err)
		if diff := cmp.Diff(example(), p); diff != "" {
			t.Error(diff)
		}
		if again := encoded(t, encode, p); again != text {
			t.Error(cmp.Diff(text, again))
		}
	}
}

func TestEmptyListsAreNotNull(t *testing.T) {
	p := &plan.Plan{APIVersion: plan.APIVersion, Kind: plan.Kind, Workloads: []plan.Workload{{}}}
	for _, encode := range []encoder{plan.EncodeJSON, plan.EncodeYAML} {
		if text := encoded(t, encode, p); strings.Contains(text, "null") {
			t.Errorf("null in:\n%s", text)
		}
	}
}

func TestDecodeIsStrict(t *testing.T) {
	header := "apiVersion: " + plan.APIVersion + "\nkind: Plan\n"
	tests := map[string]string{
		header + "sumary: {}\n":                 `reading the plan: unknown field "sumary"`,
		header + "notes: []\nnotes: []\n":       `reading the plan: yaml: unmarshal errors: line 4: key "notes" already set in map`,
		"apiVersion: v1\nkind: List\n":          `this is "List" of "v1", not a Plan of`,
		"":                                      `this is "" of "", not a Plan of`,
		`{"kind": "Plan", "kind": 1`:            `reading the plan: `,
		header + "workloads: [{verdict: {}}]\n": `reading the plan: json: cannot unmarshal object`,
		`{"apiVersion":"` + plan.APIVersion + `","kind":"Plan","notes":[],"notes":[]}`: `duplicate field "notes"`,
	}
	for text, want := range tests {
		_, err := plan.Decode(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// Whatever a string holds, two YAML readers return it.
func TestYAMLStringsSurvive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(rapid.String(), rapid.StringMatching(`[-+.~0-9a-zA-Z:# ,'"{}\[\]&*!|>%@=_]{0,8}`),
			rapid.SampledFrom([]string{"no", "NULL", "1e3s", "0x1s", "~", "12s", "1:30", "2026-11-21", "-", "? x", "= x", "<<", "="}))
		written := word.Draw(t, "word")
		body := map[string]any{word.Draw(t, "key"): []any{written, map[string]any{"a": written}}}
		p := &plan.Plan{Notes: []string{written}, Writes: []plan.Write{{Body: body}}}
		var out bytes.Buffer
		if err := plan.EncodeYAML(&out, p); err != nil {
			t.Fatal(err)
		}
		for name, read := range map[string]func([]byte, any) error{
			"yaml3": yaml3.Unmarshal,
			"sigs":  func(text []byte, to any) error { return yaml.Unmarshal(text, to) },
		} {
			var back struct {
				Notes  []string
				Writes []struct{ Body map[string]any }
			}
			if err := read(out.Bytes(), &back); err != nil {
				t.Fatalf("%s: %v\n%s", name, err, out.String())
			}
			if diff := cmp.Diff(body, back.Writes[0].Body); diff != "" || back.Notes[0] != written {
				t.Fatalf("%s: %q became %q\n%s%s", name, written, back.Notes[0], diff, out.String())
			}
		}
	})
}

func TestDurations(t *testing.T) {
	tests := []struct {
		d           time.Duration
		long, short string
	}{
		{0, "0s", "0s"},
		{1234567, "1ms", "1ms"},
		{1500 * time.Millisecond, "1.5s", "1.5s"},
		{59*time.Second + 970*time.Millisecond, "1m0s", "1m"},
		{150*time.Second + 4321, "2m30s", "2m30s"},
		{10 * time.Minute, "10m0s", "10m"},
		{time.Hour, "1h0m0s", "1h"},
		{time.Hour + 20*time.Second, "1h0m20s", "1h0m20s"},
		{50 * time.Hour, "50h0m0s", "2d2h"},
	}
	for _, test := range tests {
		if long := plan.FormatDuration(test.d); long != test.long {
			t.Errorf("%d: %s, want %s", test.d, long, test.long)
		}
		if short := plan.ShortDuration(test.d); short != test.short {
			t.Errorf("%d: %s, want %s", test.d, short, test.short)
		}
	}
}

func BenchmarkEncode750kSteps(b *testing.B) {
	p := example()
	step := p.Workloads[0].Steps[0]
	p.Workloads[0].Steps = make([]plan.Step, 750_000)
	for i := range p.Workloads[0].Steps {
		p.Workloads[0].Steps[i] = step
	}
	for name, encode := range map[string]encoder{"json": plan.EncodeJSON, "yaml": plan.EncodeYAML} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := encode(io.Discard, p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

type encoder func(io.Writer, *plan.Plan) error

func encoded(t *testing.T, encode encoder, p *plan.Plan) string {
	t.Helper()
	var out bytes.Buffer
	must(t, encode(&out, p))
	return out.String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// compare checks text against a golden file; UPDATE_GOLDEN=1 writes it.
func compare(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		must(t, os.WriteFile(path, []byte(text), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
