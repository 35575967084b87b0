package plan

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/load"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
)

// manifestAsks are the workloads of -f and -k, in the order of a plan. Objects of
// other kinds are told of in notes.
func (o *Options) manifestAsks(state *cluster.Snapshot, chosen choice, intents []change.Intent) ([]planner.Ask, []string, error) {
	documents, err := load.Documents(load.Input{
		Files: o.input.filenames, Kustomize: o.input.kustomize,
		Recursive: o.input.recursive, Stdin: o.streams.In,
	})
	if err != nil {
		return nil, nil, err
	}
	documents, warnings, err := load.Manifests(documents, load.ManifestOptions{Namespace: *o.config.Namespace, State: state})
	if err != nil {
		return nil, nil, err
	}
	o.warn(warnings)
	var asks []planner.Ask
	var others []cluster.Document
	for _, d := range documents {
		ref := cluster.RefOf(d.Object)
		switch {
		case !planned(ref):
			others = append(others, d)
		case chosen.takes(ref, d.Object.GetLabels()):
			manifest := append([]change.Intent{change.Manifest{Document: d}}, intents...)
			asks = append(asks, planner.Ask{Ref: ref, Intent: change.Combine(manifest...)})
		}
	}
	slices.SortFunc(asks, func(a, b planner.Ask) int { return a.Ref.Compare(b.Ref) })
	if len(asks) == 0 {
		return nil, nil, nothingToPlan(others, chosen)
	}
	if err := chosen.missing(asks, o.namespace(state), &cluster.Snapshot{}); err != nil {
		return nil, nil, err
	}
	o.warn(unplannedWorkloads(others))
	return asks, append(otherNotes(others, state, asks), restNote(state, asks)...), nil
}

func planned(ref cluster.Ref) bool {
	return ref.APIVersion == "apps/v1" && (ref.Kind == "Deployment" || ref.Kind == "ReplicaSet")
}

func nothingToPlan(others []cluster.Document, chosen choice) error {
	if !chosen.everything() {
		return fmt.Errorf("the manifests have no workload that fits the arguments")
	}
	return fmt.Errorf("the manifests have no Deployment and no ReplicaSet, only %s", counted(kindsIn(others)))
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

func skipped(kind string) bool {
	return slices.Contains([]string{"StatefulSet", "DaemonSet", "Job", "CronJob"}, kind)
}

// otherNotes tell of objects that are applied without a forecast. A ConfigMap or
// Secret restarts no pod; the note says which workloads use it.
func otherNotes(others []cluster.Document, state *cluster.Snapshot, asks []planner.Ask) []string {
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
		users := usersOf(ref, state)
		if len(users) == 0 {
			notes = append(notes, fmt.Sprintf("%s is applied without a forecast; no workload in the state uses it", ref))
			continue
		}
		notes = append(notes, fmt.Sprintf("%s is applied without a forecast; it restarts none of its users: %s",
			ref, strings.Join(users, ", ")))
	}
	if len(plain) > 0 {
		notes = append(notes, "applied without a forecast: "+counted(kindsIn(plain)))
	}
	return notes
}

func usersOf(ref cluster.Ref, state *cluster.Snapshot) []string {
	var users []string
	for _, d := range state.Deployments {
		if d.Namespace == ref.Namespace && uses(&d.Spec.Template.Spec, ref) {
			users = append(users, cluster.RefOf(d).String())
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
