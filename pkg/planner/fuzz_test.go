package planner_test

import (
	"bytes"
	"io"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/load"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
	"github.com/kubectl-workload/kubectl-workload/pkg/render"
)

// fuzzedPods is the most pods of a fuzzed plan: what is larger only takes longer.
const fuzzedPods = 500

// FuzzPlan plans arbitrary manifests over an arbitrary state. There may be errors,
// but no panic, no endless run, and the same plan twice.
func FuzzPlan(f *testing.F) {
	for _, seed := range [][2]string{
		{"../../testdata/checkout/state.yaml", "../../testdata/checkout/change.yaml"},
		{"../../testdata/recordings/dep-3-surge2-unavail1/state.yaml", "../../testdata/recordings/dep-3-surge2-unavail1/state.yaml"},
		{"../../testdata/pull-request/base/storefront.yaml", "../../testdata/pull-request/head/storefront.yaml"},
		{"../../testdata/recordings/dep-undo/state.yaml", "../../testdata/recordings/dep-recreate/state.yaml"},
		{"../../testdata/database/stuck.yaml", "../../testdata/database/manifest.yaml"},
		{"../../testdata/recordings/sts-parallel/state.yaml", "../../testdata/recordings/sts-scale-down-when-scaled/state.yaml"},
	} {
		f.Add(contents(f, seed[0]), contents(f, seed[1]), uint8(0))
		f.Add(contents(f, seed[0]), []byte(nil), uint8(1))
		f.Add(contents(f, seed[0]), []byte(`{"spec":{"replicas":7}}`), uint8(2))
		f.Add(contents(f, seed[0]), []byte("x"), uint8(8))
	}
	f.Fuzz(func(t *testing.T, state, manifests []byte, kind uint8) {
		request, ok := fuzzedRequest(state, manifests, kind)
		if !ok {
			return
		}
		first, ok := fuzzedPlan(t, request)
		if second, _ := fuzzedPlan(t, request); ok && !bytes.Equal(first, second) {
			t.Errorf("two plans of one request differ:\n%s\n%s", first, second)
		}
	})
}

func contents(f *testing.F, file string) []byte {
	content, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	return content
}

func documents(content []byte) ([]cluster.Document, error) {
	return load.Documents(load.Input{Files: []string{"-"}, Stdin: bytes.NewReader(content)})
}

// fuzzedRequest asks for all manifests, or for one change to all workloads.
func fuzzedRequest(state, manifests []byte, kind uint8) (planner.Request, bool) {
	profile := kubeversion.Latest()
	r := planner.Request{Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Profile: profile, Pods: true, MostPods: fuzzedPods}
	found, err := documents(state)
	if err != nil {
		return r, false
	}
	r.State, _, err = load.State(found, load.StateOptions{Profile: profile})
	if err != nil {
		return r, false
	}
	if kind != 0 {
		for _, w := range r.State.Workloads() {
			r.Asks = append(r.Asks, planner.Ask{Ref: cluster.RefOf(w), Intent: fuzzedIntent(manifests, kind)})
		}
		return r, true
	}
	written, err := documents(manifests)
	if err != nil {
		return r, false
	}
	written, _, err = load.Manifests(written, load.ManifestOptions{Default: load.OnlyNamespace(r.State)})
	for _, d := range written {
		ref := cluster.RefOf(d.Object)
		if slices.Contains([]string{"Deployment", "StatefulSet", "ReplicaSet"}, ref.Kind) {
			r.Asks = append(r.Asks, planner.Ask{Ref: ref, Intent: change.Manifest{Document: d}})
		}
	}
	return r, err == nil
}

func fuzzedIntent(text []byte, kind uint8) change.Intent {
	switch kind % 9 {
	case 1:
		return change.Restart{}
	case 2:
		return change.Patch{Text: string(text)}
	case 3:
		return change.Image{Container: "*", Image: string(text)}
	case 4:
		return change.Scale{Replicas: int32(len(text))}
	case 5:
		return change.Rollback{Revision: int64(len(text) % 4)}
	case 6:
		return change.Pause{}
	case 7:
		return change.Resume{}
	case 8:
		return change.Combine(change.Image{Container: "*", Image: "new"}, change.Partition(len(text)%5))
	}
	return nil
}

// fuzzedPlan makes the plan and shows it in every way.
func fuzzedPlan(t *testing.T, request planner.Request) ([]byte, bool) {
	t.Helper()
	p, err := planner.Plan(request)
	if err != nil {
		return nil, false
	}
	var encoded bytes.Buffer
	if err := plan.EncodeJSON(&encoded, p); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{80, 100} {
		if err := render.Table(io.Discard, p, render.Options{Width: width}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := plan.Decode(bytes.NewReader(encoded.Bytes())); err != nil {
		t.Errorf("a plan cannot be read again: %v", err)
	}
	return encoded.Bytes(), true
}
