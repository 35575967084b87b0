// Package plan holds the result of planning: the writes that make a change, the
// forecast of what the controllers then do, its outcome and its assumptions.
// The Go types are the schema of the format.
package plan

import (
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// The apiVersion and kind of an encoded plan.
const (
	APIVersion = "kubectl-workload.github.io/v1alpha1"
	Kind       = "Plan"
)

// Plan is the whole result of planning one or more workloads.
type Plan struct {
	APIVersion  string       `json:"apiVersion"`
	Kind        string       `json:"kind"`
	Source      Source       `json:"source"`
	Writes      []Write      `json:"writes"`
	OnFailure   []Write      `json:"onFailure"` // the writes that take it back, last first
	Summary     Totals       `json:"summary"`
	Assumptions []Assumption `json:"assumptions"`
	Workloads   []Workload   `json:"workloads"`
	// Notes are sentences about the whole plan: objects that are applied without
	// a forecast, objects in the state that are not in the manifests.
	Notes []string `json:"notes,omitempty"`
}

// Source says where the state came from.
type Source struct {
	Mode        string `json:"mode"` // files or live
	KubeVersion string `json:"kubeVersion"`
	Context     string `json:"context,omitempty"`
	ReadAt      string `json:"readAt,omitempty"` // RFC 3339
}

// Assumption is something that the forecast rests on and nobody can know.
type Assumption struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	From  string `json:"from"` // flag, measured, spec or default
	Note  string `json:"note,omitempty"`
}

// Write is one request that makes the change.
type Write struct {
	Index        int           `json:"index"`
	Stage        int           `json:"stage"`
	Verb         string        `json:"verb"` // Create, Apply, Patch or Delete
	PatchType    string        `json:"patchType,omitempty"`
	Ref          cluster.Ref   `json:"ref"`
	Body         any           `json:"body,omitempty"`
	Precondition *Precondition `json:"precondition,omitempty"`
	Wait         Wait          `json:"wait"`
}

// Wait is what to wait for after a write, before the next one.
type Wait string

// NoWait: all writes are sent at once, since nothing is staged.
const NoWait Wait = "None"

// Precondition is what must still hold when a write is sent.
type Precondition struct {
	Absent     bool   `json:"absent,omitempty"`
	UID        string `json:"uid,omitempty"`
	Generation int64  `json:"generation,omitempty"`
	// TemplateHash tells a pod template from any other, by this program's own hash.
	TemplateHash string `json:"templateHash,omitempty"`
}

// Totals is the summary of all workloads together.
type Totals struct {
	Outcome  Outcome `json:"outcome"`
	Restarts int32   `json:"restarts"`
	MaxPods  int32   `json:"maxPods"`
	ExitCode int     `json:"exitCode"`
}

// Verdict says what a change does to a workload; the first that holds, in this
// order.
type Verdict string

// The verdicts.
const (
	Rejected      Verdict = "Rejected"
	Create        Verdict = "Create"
	Delete        Verdict = "Delete"
	Recreate      Verdict = "Recreate"
	OnDelete      Verdict = "OnDelete"
	RollingUpdate Verdict = "RollingUpdate"
	Scale         Verdict = "Scale"
	InPlace       Verdict = "InPlace"
	Continues     Verdict = "Continues"
	NoChange      Verdict = "NoChange"
)

// Workload is what happens to one workload.
type Workload struct {
	Ref      cluster.Ref `json:"ref"`
	Verdict  Verdict     `json:"verdict"`
	Restarts int32       `json:"restarts"`
	Changes  []Change    `json:"changes"`
	// Pods are those of a StatefulSet, by ordinal: who they are, what happens to them and
	// to their claims.
	Pods []Pod `json:"pods,omitempty"`
	// Targets are all nodes as a DaemonSet sees them, by name.
	Targets []Target `json:"targets,omitempty"`
	Steps   []Step   `json:"steps"`
	// Turns are the rows of the table of a workload with Pods.
	Turns []Turn `json:"-"`
	// Sweeps are the rows of the table of a DaemonSet.
	Sweeps []Sweep `json:"-"`
	// Waves are the rows of the table of any other: the steps of the workload's own
	// objects, gathered by instant.
	Waves    []Wave    `json:"-"`
	Strategy *Strategy `json:"-"`
	// Start counts the pods at the moment before the change, with the replicas
	// of then as Desired. Replicas are those after the change. For the table.
	Start    *timeline.State `json:"-"`
	Replicas int32           `json:"-"`
	Moments  *Moments        `json:"-"`
	// Passed are sentences of the checks that found nothing, for the table.
	Passed   []string  `json:"-"`
	Summary  Summary   `json:"summary"`
	Findings []Finding `json:"findings"`
}

// Change is one field that differs after the change.
type Change struct {
	Path string `json:"path"`
	From any    `json:"from,omitempty"`
	To   any    `json:"to,omitempty"`
}

// Step is one event of the forecast.
type Step struct {
	Index   int             `json:"index"`
	At      string          `json:"at"` // since the change, a Go duration
	Actor   timeline.Actor  `json:"actor"`
	Action  timeline.Action `json:"action"`
	Object  StepObject      `json:"object"`
	From    *int32          `json:"from,omitempty"`
	To      *int32          `json:"to,omitempty"`
	Reason  string          `json:"reason"`
	Message string          `json:"message"`
	State   timeline.State  `json:"state"`
}

// StepObject names the object of a step.
type StepObject struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Predicted bool   `json:"predicted,omitempty"`
}

// Strategy is what the table says about how the workload rolls.
type Strategy struct {
	Type           string
	MaxSurge       int32
	MaxUnavailable int32
	Words          string // what it allows: "1 extra allowed (25% up), 0 missing allowed"
	Order          string // in which pods come and go, where there is any: "one after the other"
}

// Wave is all that happens at one instant at which a ReplicaSet changes size.
type Wave struct {
	At      string
	OldFrom int32 // sizes of the old ReplicaSets together
	OldTo   int32
	NewFrom int32
	NewTo   int32
	// After the instant:
	Available int32
	Pods      int32
	Why       string
}

// Outcome is how a forecast ends.
type Outcome string

// The outcomes.
const (
	Settled        Outcome = "Settled"
	Held           Outcome = "Held"
	Stalled        Outcome = "Stalled"
	HorizonReached Outcome = "HorizonReached"
)

// Summary is the forecast of one workload in numbers.
type Summary struct {
	Outcome Outcome `json:"outcome"`
	Cause   string  `json:"cause,omitempty"`
	// Except are nodes on which a DaemonSet does not get to its end because they were not
	// ready before the change; it may have settled on all others.
	Except         []string `json:"except,omitempty"`
	DeadlineAt     string   `json:"deadlineAt,omitempty"`
	Duration       string   `json:"duration"`
	Steps          int      `json:"steps"`
	Floor          int32    `json:"floor"`
	MinAvailable   *int32   `json:"minAvailable,omitempty"`
	MaxUnavailable int32    `json:"maxUnavailable"`
	MaxTotal       int32    `json:"maxTotal"`
	MaxPods        int32    `json:"maxPods"`
}

// Finding is something about the plan that a person should know.
type Finding struct {
	Rule     string       `json:"rule"`
	Severity Severity     `json:"severity"`
	Message  string       `json:"message"`
	At       string       `json:"at,omitempty"`
	Object   *cluster.Ref `json:"object,omitempty"`
}

// Severity is how bad a finding is.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)
