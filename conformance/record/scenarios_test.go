package main

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
)

// What is recorded is what the scenarios say: a scenario that is added or changed
// has to be recorded.
func TestEachScenarioIsRecorded(t *testing.T) {
	all, err := recording.ReadAll(filepath.Join("..", "..", "testdata", "recordings"))
	if err != nil {
		t.Fatal(err)
	}
	recorded := map[string]recording.Header{}
	for _, r := range all {
		header := r.Header
		header.Kubernetes = ""
		recorded[r.Name] = header
	}
	said := map[string]recording.Header{}
	for _, s := range scenarios() {
		header := recording.Header{About: s.about, Later: s.later, Start: recorded[s.name].Start}
		for _, step := range s.changes {
			header.Changes = append(header.Changes, step.change)
		}
		said[s.name] = header
	}
	if diff := cmp.Diff(said, recorded); diff != "" {
		t.Errorf("make record NAME=… records what is missing (-said +recorded)\n%s", diff)
	}
}
