// Package request is what commands that look ahead are asked: their flags, and the
// question to the planner that these and the input come to.
package request

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/help"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/selection"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/source"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
	plans "github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
)

// Flags say what is asked, of which state, and what to assume.
type Flags struct {
	// Command is the subcommand, for hints.
	Command string
	// Only is the one kind that the command is about; empty: all.
	Only   string
	Source source.Flags

	input  inputFlags
	change changeFlags
	assume assumeFlags
}

// Forecast are the flags in groups, all of them.
func (f *Flags) Forecast() []help.Group {
	return append(f.groups(), help.Group{Title: "Assumptions", Add: func(flags *pflag.FlagSet) {
		f.assume.add(flags)
		f.assume.addCluster(flags)
	}})
}

// Placement are the flags in groups of a command that lets no time pass.
func (f *Flags) Placement() []help.Group {
	f.assume.api = api.Default()
	return append(f.groups(), help.Group{Title: "Assumptions", Add: f.assume.addCluster})
}

func (f *Flags) groups() []help.Group {
	return []help.Group{
		{Title: "What to plan", Add: func(flags *pflag.FlagSet) {
			f.input.add(flags)
			f.Source.AddState(flags)
		}},
		{Title: "Changes to workloads that are named", Add: f.change.add},
		{Title: "Changes to nodes", Add: f.change.addNodes},
	}
}

// Complete notes which flags were given.
func (f *Flags) Complete(flags *pflag.FlagSet) {
	f.change.complete(flags)
	f.assume.complete(flags)
}

// Validate refuses flags that have no meaning, alone or together.
func (f *Flags) Validate() error {
	if slices.Contains(f.input.filenames, "-") && f.Source.ReadsStdin() {
		return fmt.Errorf("standard input can be read once: use - for -f or for --state")
	}
	if f.assume.defaulting == "server" && !f.Source.Live() {
		return failure.WithHint(errors.New("--defaulting server: with --state no server is asked"),
			"without --state the live cluster is")
	}
	if err := f.Source.Validate(); err != nil {
		return err
	}
	return f.change.validate()
}

// example is a workload as the command takes it.
func (f *Flags) example() string { return strings.ToLower(cmp.Or(f.Only, "deployment")) + "/NAME" }

// Input is what a request is read from, beside files and clusters.
type Input struct {
	Words    []string // the arguments
	Stdin    io.Reader
	Warnings io.Writer
}

// Read reads all input and turns it into a question to the planner.
func (f *Flags) Read(ctx context.Context, in Input) (planner.Request, error) {
	a := &asking{Input: in, flags: f}
	return a.read(ctx)
}

// asking is a request while it is read.
type asking struct {
	Input
	flags *Flags
}

func (a *asking) warn(sentences []string) {
	for _, sentence := range sentences {
		fmt.Fprintf(a.Warnings, "warning: %s\n", sentence)
	}
}

// question is what a person asks, before any state is known.
type question struct {
	chosen  selection.Choice
	intents []change.Intent
	nodes   []change.NodeChange
	assume  planner.Assume
	now     time.Time // of a flag; else zero
}

// question reads what the flags say. Nothing is opened for a flag that is wrong.
func (a *asking) question() (question, error) {
	var q question
	var err error
	if q.assume, err = a.flags.assume.assume(); err != nil {
		return q, err
	}
	if q.now, err = a.flags.assume.instant(); err != nil {
		return q, err
	}
	arguments := selection.Arguments{
		Command: a.flags.Command, Words: a.Words, Flags: a.flags.input.chosen,
		TypeAlone: a.flags.input.hasManifests(), Only: a.flags.Only,
	}
	if q.chosen, err = arguments.Choose(); err != nil {
		return q, err
	}
	if q.nodes, err = a.flags.change.nodes(); err != nil {
		return q, err
	}
	q.intents, err = a.flags.change.intents()
	if err == nil && len(q.intents) > 0 && q.chosen.Everything() && !a.flags.input.hasManifests() {
		err = failure.WithHint(errors.New("say which workload the change is for"),
			"name it: kubectl workload "+a.flags.Command+" "+a.flags.example()+" …", "or choose by label with -l, or take --all")
	}
	return q, err
}

// read reads all input and turns it into a question to the planner.
func (a *asking) read(ctx context.Context) (planner.Request, error) {
	q, err := a.question()
	if err != nil {
		return planner.Request{}, err
	}
	documents, err := a.documents()
	if err != nil {
		return planner.Request{}, err
	}
	from, err := a.flags.Source.Open(ctx, source.Options{
		Namespace: q.chosen.Namespace(), KubeVersion: a.flags.assume.kubeVersion,
		FeatureGates: a.flags.assume.featureGates, Stdin: a.Stdin, Warnings: a.Warnings,
	})
	if err != nil {
		return planner.Request{}, err
	}
	defer from.Close()
	var r planner.Request
	if a.flags.input.hasManifests() {
		r, err = a.manifestRequest(ctx, q, from, documents)
	} else {
		r, err = a.stateRequest(ctx, q, from)
	}
	if err != nil {
		return r, err
	}
	return a.completed(r, q, from), nil
}

// stateRequest asks for workloads of the state: those that are chosen, or all.
func (a *asking) stateRequest(
	ctx context.Context, q question, from *source.Source,
) (planner.Request, error) {
	state, err := from.State(ctx, q.chosen.Question(from.Namespace))
	if err != nil {
		return planner.Request{}, err
	}
	refs, err := q.chosen.From(selection.Place{State: state, Namespace: from.Namespace, Live: from.IsLive()})
	if err != nil {
		return planner.Request{}, err
	}
	r := planner.Request{State: state}
	for _, ref := range refs {
		r.Asks = append(r.Asks, planner.Ask{Ref: ref, Intent: change.Combine(q.intents...)})
	}
	return r, nil
}

// completed adds what every request has.
func (a *asking) completed(r planner.Request, q question, from *source.Source) planner.Request {
	r.Profile = from.Profile
	r.Now = now(q.now, r.State)
	r.Source = a.sourceOf(r.State, from)
	r.Nodes = q.nodes
	r.Assume = q.assume
	if r.State.FromServer() && !a.flags.assume.limits {
		r.Assume.API = api.Default()
	}
	return r
}

func (a *asking) sourceOf(state *cluster.Snapshot, from *source.Source) plans.Source {
	s := plans.Source{Mode: "files", Context: state.Context, KubeVersion: from.Profile.Version.String()}
	if from.IsLive() {
		s.Mode = "live"
	}
	if a.flags.assume.kubeVersion == "" {
		s.KubeVersion = cmp.Or(state.Version, s.KubeVersion)
	}
	if !state.At.IsZero() {
		s.ReadAt = state.At.UTC().Format(time.RFC3339)
	}
	return s
}

// instant is that of --now; zero without it.
func (f *assumeFlags) instant() (time.Time, error) {
	if f.now == "" {
		return time.Time{}, nil
	}
	now, err := time.Parse(time.RFC3339Nano, f.now)
	if err != nil {
		return now, fmt.Errorf("--now %q is no instant: write it as 2026-01-31T14:02:11Z", f.now)
	}
	return now.UTC(), nil
}

// now is the instant of the change: a flag, else when the state was read, else the
// newest time in it. A state without any time gets one that is always the same.
func now(flag time.Time, state *cluster.Snapshot) time.Time {
	for _, at := range []time.Time{flag, state.At, state.NewestTime()} {
		if !at.IsZero() {
			return at.UTC()
		}
	}
	return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
}
