package plan

import (
	"io"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// TargetsKind is the kind of encoded Targets.
const TargetsKind = "Targets"

// Targets are the nodes that DaemonSets are for, now and with a change.
type Targets struct {
	APIVersion string             `json:"apiVersion"`
	Kind       string             `json:"kind"`
	Source     Source             `json:"source"`
	Workloads  []TargetedWorkload `json:"workloads"`
}

// TargetedWorkload is one DaemonSet with all nodes.
type TargetedWorkload struct {
	Ref cluster.Ref `json:"ref"`
	// Changes are the fields of it that differ after the change.
	Changes []Change      `json:"changes"`
	Summary TargetSummary `json:"summary"`
	Targets []Target      `json:"targets"`
	// Refusals are why the API refuses the change; the targets are then those without it.
	Refusals []string `json:"refusals,omitempty"`
	// Notes are sentences about how this was found out.
	Notes []string `json:"notes,omitempty"`
}

// TargetSummary counts nodes.
type TargetSummary struct {
	Nodes   int `json:"nodes"` // with those that join and those that leave
	Runs    int `json:"runs"`
	WillRun int `json:"willRun"`
	Gained  int `json:"gained"`
	Lost    int `json:"lost"`
}

// Target is one node, as a DaemonSet sees it.
type Target struct {
	Node string `json:"node"`
	// Runs: there is a pod of the DaemonSet on it, before the change.
	Runs bool `json:"runs"`
	// WillRun: there will be one when the change has come to its end.
	WillRun bool         `json:"willRun"`
	Change  TargetChange `json:"change"`
	// Reason is why, where there is anything to tell: the taint that is not tolerated, the
	// label or the affinity term that does not match.
	Reason string `json:"reason,omitempty"`
}

// TargetChange is how a node changes for a DaemonSet: gained, lost, or not at all.
type TargetChange string

// The changes of a node.
const (
	Unchanged TargetChange = ""
	Gained    TargetChange = "gained"
	Lost      TargetChange = "lost"
)

// Summarize counts targets.
func Summarize(targets []Target) TargetSummary {
	s := TargetSummary{Nodes: len(targets)}
	for _, t := range targets {
		s.Runs += one(t.Runs)
		s.WillRun += one(t.WillRun)
		s.Gained += one(t.Change == Gained)
		s.Lost += one(t.Change == Lost)
	}
	return s
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// EncodeTargetsJSON writes targets as EncodeJSON does a plan, one node a line.
func EncodeTargetsJSON(w io.Writer, t *Targets) error { return encodeJSON(w, t) }

// EncodeTargetsYAML writes the same as YAML.
func EncodeTargetsYAML(w io.Writer, t *Targets) error { return encodeYAML(w, t) }
