package render_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"
	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/render"
)

func TestTableGolden(t *testing.T) {
	for name, p := range goldenPlans() {
		for _, width := range []int{100, 80} {
			compare(t, fmt.Sprintf("%s_%d.txt", name, width), table(t, p, render.Options{Width: width}))
		}
	}
}

func TestWideGolden(t *testing.T) {
	plans := goldenPlans()
	for _, name := range []string{"rolling_cjk", "irregular_waves", "workloads_40", "stateful_scale"} {
		compare(t, name+"_wide.txt", table(t, plans[name], render.Options{Wide: true}))
	}
}

func TestColourGolden(t *testing.T) {
	plans := goldenPlans()
	for _, name := range []string{"rolling_update", "stall", "workloads_40"} {
		compare(t, name+"_color.txt", table(t, plans[name], render.Options{Color: true}))
	}
}

// Colour carries nothing: without its codes the text is that without colour.
func TestColourOnlyAddsCodes(t *testing.T) {
	for name, p := range goldenPlans() {
		coloured := table(t, p, render.Options{Color: true})
		for _, code := range []string{"0", "1", "1;31", "1;32", "1;33"} {
			coloured = strings.ReplaceAll(coloured, "\x1b["+code+"m", "")
		}
		if diff := cmp.Diff(table(t, p, render.Options{}), coloured); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestLinesFitAndEndClean(t *testing.T) {
	for name, p := range goldenPlans() {
		for _, width := range []int{60, 80, 100, 140} {
			for line := range strings.Lines(table(t, p, render.Options{Width: width})) {
				line = strings.TrimSuffix(line, "\n")
				if strings.HasSuffix(line, " ") {
					t.Errorf("%s at %d: trailing blank: %q", name, width, line)
				}
				if w := displaywidth.String(line); w > width && width >= 80 {
					t.Errorf("%s at %d: %d wide: %q", name, width, w, line)
				}
				if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f }) {
					t.Errorf("%s at %d: control character: %q", name, width, line)
				}
			}
		}
	}
}

// A plan read from a file lacks what is kept for rendering only.
func TestSparsePlansRender(t *testing.T) {
	var all []plan.Workload
	for _, verdict := range []plan.Verdict{"", plan.Rejected, plan.Create, plan.Delete, plan.Recreate,
		plan.OnDelete, plan.RollingUpdate, plan.Scale, plan.InPlace, plan.Continues, plan.NoChange} {
		for _, outcome := range []plan.Outcome{"", plan.Settled, plan.Held, plan.Stalled, plan.HorizonReached} {
			bare := plan.Workload{Verdict: verdict, Summary: plan.Summary{Outcome: outcome}}
			waving := bare
			waving.Waves = []plan.Wave{{}}
			all = append(all, bare, waving)
			table(t, live(bare), render.Options{})
			table(t, live(waving, bare), render.Options{Width: 1})
		}
	}
	table(t, live(all...), render.Options{Color: true})
}

func TestNameListsWhatChanges(t *testing.T) {
	var out bytes.Buffer
	p := live(rollingUpdate(), noChange("cache"), recreate(), continues())
	if err := render.Name(&out, p); err != nil {
		t.Fatal(err)
	}
	if want := "deployment.apps/web\ndeployment.apps/queue\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func BenchmarkListing(b *testing.B) {
	for _, count := range []int{1_000, 10_000} {
		p := guessed(many(count)...)
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			for b.Loop() {
				if err := render.Table(io.Discard, p, render.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func table(t *testing.T, p *plan.Plan, o render.Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := render.Table(&out, p, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// compare checks text against a golden file; UPDATE_GOLDEN=1 writes it.
func compare(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
