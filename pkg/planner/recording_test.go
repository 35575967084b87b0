package planner

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/load"
)

// recording is a rollout that a real control plane did; testdata/recordings says
// how it came about.
type recording struct {
	folder string
	state  *cluster.Snapshot
	end    *cluster.Snapshot
	events []recorded
}

// recorded is one thing that happened to a pod or to the size of a ReplicaSet.
type recorded struct {
	at     time.Duration // since the change
	what   string        // size, created, ready, deleted, gone or progressing
	object string
	size   int32
	reason string
}

func readRecording(t *testing.T, name string) recording {
	t.Helper()
	folder := filepath.Join("..", "..", "testdata", "recordings", name)
	r := recording{folder: folder}
	r.state = readState(t, filepath.Join(folder, "state.yaml"))
	r.end = readState(t, filepath.Join(folder, "end.yaml"))
	r.events = readEvents(t, filepath.Join(folder, "events.txt"))
	return r
}

func readState(t *testing.T, file string) *cluster.Snapshot {
	t.Helper()
	documents, err := load.Documents(load.Input{Files: []string{file}})
	if err != nil {
		t.Fatal(err)
	}
	state, warnings, err := load.State(documents, load.StateOptions{Profile: kubeversion.Latest()})
	if err != nil || len(warnings) > 0 {
		t.Fatal(warnings, err)
	}
	return state
}

// readManifest reads the one document of a file as a manifest for the state.
func readManifest(t *testing.T, file string, state *cluster.Snapshot) cluster.Document {
	t.Helper()
	documents, err := load.Documents(load.Input{Files: []string{file}})
	if err != nil {
		t.Fatal(err)
	}
	documents, warnings, err := load.Manifests(documents, load.ManifestOptions{Default: load.OnlyNamespace(state)})
	if err != nil || len(warnings) > 0 || len(documents) != 1 {
		t.Fatal(len(documents), warnings, err)
	}
	return documents[0]
}

// readEvents reads lines like "0.113  size web-854b86784d 2".
func readEvents(t *testing.T, file string) []recorded {
	t.Helper()
	open, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	var events []recorded
	lines := bufio.NewScanner(open)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		at, err := time.ParseDuration(words[0] + "s")
		if err != nil {
			t.Fatal(err)
		}
		e := recorded{at: at, what: words[1], object: words[2]}
		switch e.what {
		case "size":
			size, err := strconv.ParseInt(words[3], 10, 32)
			if err != nil {
				t.Fatal(err)
			}
			e.size = int32(size)
		case "progressing":
			e.reason = words[3]
		}
		events = append(events, e)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return events
}

// sizes are the sizes that a ReplicaSet took, in order.
func (r recording) sizes() []size {
	var sizes []size
	for _, e := range r.events {
		if e.what == "size" {
			sizes = append(sizes, size{e.object, e.size})
		}
	}
	return sizes
}

// count returns how often something happened.
func (r recording) count(what string) int {
	count := 0
	for _, e := range r.events {
		if e.what == what {
			count++
		}
	}
	return count
}

// extremes are the fewest available and the most pods that were not terminating.
func (r recording) extremes() (fewest, most int32) {
	ready := map[string]bool{}
	total, available := int32(0), int32(0)
	for _, pod := range r.state.Pods {
		total++
		available++
		ready[pod.Name] = true
	}
	fewest, most = available, total
	for _, e := range r.events {
		switch {
		case e.what == "created":
			total++
		case e.what == "ready":
			available++
			ready[e.object] = true
		case e.what == "deleted":
			total--
			if ready[e.object] {
				available--
			}
		}
		fewest, most = min(fewest, available), max(most, total)
	}
	return fewest, most
}
