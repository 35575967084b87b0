package plan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/selection"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/source"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
	plans "github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
)

// question is what a person asks, before any state is known.
type question struct {
	chosen  selection.Choice
	intents []change.Intent
	assume  planner.Assume
	now     time.Time // of a flag; else zero
}

// question reads what the flags say. Nothing is opened for a flag that is wrong.
func (o *Options) question() (question, error) {
	var q question
	var err error
	if q.assume, err = o.assume.assume(); err != nil {
		return q, err
	}
	if q.now, err = o.assume.instant(); err != nil {
		return q, err
	}
	arguments := selection.Arguments{
		Command: "plan", Words: o.args, Flags: o.input.chosen, TypeAlone: o.input.hasManifests(),
	}
	if q.chosen, err = arguments.Choose(); err != nil {
		return q, err
	}
	q.intents, err = o.change.intents()
	if err == nil && len(q.intents) > 0 && q.chosen.Everything() && !o.input.hasManifests() {
		err = failure.WithHint(errors.New("say which workload the change is for"),
			"name it: kubectl workload plan deployment/NAME …", "or choose by label with -l, or take --all")
	}
	return q, err
}

// request reads all input and turns it into a question to the planner.
func (o *Options) request(ctx context.Context) (planner.Request, error) {
	q, err := o.question()
	if err != nil {
		return planner.Request{}, err
	}
	documents, err := o.documents()
	if err != nil {
		return planner.Request{}, err
	}
	from, err := o.source.Open(ctx, source.Options{
		Namespace: q.chosen.Namespace(), KubeVersion: o.assume.kubeVersion,
		FeatureGates: o.assume.featureGates, Stdin: o.streams.In, Warnings: o.warnings,
	})
	if err != nil {
		return planner.Request{}, err
	}
	defer from.Close()
	var r planner.Request
	if o.input.hasManifests() {
		r, err = o.manifestRequest(ctx, q, from, documents)
	} else {
		r, err = o.stateRequest(ctx, q, from)
	}
	if err != nil {
		return r, err
	}
	return o.completed(r, q, from), nil
}

// stateRequest asks for workloads of the state: those that are chosen, or all.
func (o *Options) stateRequest(
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
func (o *Options) completed(r planner.Request, q question, from *source.Source) planner.Request {
	r.Profile = from.Profile
	r.Now = now(q.now, r.State)
	r.Source = o.sourceOf(r.State, from)
	r.Pods = o.output.wantsPods()
	r.Assume = q.assume
	if r.State.FromServer() && !o.assume.limits {
		r.Assume.API = api.Default()
	}
	return r
}

func (o *Options) sourceOf(state *cluster.Snapshot, from *source.Source) plans.Source {
	s := plans.Source{Mode: "files", Context: state.Context, KubeVersion: from.Profile.Version.String()}
	if from.IsLive() {
		s.Mode = "live"
	}
	if o.assume.kubeVersion == "" {
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
