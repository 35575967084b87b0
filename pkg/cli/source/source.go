// Package source is where a command has its state from: files, or a live cluster.
package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/pflag"

	"github.com/kubectl-workload/kubectl-workload/pkg/cli/connection"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/load/live"
)

// Flags say where the state is.
type Flags struct {
	State      []string // files; none: a live cluster
	Connection connection.Flags
}

// AddState adds --state.
func (f *Flags) AddState(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.State, "state", nil, "A `FILE` or folder with the state, - for standard input, none for an empty cluster (default: the live cluster); repeatable")
}

// ReadsStdin reports whether the state comes from standard input.
func (f *Flags) ReadsStdin() bool { return slices.Contains(f.State, "-") }

// Live reports whether a cluster is asked.
func (f *Flags) Live() bool { return len(f.State) == 0 }

// Validate refuses flags that have no meaning together.
func (f *Flags) Validate() error {
	if given := f.Connection.Given(); given != "" && !f.Live() {
		return fmt.Errorf("%s and --state exclude each other: with --state no cluster is asked", given)
	}
	return nil
}

// Options is what a state means depends on.
type Options struct {
	Namespace    string // of -n
	KubeVersion  string // of a person; empty: the server's, or the snapshot's
	FeatureGates string
	// Oldest: a server that is too old to plan for is read as the oldest that is not.
	Oldest   bool
	Stdin    io.Reader
	Warnings io.Writer
}

// Source is where the state comes from, after a first look.
type Source struct {
	Profile   kubeversion.Profile
	Namespace string // of what names none

	warnings io.Writer
	files    *cluster.Snapshot // nil: a cluster is asked
	server   *live.Server
	context  string
}

// Open reads files, or asks a cluster for its version.
func (f *Flags) Open(ctx context.Context, o Options) (*Source, error) {
	var source *Source
	var err error
	if f.Live() {
		source, err = f.openCluster(ctx, o)
	} else {
		source, err = f.openFiles(o)
	}
	if err != nil {
		return nil, err
	}
	if o.Namespace != "" {
		source.Namespace = o.Namespace
	}
	return source, nil
}

// IsLive reports whether the state is that of a cluster, now.
func (s *Source) IsLive() bool { return s.server != nil }

// State is the state: all of the files, or what the question asks of a cluster.
func (s *Source) State(ctx context.Context, q live.Question) (*cluster.Snapshot, error) {
	if s.files != nil {
		return s.files, nil
	}
	q.Profile = s.Profile
	state, err := s.server.State(ctx, q)
	if err != nil {
		return nil, explained(err)
	}
	state.Context = s.context
	return state, nil
}

// DryRun tries requests on the cluster; nothing is changed by that.
func (s *Source) DryRun(ctx context.Context, writes []live.Write) ([]live.Answer, error) {
	answers, err := s.server.DryRun(ctx, writes)
	return answers, explained(err)
}

// Close passes on what the server has warned of.
func (s *Source) Close() {
	if s.server != nil {
		s.warn(s.server.Warnings()...)
	}
}

func (s *Source) warn(sentences ...string) {
	for _, sentence := range sentences {
		fmt.Fprintf(s.warnings, "warning: %s\n", sentence)
	}
}

// explained gives an error of the cluster the form that commands end with.
func explained(err error) error {
	var hinted *live.Error
	if errors.As(err, &hinted) {
		return failure.WithHint(err, hinted.Hints...)
	}
	return err
}
