package recording

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// The files of a recording.
const (
	headerFile = "recording.yaml"
	stateFile  = "state.yaml"
	eventsFile = "events.jsonl"
)

// line is an event as it is written. A new object is written whole, another
// version of one as the JSON merge patch (RFC 7386) from the version before, and a
// deleted one as neither.
type line struct {
	Version int64           `json:"rv"`
	At      float64         `json:"t"` // seconds
	By      timeline.Actor  `json:"by"`
	Kind    string          `json:"kind"`
	Name    string          `json:"name"`
	New     json.RawMessage `json:"new,omitempty"`
	Patch   json.RawMessage `json:"patch,omitempty"`
}

// Write writes the recording into a folder, which it makes.
func (r *Recording) Write(folder string) error {
	header, err := yaml.Marshal(r.Header)
	if err != nil {
		return err
	}
	state, err := encodeState(r.State)
	if err != nil {
		return err
	}
	events, err := encodeEvents(r.Events)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, content := range map[string][]byte{headerFile: header, stateFile: state, eventsFile: events} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func encodeState(state *cluster.Snapshot) ([]byte, error) {
	list := map[string]any{
		"apiVersion": "v1", "kind": "List", "items": append(followed(state), around(state)...),
	}
	return yaml.Marshal(list)
}

func encodeEvents(events []Event) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	for _, e := range events {
		l, err := lineOf(e)
		if err != nil {
			return nil, err
		}
		if err := encoder.Encode(l); err != nil {
			return nil, err
		}
	}
	return text.Bytes(), nil
}

func lineOf(e Event) (line, error) {
	ref := e.Ref()
	l := line{Version: e.Version, At: e.At.Seconds(), By: e.By, Kind: ref.Kind, Name: ref.Name}
	if e.After == nil {
		return l, nil
	}
	after, err := encodeObject(e.After)
	if err != nil || e.Before == nil {
		l.New = after
		return l, err
	}
	before, err := encodeObject(e.Before)
	if err != nil {
		return line{}, err
	}
	l.Patch, err = jsonpatch.CreateMergePatch(before, after)
	return l, err
}

// encodeObject leaves out the version, which stands in its line.
func encodeObject(object cluster.Object) ([]byte, error) {
	copied := object.DeepCopyObject().(cluster.Object)
	copied.SetResourceVersion("")
	return json.Marshal(copied)
}
