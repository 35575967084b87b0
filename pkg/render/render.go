// Package render turns a plan into text: first into a small document tree, then,
// knowing the width, into lines.
//
// The rules of the table, which is read at 3 a.m. and in CI logs: the verdict
// stands on top and the outcome last; every line fits the width; colour repeats
// what words already say; a number that is guaranteed is told apart from one
// that is forecast, and one that rests on a default says so; nothing that comes
// from input reaches the terminal unfiltered.
package render

import (
	"bufio"
	"io"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// Options say what the paper is like. The zero value is 100 columns without
// colour.
type Options struct {
	Width int  // columns; 0 is 100
	Color bool // verdicts, findings and outcome
	Wide  bool // every row and full names, however long the lines get
	Pods  bool // of DaemonSets a row for each node
}

const (
	defaultWidth = 100
	minimalWidth = 40 // below that, lines are longer than the paper
	maxBlocks    = 5  // more workloads than this get one line each
)

func (o Options) width() int {
	switch {
	case o.Wide:
		return unlimited
	case o.Width == 0:
		return defaultWidth
	}
	return max(o.Width, minimalWidth)
}

// Table writes the default table: a block for each of up to five workloads, for
// more one line each, the worst first, and then all of them together.
func Table(w io.Writer, p *plan.Plan, o Options) error {
	d := &document{}
	switch count := len(p.Workloads); {
	case count == 0:
		d.line(0, text("No workload is planned."))
	case count == 1:
		d.workload(p, &p.Workloads[0], sourceOf(p, o), o)
	case count <= maxBlocks:
		d.blocksOf(p, o)
	default:
		d.listing(p, o)
	}
	if len(p.Workloads) > 1 {
		d.assumptions(p, o) // a block of its own has them above its findings
	}
	d.notes(p)
	d.add(blank{})
	d.outcome(p, o)
	return write(w, d, o)
}

// Name writes the workloads that change as kubectl get -o name does, one a line:
// "deployment.apps/web".
func Name(w io.Writer, p *plan.Plan) error {
	lines := bufio.NewWriter(w)
	for i := range p.Workloads {
		if v := p.Workloads[i].Verdict; v != plan.NoChange && v != plan.Continues {
			lines.WriteString(clean(resourceName(p.Workloads[i].Ref)) + "\n")
		}
	}
	return lines.Flush()
}

func resourceName(ref cluster.Ref) string {
	kind := strings.ToLower(ref.Kind)
	if group, _, found := strings.Cut(ref.APIVersion, "/"); found {
		kind += "." + group
	}
	return kind + "/" + ref.Name
}
