// Package snapshot is the command that saves the state of a cluster to plan from.
package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-workload/kubectl-workload/pkg/cli/connection"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/help"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/selection"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/source"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/terminal"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/load"
)

const long = `Save the workloads of a cluster, with their ReplicaSets or revisions, their pods,
claims, Services, autoscalers, and the nodes where there are DaemonSets, as YAML
that plan reads back with --state: the same plan, at any later time, without the
cluster.

Secrets and ConfigMaps are never read. Environment variables with literal values
are in pod templates: --redact-env replaces each distinct value by a number, so
that it still shows which values are equal, but nothing else of them. A plan from
there cannot name new ReplicaSets and revisions, whose names depend on all values.`

const example = `  # The workloads of the current namespace
  kubectl workload snapshot > state.yaml

  # One Deployment, to plan from later or elsewhere
  kubectl workload snapshot deployment/web -n shop > state.yaml
  kubectl workload plan deployment/web --image web=web:2 --state state.yaml

  # All namespaces, without the values of environment variables, to pass on
  kubectl workload snapshot -A --redact-env > state.yaml`

// Options are the flags of the command.
type Options struct {
	streams   genericiooptions.IOStreams
	source    source.Flags
	chosen    selection.Flags
	redactEnv bool
	args      []string
}

// New returns the snapshot command.
func New(streams genericiooptions.IOStreams) *cobra.Command {
	o := &Options{streams: streams}
	cmd := &cobra.Command{
		Use: "snapshot [TYPE/NAME...] [-n NAMESPACE | -A] > state.yaml",

		DisableFlagsInUseLine: true,

		Short:   "Save the state of workloads to plan from",
		Long:    long,
		Example: example,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			return o.Run(cmd.Context())
		},
	}
	help.Use(cmd,
		help.Group{Title: "What to save", Add: func(flags *pflag.FlagSet) {
			o.chosen.Add(flags)
			flags.BoolVar(&o.redactEnv, "redact-env", false, "Leave out the literal values of environment variables")
			o.source.AddState(flags)
		}},
		help.Group{Title: "Connection", Add: o.source.Connection.Add, Note: connection.Rare()},
	)
	return cmd
}

// Run reads the state, and writes it once all of it was read.
func (o *Options) Run(ctx context.Context) error {
	later, end := terminal.Progress(o.streams.ErrOut, "reading")
	state, err := o.state(ctx, later)
	end()
	if err != nil {
		return err
	}
	content, err := load.Snapshot(state, load.SnapshotOptions{RedactEnv: o.redactEnv})
	if errors.Is(err, load.ErrTooLarge) {
		return failure.WithHint(err, "save parts of it: with -n, with -l or by name")
	}
	if err != nil {
		return err
	}
	_, err = o.streams.Out.Write(content)
	return err
}

func (o *Options) state(ctx context.Context, warnings io.Writer) (*cluster.Snapshot, error) {
	if err := o.source.Validate(); err != nil {
		return nil, err
	}
	arguments := selection.Arguments{Command: "snapshot", Words: o.args, Flags: o.chosen, TypeAlone: true}
	chosen, err := arguments.Choose()
	if err != nil {
		return nil, err
	}
	if !o.source.Live() && !chosen.Everything() {
		return nil, fmt.Errorf("--state is saved as a whole: names and -l choose from a live cluster")
	}
	from, err := o.source.Open(ctx, source.Options{
		Namespace: chosen.Namespace(), Oldest: true, Stdin: o.streams.In, Warnings: warnings,
	})
	if err != nil {
		return nil, err
	}
	defer from.Close()
	state, err := from.State(ctx, chosen.Question(from.Namespace))
	if err != nil {
		return nil, err
	}
	_, err = chosen.From(selection.Place{State: state, Namespace: from.Namespace, Live: from.IsLive()})
	return state, err
}
