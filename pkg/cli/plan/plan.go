// Package plan is the command that shows what a change will do.
package plan

import (
	"context"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-workload/kubectl-workload/pkg/cli/connection"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/help"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/request"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/terminal"
	plans "github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
)

const example = `  # What will this manifest do to what runs now in the cluster?
  kubectl workload plan -f deploy.yaml

  # A new image for one Deployment; -n stands behind the plugin's name
  kubectl workload plan deployment/web --image web=web:2 -n shop

  # The last two pods of a StatefulSet of five first
  kubectl workload plan statefulset/db --image db=db:2 --partition 3 -n shop

  # What if the new pods never become ready?
  kubectl workload plan deployment/web --image web=web:2 --ready-after never

  # From files, without a cluster: a saved state, or a pull request
  kubectl workload plan -f deploy.yaml --state state.yaml
  kubectl workload plan -f head/ --state base/`

// Options are the flags of the command.
type Options struct {
	streams genericiooptions.IOStreams
	asks    request.Flags
	output  outputFlags
	args    []string
}

// New returns the plan command.
func New(streams genericiooptions.IOStreams) *cobra.Command {
	o := &Options{streams: streams, asks: request.Flags{Command: "plan"}}
	cmd := &cobra.Command{
		Use: "plan [TYPE/NAME...] [-f FILE]... [change] [--state FILE]",

		DisableFlagsInUseLine: true,

		Short:   "Show what a change will do to workloads",
		Long:    "Show what the controllers will do with a change to workloads, step by step.\n\n" + plans.ExitHelp,
		Example: example,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			o.asks.Complete(cmd.Flags())
			o.output.showsPods = cmd.Flags().Changed("pods")
			if err := o.asks.Validate(); err != nil {
				return err
			}
			if err := o.output.validate(); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	help.Use(cmd, append(o.asks.Forecast(),
		help.Group{Title: "Output", Add: o.output.add},
		help.Group{Title: "Connection", Add: o.asks.Source.Connection.Add, Note: connection.Rare()},
	)...)
	return cmd
}

// Run makes the plan and writes it.
func (o *Options) Run(ctx context.Context) error {
	later, end := terminal.Progress(o.streams.ErrOut, "reading")
	asked, err := o.asks.Read(ctx, request.Input{Words: o.args, Stdin: o.streams.In, Warnings: later})
	end()
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	asked.Pods = o.output.wantsPods()
	_, end = terminal.Progress(o.streams.ErrOut, "simulating")
	p, err := planner.Plan(asked)
	end()
	if err != nil {
		return err
	}
	p.Summary.ExitCode = o.exitCode(p)
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := o.output.write(o.streams.Out, p, os.Getenv); err != nil {
		return err
	}
	if p.Summary.ExitCode != plans.ExitFine {
		return failure.Exit{Code: p.Summary.ExitCode}
	}
	return nil
}

func (o *Options) exitCode(p *plans.Plan) int {
	if p.Summary.ExitCode == plans.ExitFine && o.output.detailedExitCode && len(p.Writes) > 0 {
		return plans.ExitPending
	}
	return p.Summary.ExitCode
}
