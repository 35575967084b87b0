package plan

import (
	"fmt"
	"slices"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/load"
	plans "github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
)

// request reads all input and turns the flags into a question to the planner.
func (o *Options) request() (planner.Request, error) {
	var r planner.Request
	profile, err := o.assume.profile()
	if err != nil {
		return r, err
	}
	assume, err := o.assume.assume()
	if err != nil {
		return r, err
	}
	state, err := o.readState(profile)
	if err != nil {
		return r, err
	}
	now, err := o.now(state)
	if err != nil {
		return r, err
	}
	asks, notes, err := o.asks(state)
	if err != nil {
		return r, err
	}
	return planner.Request{
		State: state, Asks: asks, Assume: assume, Now: now, Profile: profile,
		Source: plans.Source{Mode: "files", KubeVersion: profile.Version.String()},
		Pods:   o.output.wantsPods(),
		Notes:  notes,
	}, nil
}

func (o *Options) readState(profile kubeversion.Profile) (*cluster.Snapshot, error) {
	if slices.Equal(o.input.state, []string{"none"}) {
		return &cluster.Snapshot{}, nil
	}
	documents, err := load.Documents(load.Input{Files: o.input.state, Recursive: true, Stdin: o.streams.In})
	if err != nil {
		return nil, err
	}
	state, warnings, err := load.State(documents, load.StateOptions{Namespace: *o.config.Namespace, Profile: profile})
	if err != nil {
		return nil, err
	}
	o.warn(warnings)
	return state, nil
}

// now is the instant of the change: a flag, else when the state was read, else the
// newest time in it. A state without any time gets one that is always the same.
func (o *Options) now(state *cluster.Snapshot) (time.Time, error) {
	if o.assume.now != "" {
		now, err := time.Parse(time.RFC3339Nano, o.assume.now)
		if err != nil {
			return now, fmt.Errorf("--now %q is no instant: write it as 2026-01-31T14:02:11Z", o.assume.now)
		}
		return now.UTC(), nil
	}
	if !state.At.IsZero() {
		return state.At.UTC(), nil
	}
	newest := state.NewestTime()
	if newest.IsZero() {
		return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), nil
	}
	return newest.UTC(), nil
}
