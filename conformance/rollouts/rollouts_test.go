package rollouts

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// In every world the simulation rolls out exactly as the real controllers do.
func TestRollouts(t *testing.T) {
	seed, one := number(t, "SEED", fixedSeed), os.Getenv("ONE") != ""
	if one {
		runOne(t, Draw(seed, number(t, "ONE", 0)))
		return
	}
	count := number(t, "ROLLOUTS", 500)
	t.Logf("SEED=%d ROLLOUTS=%d", seed, count)
	seen := inParallel(t, count, func(t *testing.T, index uint64) ways {
		w := Draw(seed, index)
		start, real, _, difference := check(t, w)
		if difference != "" {
			t.Errorf("%v\n%s", w, difference)
		}
		return waysOf(w, start, real)
	})
	seen.expect(t, ofComplete(seed, count, expectedWays()))
}

// ofComplete is what is expected of a run if it is a complete one.
func ofComplete(seed, count uint64, ways []string) []string {
	if seed != fixedSeed || count < 500 {
		return nil
	}
	return ways
}

// Where the real controllers race, as they do in a cluster, they mostly do exactly
// the same, never leave the bounds, and come out at the same end.
func TestRacing(t *testing.T) {
	seed, count := number(t, "SEED", fixedSeed), number(t, "ROLLOUTS", 500)/4
	t.Logf("SEED=%d, %d worlds", seed, count)
	seen := inParallel(t, count, func(t *testing.T, index uint64) ways {
		w := Draw(seed, index)
		w.Racing = true
		start, real, ours, difference := check(t, w)
		switch {
		case start.unusable != "":
			return ways{"of no use": 1}
		case difference == "":
			return ways{"the same": 1}
		case len(start.dealt.unknown) > 0:
			// The latencies of pods that the real controllers skipped are not known.
			return ways{"pods skipped": 1}
		}
		if wrong := compareEnds(real, ours) + start.checkBounds(real.journal.entries); wrong != "" {
			t.Errorf("RACING=1 %v\n%s", w, wrong)
		}
		return ways{"the same end": 1}
	})
	t.Log(seen)
	if same := uint64(seen["the same"]); same*100 < count*90 {
		t.Errorf("only %d of %d rollouts are the same in all", same, count)
	}
}

// The worked examples come out as documented, on both sides.
func TestScenarios(t *testing.T) {
	for _, s := range append(Scenarios(), StatefulScenarios()...) {
		t.Run(s.Name, func(t *testing.T) {
			setGates(t, s.Gates)
			start, real, ours, difference := check(t, &s.World)
			if start.unusable != "" || difference != "" {
				t.Fatal(start.unusable, difference, "real:\n", real.journal.text(), "ours:\n", ours.journal.text())
			}
			lines := linesOf(start, real)
			begins := func(with string) bool {
				return slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, with) })
			}
			for _, line := range s.has {
				if !begins(line) {
					t.Errorf("%q is not among\n%s", line, strings.Join(lines, "\n"))
				}
			}
			for _, line := range s.lack {
				if begins(line) {
					t.Errorf("%q is among\n%s", line, strings.Join(lines, "\n"))
				}
			}
		})
	}
}

// linesOf is what happened in a rollout, with images in place of the names of
// ReplicaSets and revisions.
func linesOf(start starting, real rollout) []string {
	var names []string
	for _, state := range []*cluster.Snapshot{start.state, real.end} {
		for _, rs := range state.ReplicaSets {
			names = append(names, rs.Name, rs.Spec.Template.Spec.Containers[0].Image)
		}
		for _, revision := range state.Revisions {
			names = append(names, revision.Name, imageOf(revision))
		}
	}
	lines := append(sizesOf(real.journal.entries), podsOf(real.journal.entries)...)
	for i := range lines {
		lines[i] = strings.NewReplacer(names...).Replace(lines[i])
	}
	return lines
}

// imageOf is the image in the data of a revision.
func imageOf(revision *appsv1.ControllerRevision) string {
	set := &appsv1.StatefulSet{}
	if err := json.Unmarshal(revision.Data.Raw, set); err != nil {
		panic(err)
	}
	return set.Spec.Template.Spec.Containers[0].Image
}

func runOne(t *testing.T, w *World) {
	w.Racing = os.Getenv("RACING") != ""
	start, real, ours, difference := check(t, w)
	t.Logf("%v\n%s", w, start.unusable)
	t.Logf("state:\n%s", strings.Join(stateOf(start.state), "\n"))
	for _, pod := range start.state.Pods {
		t.Logf("%s created %s, ready %v, deleting %v", pod.Name, second(pod.CreationTimestamp),
			isReady(pod), pod.DeletionTimestamp != nil)
	}
	t.Logf("changed at %v to %s", start.now.UTC().Format("15:04:05.000"), flat(start.after))
	t.Logf("real:\n%s\nours:\n%s", real.journal.text(), ours.journal.text())
	if difference != "" {
		t.Error(difference)
	}
}
