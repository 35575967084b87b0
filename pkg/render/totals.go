package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// blocksOf adds the block of each of a few workloads, with a tally on top and
// the totals below.
func (d *document) blocksOf(p *plan.Plan, o Options) {
	d.add(paragraph{body: tally(p, ""), right: sourceOf(p, o)}, blank{})
	for i := range p.Workloads {
		w := &p.Workloads[i]
		d.workload(p, w, "", o)
		if word, t, rest := ending(w); t != good {
			d.line(2, toned(word, t), text(rest+"."))
		}
		d.add(blank{})
	}
	d.together(p, o)
}

// together adds the totals: what all workloads do at the same time.
func (d *document) together(p *plan.Plan, o Options) {
	facts := []string{fmt.Sprintf("Together: restarts %d of %s", p.Summary.Restarts, pods(allPods(p)))}
	if p.Summary.MaxPods > 0 {
		facts = append(facts, fmt.Sprintf("Peak %s with terminating", pods(p.Summary.MaxPods)))
	}
	if longest := longestDuration(p); longest > 0 {
		facts = append(facts, "About "+plan.ShortDuration(longest))
	}
	if found := severities(p); found != "" {
		facts = append(facts, found)
	}
	d.facts(facts, o)
}

func allPods(p *plan.Plan) int32 {
	var sum int32
	for i := range p.Workloads {
		if p.Workloads[i].Verdict != plan.Create {
			sum += existing(&p.Workloads[i])
		}
	}
	return sum
}

func longestDuration(p *plan.Plan) time.Duration {
	var longest time.Duration
	for i := range p.Workloads {
		if d, err := time.ParseDuration(p.Workloads[i].Summary.Duration); err == nil {
			longest = max(longest, d)
		}
	}
	return longest
}

func severities(p *plan.Plan) string {
	var errors, warnings int
	for i := range p.Workloads {
		for _, f := range p.Workloads[i].Findings {
			switch f.Severity {
			case plan.Error:
				errors++
			case plan.Warning:
				warnings++
			}
		}
	}
	var parts []string
	if errors > 0 {
		parts = append(parts, plural(errors, "failure"))
	}
	if warnings > 0 {
		parts = append(parts, plural(warnings, "warning"))
	}
	return strings.Join(parts, ", ")
}

func plural(count int, word string) string {
	if count == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", count, word)
}

const maxNamed = 3 // exceptions in the last line

// outcomeOfAll names what does not settle; the worst decides the colour.
func outcomeOfAll(p *plan.Plan) []span {
	var exceptions []*plan.Workload
	worst := good
	for _, w := range worstFirst(p) {
		if _, t, _ := ending(w); t != good {
			exceptions = append(exceptions, w)
			worst = max(worst, t)
		}
	}
	if len(exceptions) == 0 {
		return []span{toned("SETTLES", good), text(".")}
	}
	return []span{toned(exceptWord(p, exceptions), worst), text(" " + named(exceptions) + ".")}
}

func exceptWord(p *plan.Plan, exceptions []*plan.Workload) string {
	if len(exceptions) == len(p.Workloads) {
		return "WILL NOT SETTLE:"
	}
	return "SETTLES EXCEPT"
}

func named(exceptions []*plan.Workload) string {
	var names []string
	for _, w := range exceptions[:min(len(exceptions), maxNamed)] {
		names = append(names, strings.ReplaceAll(title(w.Ref), " ", noBreak)+" ("+exception(w)+")")
	}
	if more := len(exceptions) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

// exception says in one word why a workload is an exception.
func exception(w *plan.Workload) string {
	word, _ := classOf(w).word()
	if few := len(w.Summary.Except); few > 0 && w.Summary.Outcome == plan.Settled {
		return nodes(few) + " not ready"
	}
	if w.Summary.Outcome == plan.Held && w.Verdict != plan.Rejected {
		word = "HELD"
	}
	return word
}
