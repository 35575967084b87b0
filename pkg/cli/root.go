// Package cli is the command line: one folder per command.
package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/version"
	exit "github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// New returns the command with all its subcommands.
func New(streams genericiooptions.IOStreams) *cobra.Command {
	root := &cobra.Command{
		Use:   "kubectl-workload",
		Short: "See what a rollout will do before it does it",
		Long: `See what a rollout will do before it does it.

kubectl workload runs the algorithms of the Kubernetes workload controllers, offline,
and shows every step of a change: which pods restart, how low availability falls, how
many pods run at once, how long it takes, and whether it ends.`,
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl workload"},
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(args)
			}
			return cmd.Help()
		},
	}
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.ErrOut)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return flagError(cmd, err)
	})
	root.AddCommand(plan.New(streams), version.New(streams))
	return root
}

// Run runs the command line and returns the exit code.
func Run(ctx context.Context, args []string, streams genericiooptions.IOStreams) int {
	root := New(streams)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return exit.ExitInterrupted
	}
	return failure.Report(streams.ErrOut, err)
}
