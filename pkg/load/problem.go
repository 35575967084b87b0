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
type problems []Problem

// maxShown is how many problems one error has: more do not fit on a screen.
const maxShown = 10

func (p *problems) add(at cluster.Source, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	*p = append(*p, Problem{Source: at, Text: strings.Join(strings.Fields(text), " ")})
}

// err joins the problems in the order of files and lines; nil if there are none.
func (p problems) err() error {
	slices.SortFunc(p, Problem.compare)
	unique := slices.Compact(p)
	var list []error
	for _, problem := range unique[:min(len(unique), maxShown)] {
		list = append(list, problem)
	}
	if more := len(unique) - maxShown; more > 0 {
		list = append(list, fmt.Errorf("and %d more", more))
	}
	return errors.Join(list...)
}
