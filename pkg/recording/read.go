package recording

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// Read reads the recording that a folder holds.
func Read(folder string) (*Recording, error) {
	r := &Recording{Name: filepath.Base(folder)}
	for name, read := range map[string]func([]byte) error{
		headerFile: func(text []byte) error { return yaml.UnmarshalStrict(text, &r.Header) },
		stateFile:  r.readState,
	} {
		if err := readFile(folder, name, read); err != nil {
			return nil, err
		}
	}
	if n := len(r.State.Deployments) + len(r.State.StatefulSets) + len(r.State.DaemonSets); n != 1 {
		return nil, fmt.Errorf("%s has %d Deployments, StatefulSets and DaemonSets: a recording is of one",
			filepath.Join(folder, stateFile), n)
	}
	return r, readFile(folder, eventsFile, r.readEvents)
}

// ReadAll reads every recording below a folder, by name.
func ReadAll(root string) ([]*Recording, error) {
	headers, err := filepath.Glob(filepath.Join(root, "*", headerFile))
	if err != nil {
		return nil, err
	}
	var folders []string
	for _, header := range headers {
		folders = append(folders, filepath.Dir(header))
	}
	slices.Sort(folders)
	var all []*Recording
	for _, folder := range folders {
		r, err := Read(folder)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func readFile(folder, name string, read func([]byte) error) error {
	file := filepath.Join(folder, name)
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := read(text); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

func (r *Recording) readState(text []byte) error {
	var list struct {
		Items []json.RawMessage `json:"items"`
	}
	if err := yaml.Unmarshal(text, &list); err != nil {
		return err
	}
	r.State = &cluster.Snapshot{}
	for _, item := range list.Items {
		object, err := decoded(item)
		if err != nil {
			return err
		}
		Put(r.State, object)
	}
	r.State.Sort()
	return nil
}

// story is the reading of events: what each object is by now.
type story struct {
	namespace string
	current   map[cluster.Ref]cluster.Object
}

func (r *Recording) readEvents(text []byte) error {
	s := story{namespace: r.Workload().GetNamespace(), current: map[cluster.Ref]cluster.Object{}}
	for _, object := range followed(r.State) {
		s.current[cluster.RefOf(object)] = object
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	for decoder.More() {
		var l line
		if err := decoder.Decode(&l); err != nil {
			return fmt.Errorf("event %d: %w", len(r.Events)+1, err)
		}
		e, err := s.event(l)
		if err != nil {
			return fmt.Errorf("event %d: %w", len(r.Events)+1, err)
		}
		r.Events = append(r.Events, e)
	}
	return nil
}

// event is what a line says.
func (s *story) event(l line) (Event, error) {
	at := time.Duration(math.Round(l.At*1e6)) * time.Microsecond
	e := Event{At: at, Version: l.Version, By: l.By}
	ref := cluster.Ref{APIVersion: "apps/v1", Kind: l.Kind, Namespace: s.namespace, Name: l.Name}
	switch l.Kind {
	case "Pod", "PersistentVolumeClaim":
		ref.APIVersion = "v1"
	case "Node":
		ref.APIVersion, ref.Namespace = "v1", ""
	}
	e.Before = s.current[ref]
	var err error
	switch {
	case (e.Before == nil) != (l.New != nil):
		return e, fmt.Errorf("%s is new or known, but not both or neither", ref)
	case l.New != nil:
		e.After, err = decoded(l.New)
	case l.Patch != nil:
		e.After, err = patched(e.Before, l.Patch)
	}
	if err != nil {
		return e, fmt.Errorf("%s: %w", ref, err)
	}
	if e.After == nil {
		delete(s.current, ref)
		return e, nil
	}
	e.After.SetResourceVersion(strconv.FormatInt(l.Version, 10))
	s.current[ref] = e.After
	return e, nil
}

func patched(before cluster.Object, patch []byte) (cluster.Object, error) {
	text, err := encodeObject(before)
	if err != nil {
		return nil, err
	}
	if text, err = jsonpatch.MergePatch(text, patch); err != nil {
		return nil, err
	}
	return decoded(text)
}
