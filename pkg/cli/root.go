// Package cli is the command line: one folder per command.
package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/snapshot"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/targets"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/version"
	exit "github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// New returns the command with all its subcommands.
func New(streams genericiooptions.IOStreams) *cobra.Command {
	root := &cobra.Command{
		Use:   "kubectl-workload",
		Short: "See what a rollout will do before it does it",
		Long: `See what a rollout will do before it does it.

kubectl workload reads a cluster, or files, runs the algorithms of the Kubernetes
workload controllers on a virtual clock, and shows every step of a change: which pods
restart, how low availability falls, how many pods run at once, how long it takes, and
whether it ends. It changes nothing.`,
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl workload"},
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.ErrOut)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(plan.New(streams), targets.New(streams), snapshot.New(streams), version.New(streams))
	return root
}

// Run runs the command line and returns the exit code. It does not wait for a
// command when the context ends.
func Run(ctx context.Context, args []string, streams genericiooptions.IOStreams) int {
	done := make(chan error, 1)
	go func() { done <- run(ctx, args, streams) }()
	select {
	case <-ctx.Done():
		return exit.ExitInterrupted
	case err := <-done:
		if ctx.Err() != nil || errors.Is(err, context.Canceled) {
			return exit.ExitInterrupted
		}
		return failure.Report(streams.ErrOut, err)
	}
}

func run(ctx context.Context, args []string, streams genericiooptions.IOStreams) error {
	root := New(streams)
	root.SetArgs(args)
	if isUnknown(root, args) {
		return unknownCommand(args)
	}
	return root.ExecuteContext(ctx)
}

// isUnknown reports whether the first word is no command. Else cobra would say of
// "apply -f web.yaml" that there is no flag -f.
func isUnknown(root *cobra.Command, args []string) bool {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") || strings.HasPrefix(args[0], "__") {
		return false
	}
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd(args...)
	command, _, _ := root.Find(args[:1])
	return command == root
}
