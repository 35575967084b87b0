package request

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/selection"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/source"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/load"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
)

// manifests are the workloads of -f and -k that are chosen, in the order of a plan,
// and the objects of other kinds.
type manifests struct {
	workloads []cluster.Document
	others    []cluster.Document
}

func (m manifests) refs() []cluster.Ref {
	var refs []cluster.Ref
	for _, d := range m.workloads {
		refs = append(refs, cluster.RefOf(d.Object))
	}
	return refs
}

// documents reads -f and -k.
func (a *asking) documents() ([]cluster.Document, error) {
	if !a.flags.input.hasManifests() {
		return nil, nil
	}
	return load.Documents(load.Input{
		Files: a.flags.input.filenames, Kustomize: a.flags.input.kustomize,
		Recursive: a.flags.input.recursive, Stdin: a.Stdin,
	})
}

// manifestRequest asks for what -f and -k make of their workloads. Objects of other
// kinds are told of in notes.
func (a *asking) manifestRequest(
	ctx context.Context, q question, from *source.Source, documents []cluster.Document,
) (planner.Request, error) {
	found, err := a.choose(q.chosen, from, documents)
	if err != nil {
		return planner.Request{}, err
	}
	t := trial{from: from, manifests: found.workloads, defaulting: a.flags.assume.defaulting, now: q.now}
	state, intents, err := t.intents(ctx)
	if err != nil {
		return planner.Request{}, err
	}
	if !from.IsLive() {
		if err := selection.CheckNodes(state, found.refs()); err != nil {
			return planner.Request{}, err
		}
	}
	r := planner.Request{State: state, Facts: t.facts(), Services: servicesIn(found.others)}
	for i, d := range found.workloads {
		all := append([]change.Intent{intents[i]}, q.intents...)
		r.Asks = append(r.Asks, planner.Ask{Ref: cluster.RefOf(d.Object), Intent: change.Combine(all...)})
	}
	r.Notes = otherNotes(found.others, state, from.IsLive())
	if !from.IsLive() {
		r.Notes = append(r.Notes, restNote(state, r.Asks)...)
	}
	return r, nil
}

// choose takes the chosen workloads out of the documents.
func (a *asking) choose(
	chosen selection.Choice, from *source.Source, documents []cluster.Document,
) (manifests, error) {
	documents, warnings, err := load.Manifests(documents, load.ManifestOptions{
		Namespace: chosen.Namespace(), Default: from.Namespace,
	})
	if err != nil {
		return manifests{}, err
	}
	a.warn(warnings)
	var m manifests
	for _, d := range documents {
		ref := cluster.RefOf(d.Object)
		switch {
		case !planned(ref):
			m.others = append(m.others, d)
		case chosen.Takes(ref, d.Object.GetLabels()):
			m.workloads = append(m.workloads, d)
		}
	}
	slices.SortFunc(m.workloads, func(a, b cluster.Document) int {
		return cluster.RefOf(a.Object).Compare(cluster.RefOf(b.Object))
	})
	if len(m.workloads) == 0 {
		return m, a.nothingToPlan(m.others, chosen)
	}
	if ref, missing := chosen.Missing(m.refs(), from.Namespace); missing {
		return m, fmt.Errorf("%s is not in the manifests", ref)
	}
	a.warn(unplannedWorkloads(m.others))
	return m, nil
}

func (a *asking) nothingToPlan(others []cluster.Document, chosen selection.Choice) error {
	if !chosen.Everything() {
		return fmt.Errorf("the manifests have no workload that fits the arguments")
	}
	if a.flags.Only != "" {
		return fmt.Errorf("the manifests have no %s", a.flags.Only)
	}
	return fmt.Errorf("the manifests have no Deployment, StatefulSet, DaemonSet or ReplicaSet, only %s", counted(kindsIn(others)))
}

// unplannedWorkloads are warnings about workloads that are skipped.
func unplannedWorkloads(others []cluster.Document) []string {
	var warnings []string
	for _, d := range others {
		if ref := cluster.RefOf(d.Object); skipped(ref.Kind) {
			warnings = append(warnings, fmt.Sprintf("%s: %s cannot be planned yet and is skipped", d.Source, ref))
		}
	}
	return warnings
}

// otherNotes tell of objects that are applied without a forecast. A ConfigMap or
// Secret restarts no pod; the note says which workloads use it.
func otherNotes(others []cluster.Document, state *cluster.Snapshot, live bool) []string {
	var plain []cluster.Document
	var notes []string
	for _, d := range others {
		switch kind := d.Object.GetKind(); {
		case skipped(kind):
			continue
		case kind != "ConfigMap" && kind != "Secret":
			plain = append(plain, d)
			continue
		}
		ref := cluster.RefOf(d.Object)
		users := strings.Join(usersOf(ref, state), ", ")
		switch {
		case live: // and the other workloads of the cluster were not read
			users = "restarts no pod"
		case users == "":
			users = "no workload in the state uses it"
		default:
			users = "it restarts none of its users: " + users
		}
		notes = append(notes, fmt.Sprintf("%s is applied without a forecast; %s", ref, users))
	}
	if len(plain) > 0 {
		notes = append(notes, "applied without a forecast: "+counted(kindsIn(plain)))
	}
	return notes
}

func usersOf(ref cluster.Ref, state *cluster.Snapshot) []string {
	var users []string
	for _, w := range state.Workloads() {
		if w.GetNamespace() == ref.Namespace && uses(podsOf(w), ref) {
			users = append(users, cluster.RefOf(w).String())
		}
	}
	return users
}

// restNote counts the workloads of the state that the manifests leave out.
func restNote(state *cluster.Snapshot, asks []planner.Ask) []string {
	asked := map[cluster.Ref]bool{}
	for _, ask := range asks {
		asked[ask.Ref] = true
	}
	left := 0
	for _, w := range state.Workloads() {
		if !asked[cluster.RefOf(w)] {
			left++
		}
	}
	if left == 0 {
		return nil
	}
	if left == 1 {
		return []string{"1 workload of the state is not in the manifests and stays as it is"}
	}
	return []string{fmt.Sprintf("%d workloads of the state are not in the manifests and stay as they are", left)}
}

func kindsIn(documents []cluster.Document) map[string]int {
	kinds := map[string]int{}
	for _, d := range documents {
		kinds[d.Object.GetKind()]++
	}
	return kinds
}

// counted is "2 Services, 1 Ingress".
func counted(kinds map[string]int) string {
	var words []string
	for kind, count := range kinds {
		if count > 1 {
			kind += "s"
		}
		words = append(words, fmt.Sprintf("%d %s", count, kind))
	}
	sort.Strings(words)
	return strings.Join(words, ", ")
}
