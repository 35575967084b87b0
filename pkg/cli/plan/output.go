package plan

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/terminal"
	plans "github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/render"
)

// outputFlags say how the plan is shown.
type outputFlags struct {
	format           string
	color            string
	pods             bool
	showsPods        bool // --pods was given
	detailedExitCode bool
}

func (f *outputFlags) add(flags *pflag.FlagSet) {
	flags.StringVarP(&f.format, "output", "o", "", "A `FORMAT`: wide, json, yaml, name, jsonpath=…, go-template=…, or their -file forms (default: a table)")
	flags.StringVar(&f.color, "color", "auto", "`WHEN` to use colour: auto, always or never")
	flags.BoolVar(&f.pods, "pods", true, "In json and yaml: a step for each thing that happens to a pod; given, in the table of a DaemonSet a row for each node")
	flags.BoolVar(&f.detailedExitCode, "detailed-exitcode", false, "Exit with 2 where changes are pending")
}

func (f *outputFlags) validate() error {
	known := []string{"", "table", "wide", "json", "yaml", "name"}
	if slices.Contains(known, f.format) || f.isTemplate() {
		return nil
	}
	err := fmt.Errorf("-o %q is not known: use wide, json, yaml, name, jsonpath=… or go-template=…", f.format)
	if f.format == "ut" || strings.HasPrefix(f.format, "ut=") {
		return failure.WithHint(err, "write --output=… or -o …, with one dash only before a single letter")
	}
	return err
}

func (f *outputFlags) isTemplate() bool {
	return strings.HasPrefix(f.format, "jsonpath") || strings.HasPrefix(f.format, "go-template") ||
		strings.HasPrefix(f.format, "template")
}

// wantsPods reports whether steps of pods will be seen.
func (f *outputFlags) wantsPods() bool {
	return f.pods && (f.format == "json" || f.format == "yaml" || f.isTemplate())
}

func (f *outputFlags) write(w io.Writer, p *plans.Plan, env func(string) string) error {
	buffered := bufio.NewWriter(w)
	if err := f.writeTo(buffered, w, p, env); err != nil {
		return err
	}
	return buffered.Flush()
}

func (f *outputFlags) writeTo(w, stream io.Writer, p *plans.Plan, env func(string) string) error {
	switch f.format {
	case "json":
		return plans.EncodeJSON(w, p)
	case "yaml":
		return plans.EncodeYAML(w, p)
	case "name":
		return render.Name(w, p)
	case "", "table", "wide":
		color, err := terminal.Color(f.color, stream, env)
		if err != nil {
			return err
		}
		return render.Table(w, p, render.Options{
			Width: terminal.Width(stream), Color: color, Wide: f.format == "wide", Pods: f.showsPods && f.pods,
		})
	}
	return f.writeTemplate(w, p)
}

// writeTemplate lets kubectl's own printers show the plan.
func (f *outputFlags) writeTemplate(w io.Writer, p *plans.Plan) error {
	flags := genericclioptions.NewPrintFlags("planned")
	flags.OutputFormat = &f.format
	printer, err := flags.ToPrinter()
	if err != nil {
		return err
	}
	var encoded bytes.Buffer
	if err := plans.EncodeJSON(&encoded, p); err != nil {
		return err
	}
	var object unstructured.Unstructured
	if err := object.UnmarshalJSON(encoded.Bytes()); err != nil {
		return err
	}
	if err := printer.PrintObj(&object, w); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w)
	return err
}
