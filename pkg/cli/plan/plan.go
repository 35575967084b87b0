// Package plan is the command that shows what a change will do.
package plan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-workload/kubectl-workload/pkg/cli/connection"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/help"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/source"
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

// Options are the flags of the command, and what they come to.
type Options struct {
	streams genericiooptions.IOStreams
	source  source.Flags
	input   inputFlags
	change  changeFlags
	assume  assumeFlags
	output  outputFlags
	args    []string

	warnings io.Writer
}

// New returns the plan command.
func New(streams genericiooptions.IOStreams) *cobra.Command {
	o := &Options{streams: streams}
	cmd := &cobra.Command{
		Use: "plan [TYPE/NAME...] [-f FILE]... [change] [--state FILE]",

		DisableFlagsInUseLine: true,

		Short:   "Show what a change will do to workloads",
		Long:    "Show what the controllers will do with a change to workloads, step by step.\n\n" + plans.ExitHelp,
		Example: example,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			o.change.complete(cmd.Flags())
			o.assume.complete(cmd.Flags())
			if err := o.validate(); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	help.Use(cmd,
		help.Group{Title: "What to plan", Add: func(flags *pflag.FlagSet) {
			o.input.add(flags)
			o.source.AddState(flags)
		}},
		help.Group{Title: "Changes to workloads that are named", Add: o.change.add},
		help.Group{Title: "Assumptions", Add: o.assume.add},
		help.Group{Title: "Output", Add: o.output.add},
		help.Group{Title: "Connection", Add: o.source.Connection.Add, Note: connection.Rare()},
	)
	return cmd
}

func (o *Options) validate() error {
	if slices.Contains(o.input.filenames, "-") && o.source.ReadsStdin() {
		return fmt.Errorf("standard input can be read once: use - for -f or for --state")
	}
	if o.assume.defaulting == "server" && !o.source.Live() {
		return failure.WithHint(errors.New("--defaulting server: with --state no server is asked"),
			"without --state the live cluster is")
	}
	if err := o.source.Validate(); err != nil {
		return err
	}
	if err := o.change.validate(); err != nil {
		return err
	}
	return o.output.validate()
}

// Run makes the plan and writes it.
func (o *Options) Run(ctx context.Context) error {
	later, end := terminal.Progress(o.streams.ErrOut, "reading")
	o.warnings = later
	request, err := o.request(ctx)
	end()
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	_, end = terminal.Progress(o.streams.ErrOut, "simulating")
	p, err := planner.Plan(request)
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

func (o *Options) warn(sentences []string) {
	for _, sentence := range sentences {
		fmt.Fprintf(o.warnings, "warning: %s\n", sentence)
	}
}
