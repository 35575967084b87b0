package load

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// Problem is one thing that is wrong with an input, and where it stands.
type Problem struct {
	Source cluster.Source
	Text   string
}

// Error is one line: "deploy.yaml:12: deployment shop/web: spec.replicas: …".
func (p Problem) Error() string {
	if p.Source == (cluster.Source{}) {
		return p.Text
	}
	return p.Source.String() + ": " + p.Text
}

func (p Problem) compare(other Problem) int {
	return cmp.Or(
		strings.Compare(p.Source.File, other.Source.File),
		cmp.Compare(p.Source.Line, other.Source.Line),
		strings.Compare(p.Text, other.Text),
	)
}

// problems are collected, so that a person can mend several at once.
type problems struct {
	list    []Problem
	dropped int // those after the first maxKept
}

// The first ten problems are shown: more do not fit on a screen. More are kept,
// since they do not come in order, but not millions.
const (
	maxShown = 10
	maxKept  = 1_000
)

func (p *problems) add(at cluster.Source, format string, args ...any) {
	if len(p.list) >= maxKept {
		p.dropped++
		return
	}
	text := fmt.Sprintf(format, args...)
	p.list = append(p.list, Problem{Source: at, Text: strings.Join(strings.Fields(text), " ")})
}

// join adds the problems that another reader found.
func (p *problems) join(others problems) {
	fits := min(len(others.list), maxKept-len(p.list))
	p.list = append(p.list, others.list[:fits]...)
	p.dropped += others.dropped + len(others.list) - fits
}

func (p *problems) count() int { return len(p.list) + p.dropped }

// err joins the problems in the order of files and lines; nil if there are none.
func (p *problems) err() error {
	slices.SortFunc(p.list, Problem.compare)
	unique := slices.Compact(slices.Clone(p.list))
	var list []error
	for _, problem := range unique[:min(len(unique), maxShown)] {
		list = append(list, problem)
	}
	if more := len(unique) + p.dropped - maxShown; more > 0 {
		list = append(list, fmt.Errorf("and %d more", more))
	}
	return errors.Join(list...)
}
