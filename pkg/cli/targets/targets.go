// Package targets is the command that shows which nodes a DaemonSet is for.
package targets

import (
	"bufio"
	"context"
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
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/request"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/terminal"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
	"github.com/kubectl-workload/kubectl-workload/pkg/render"
)

const long = `Show node by node where the pods of a DaemonSet run, where they will, and why not on
the others: the taint that is not tolerated, the label or affinity term that does not
match. With a change, of the DaemonSet or of nodes, which nodes it gains and loses.

Exit codes:
  0    fine
  1    error
  4    the API refuses the change
  130  interrupted`

const example = `  # Why does this node have no pod?
  kubectl workload targets daemonset/agent -n kube-system

  # Which nodes does this manifest gain and lose?
  kubectl workload targets -f agent.yaml

  # What if this taint lands, and this node joins?
  kubectl workload targets daemonset/agent --node-change taint:n3=dedicated=gpu:NoSchedule \
    --node-change add:n7

  # From files: the DaemonSet, and kubectl get nodes -o yaml
  kubectl workload targets daemonset/agent --state agent.yaml --state nodes.yaml`

// Options are the flags of the command.
type Options struct {
	streams genericiooptions.IOStreams
	asks    request.Flags
	format  string
	color   string
	args    []string
}

// New returns the targets command.
func New(streams genericiooptions.IOStreams) *cobra.Command {
	o := &Options{streams: streams, asks: request.Flags{Command: "targets", Only: "DaemonSet"}}
	cmd := &cobra.Command{
		Use: "targets [daemonset/NAME...] [-f FILE]... [change] [--state FILE]",

		DisableFlagsInUseLine: true,

		Short:   "Show which nodes a DaemonSet is for, and why not the others",
		Long:    long,
		Example: example,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.args = args
			o.asks.Complete(cmd.Flags())
			if err := o.validate(); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	help.Use(cmd, append(o.asks.Placement(),
		help.Group{Title: "Output", Add: o.addOutput},
		help.Group{Title: "Connection", Add: o.asks.Source.Connection.Add, Note: connection.Rare()},
	)...)
	return cmd
}

func (o *Options) addOutput(flags *pflag.FlagSet) {
	flags.StringVarP(&o.format, "output", "o", "", "A `FORMAT`: wide, json, yaml or name (default: a table, with many nodes in groups)")
	flags.StringVar(&o.color, "color", "auto", "`WHEN` to use colour: auto, always or never")
}

func (o *Options) validate() error {
	if !slices.Contains([]string{"", "table", "wide", "json", "yaml", "name"}, o.format) {
		return fmt.Errorf("-o %q is not known: use wide, json, yaml or name", o.format)
	}
	return o.asks.Validate()
}

// Run finds the nodes and writes them.
func (o *Options) Run(ctx context.Context) error {
	later, end := terminal.Progress(o.streams.ErrOut, "reading")
	asked, err := o.asks.Read(ctx, request.Input{Words: o.args, Stdin: o.streams.In, Warnings: later})
	end()
	if err != nil {
		return err
	}
	found, err := planner.Targets(asked)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	out := bufio.NewWriter(o.streams.Out)
	if err := o.write(out, found); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if slices.ContainsFunc(found.Workloads, func(w plan.TargetedWorkload) bool { return len(w.Refusals) > 0 }) {
		return failure.Exit{Code: plan.ExitWillNotWork}
	}
	return nil
}

func (o *Options) write(w io.Writer, found *plan.Targets) error {
	switch o.format {
	case "json":
		return plan.EncodeTargetsJSON(w, found)
	case "yaml":
		return plan.EncodeTargetsYAML(w, found)
	case "name":
		return render.TargetNames(w, found)
	}
	color, err := terminal.Color(o.color, o.streams.Out, os.Getenv)
	if err != nil {
		return err
	}
	return render.Targets(w, found, render.Options{
		Width: terminal.Width(o.streams.Out), Color: color, Wide: o.format == "wide",
	})
}
