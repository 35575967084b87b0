package recording_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
)

const (
	recordings = "../../testdata/recordings"
	page       = "../../docs/fidelity.md"
	// The table of the page stands between these lines.
	tableBegins = "<!-- TestRecordings writes this table: make golden -->\n"
	tableEnds   = "<!-- end of the table -->\n"
)

// TestRecordings replays rollouts that a real control plane did, both ways: each
// recorded write of a controller is what Decide says on something that the
// controller could have seen, and a simulation with the recorded readiness of pods
// comes to the same sizes, pods and end. docs/fidelity.md shows what was compared;
// UPDATE_GOLDEN=1 writes that table.
func TestRecordings(t *testing.T) {
	all, err := recording.ReadAll(recordings)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 60 {
		t.Fatalf("only %d recordings", len(all))
	}
	var table strings.Builder
	table.WriteString(header)
	for _, r := range all {
		t.Run(r.Name, func(t *testing.T) {
			table.WriteString(replay(t, historyOf(r)).row(r))
		})
	}
	comparePage(t, table.String())
}

// result is what the replay of one recording compared.
type result struct {
	byWorkload, byReplicaSets int // writes of the two controllers
	conflicts                 int
	sizes, skipped            int
	pods                      int // of a StatefulSet or a DaemonSet, how many came and went
	differences               []string
}

func replay(t *testing.T, h *history) result {
	switch {
	case len(h.State.StatefulSets) > 0:
		return replayWhole(t, h, h.statefulSetSyncs())
	case len(h.State.DaemonSets) > 0:
		return replayWhole(t, h, h.daemonSetSyncs())
	}
	var r result
	syncs := h.deploymentSyncs()
	if complaint := syncs.explain(); complaint != "" {
		t.Errorf("Deployment controller: %s", complaint)
	}
	r.byWorkload, r.conflicts = len(syncs.own), syncs.refused
	if h.Later != "" {
		return r
	}
	for _, name := range h.replicaSets() {
		syncs := h.replicaSetSyncs(name)
		if complaint := syncs.explain(); complaint != "" {
			t.Errorf("ReplicaSet controller, %s: %s", name, complaint)
		}
		r.byReplicaSets += len(syncs.own)
	}
	for _, p := range h.parts() {
		r.add(t, p)
	}
	return r
}

// replayWhole replays a workload without ReplicaSets.
func replayWhole(t *testing.T, h *history, syncs *syncs) result {
	if complaint := syncs.explain(); complaint != "" {
		t.Errorf("its controller: %s", complaint)
	}
	r := result{byWorkload: len(syncs.own), conflicts: syncs.refused}
	for _, p := range h.parts() {
		r.add(t, p)
	}
	return r
}

// add replays what followed one change.
func (r *result) add(t *testing.T, p part) {
	made, err := p.made(t)
	if err != nil {
		t.Fatal(err)
	}
	simulated, err := p.simulated(made)
	if err != nil {
		t.Fatal(err)
	}
	c := comparison{recorded: p.recorded(), simulated: simulated, conflicts: r.conflicts > 0}
	c.run()
	for _, problem := range c.problems {
		t.Errorf("after change %d: %s", p.change+1, problem)
	}
	r.sizes += c.sizes
	r.pods += c.comesAndGoes()
	for _, skipped := range c.skipped {
		r.skipped += skipped
	}
	r.differences = append(r.differences, c.differences...)
}

// made is the change as a simulation takes it: what pkg/change says that the API server
// stores, or the pod that is deleted.
func (p part) made(t *testing.T) (simulate.Change, error) {
	switch c := p.Changes[p.change]; {
	case c.Node != "":
		return p.madeOfNode(t, c.Node)
	case !c.IsOfWorkload():
		return simulate.Change{Before: p.Events[p.first].Before}, nil
	}
	edit, err := p.edit()
	if err != nil {
		return simulate.Change{}, err
	}
	if diff := compareChange(p.Events[p.first].After, edit.After); diff != "" {
		t.Errorf("change %d (-recorded +ours)\n%s", p.change+1, diff)
	}
	return simulate.Change{Before: edit.Before, After: edit.After}, nil
}

// replicaSets are the names of all that there ever were.
func (h *history) replicaSets() []string {
	var names []string
	for _, rs := range h.State.ReplicaSets {
		names = append(names, rs.Name)
	}
	for _, e := range h.Events {
		if rs, ok := e.After.(*appsv1.ReplicaSet); ok && e.Before == nil {
			names = append(names, rs.Name)
		}
	}
	return names
}

const header = `| recording | Kubernetes | what | replicas or nodes | writes | sizes or pods | compared as | end |
|---|---|---|---|---|---|---|---|
`

func (r result) row(of *recording.Recording) string {
	writes := fmt.Sprintf("%d + %d", r.byWorkload, r.byReplicaSets)
	sizes, how, end := fmt.Sprint(r.sizes), "equal", "equal"
	if r.skipped > 0 {
		how = fmt.Sprintf("%d more simulated, skipped within a reaction", r.skipped)
	}
	if len(r.differences) > 0 {
		end = "equal, but: " + strings.Join(r.differences, "; ")
	}
	if len(of.State.Deployments) == 0 {
		writes, sizes = fmt.Sprint(r.byWorkload), fmt.Sprint(r.pods)
	}
	if of.Later != "" {
		writes, sizes, how, end = fmt.Sprint(r.byWorkload), "–", "recorded for later: "+of.Later, "–"
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s | %s | %s | %s | %s |\n",
		of.Name, of.Kubernetes, of.About, replicasOf(of), writes, sizes, how, end)
}

// replicasOf is "10", or "10 → 20" where the changes scale; of a DaemonSet the nodes that
// should have a pod.
func replicasOf(r *recording.Recording) string {
	var sizes []string
	last := int32(-1)
	see := func(object cluster.Object) {
		replicas := last
		switch w := object.(type) {
		case *appsv1.Deployment:
			replicas = *w.Spec.Replicas
		case *appsv1.StatefulSet:
			replicas = *w.Spec.Replicas
		case *appsv1.DaemonSet:
			replicas = w.Status.DesiredNumberScheduled
		}
		if replicas != last {
			last = replicas
			sizes = append(sizes, fmt.Sprint(last))
		}
	}
	see(r.Workload())
	for _, e := range r.Events {
		see(e.After)
	}
	return strings.Join(sizes, " → ")
}

func comparePage(t *testing.T, table string) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), tableBegins)
	has, after, ends := strings.Cut(rest, tableEnds)
	if !begins || !ends {
		t.Fatalf("%s has no place for the table: it needs the lines %q and %q", page, tableBegins, tableEnds)
	}
	if has == table || t.Failed() {
		return
	}
	if os.Getenv("UPDATE_GOLDEN") == "" {
		t.Errorf("%s has another table of recordings: make golden writes this one\n%s", page, table)
		return
	}
	if err := os.WriteFile(page, []byte(before+tableBegins+table+tableEnds+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
