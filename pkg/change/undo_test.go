package change

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

func TestTheUndoOfAChangeLeadsBack(t *testing.T) {
	for name, intent := range map[string]Intent{
		"image":   Image{Container: "web", Image: "web:other"},
		"scale":   Scale{Replicas: 7},
		"restart": Restart{},
		"pause":   Pause{},
		"patch":   Patch{Text: `{"spec":{"template":{"metadata":{"labels":{"new":"one"}}}}}`},
	} {
		t.Run(name, func(t *testing.T) { leadsBack(t, intent) })
	}
}

func leadsBack(t *testing.T, intent Intent) {
	edit, err := intent.Apply(target(deployment(t, live)))
	if err != nil {
		t.Fatal(err)
	}
	undo, ok, err := edit.Undo()
	if err != nil || !ok || undo.Verb != verbPatch {
		t.Fatalf("%+v, %v, %v", undo, ok, err)
	}
	after, _ := json.Marshal(edit.After)
	patch, _ := json.Marshal(undo.Body)
	back, err := strategicpatch.StrategicMergePatch(after, patch, edit.Before)
	if err != nil {
		t.Fatal(err)
	}
	var got, want map[string]any
	before, _ := json.Marshal(edit.Before)
	_ = json.Unmarshal(back, &got)
	_ = json.Unmarshal(before, &want)
	// A server counts each change of the spec.
	delete(got["metadata"].(map[string]any), "generation")
	delete(want["metadata"].(map[string]any), "generation")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatSendsNothingHasNoUndo(t *testing.T) {
	edit, err := Combine().Apply(target(deployment(t, live)))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := edit.Undo(); ok {
		t.Error("there is an undo of nothing")
	}
}
