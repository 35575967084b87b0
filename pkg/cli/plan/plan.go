// Package plan is the command that shows what a change will do.
package plan

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/terminal"
	plans "github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
)

const example = `  # What will this manifest do to what runs now? (state saved with kubectl get -o yaml)
  kubectl workload plan -f deploy.yaml --state state.yaml

  # Preview a pull request without a cluster
  kubectl workload plan --state base/ -f head/

  # A new image for one Deployment; -n stands behind the plugin's name
  kubectl workload plan deployment/web --image web=web:2 --state state.yaml -n shop

  # What if the new pods never become ready?
  kubectl workload plan deployment/web --image web=web:2 --state state.yaml --ready-after never`

// Options are the flags of the command, and what they come to.
type Options struct {
	streams genericiooptions.IOStreams
	config  *genericclioptions.ConfigFlags
	input   inputFlags
	change  changeFlags
	assume  assumeFlags
	output  outputFlags
	args    []string
}

// New returns the plan command.
func New(streams genericiooptions.IOStreams) *cobra.Command {
	o := &Options{streams: streams, config: genericclioptions.NewConfigFlags(false)}
	cmd := &cobra.Command{
		Use: "plan [TYPE/NAME...] [-f FILE]... [change flags] --state FILE",

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
	useGroups(cmd,
		addGroup(cmd, "What to plan", func(flags *pflag.FlagSet) {
			o.input.add(flags)
			flags.StringVarP(o.config.Namespace, "namespace", "n", "", "The `NAMESPACE` of workloads that name none")
		}),
		addGroup(cmd, "Changes to workloads that are named", o.change.add),
		addGroup(cmd, "Assumptions", o.assume.add),
		addGroup(cmd, "Output", o.output.add),
	)
	return cmd
}

func (o *Options) validate() error {
	switch {
	case len(o.input.state) == 0:
		return failure.WithHint(fmt.Errorf("there is no state to plan from: plans of live clusters are not made yet"),
			"save the state and name it: kubectl get deployments,replicasets,pods -o yaml > state.yaml, then --state state.yaml",
			"for workloads that do not exist yet: --state none")
	case o.input.readsStdinTwice():
		return fmt.Errorf("standard input can be read once: use - for -f or for --state")
	}
	if err := o.change.validate(); err != nil {
		return err
	}
	return o.output.validate()
}

// Run makes the plan and writes it.
func (o *Options) Run(ctx context.Context) error {
	end := terminal.Progress(o.streams.ErrOut, "reading")
	request, err := o.request()
	end()
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	end = terminal.Progress(o.streams.ErrOut, "simulating")
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
		fmt.Fprintf(o.streams.ErrOut, "warning: %s\n", sentence)
	}
}
