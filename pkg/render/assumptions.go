package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// aboutState names what is taken for granted of the state itself.
const aboutState = "state"

// aboutNodes names a change to a node, which is no write of the plan.
const aboutNodes = "nodeChange"

// nodeChanges adds them, where a workload feels them.
func (d *document) nodeChanges(p *plan.Plan, w *plan.Workload) {
	var said []string
	for _, a := range p.Assumptions {
		if a.Name == aboutNodes {
			said = append(said, a.Value)
		}
	}
	if len(said) > 0 && len(w.Targets) > 0 {
		d.add(paragraph{indent: 2, lead: texts("nodes: "), body: texts(strings.Join(said, ", "))})
	}
}

// maxAlike is how many assumptions of one name are told one by one.
const maxAlike = 3

// assumptions adds what the forecast rests on, and where each came from.
func (d *document) assumptions(p *plan.Plan, o Options) {
	var said []string
	for _, group := range alike(p.Assumptions, o) {
		switch {
		case group[0].Name == aboutState && areRejected(p):
			continue
		case group[0].Name == aboutNodes:
			continue // stands on top
		case group[0].Name == aboutState:
			said = append(said, stateAssumption(group))
			continue
		case isIdle(p):
			continue
		case len(group) > maxAlike && !o.Wide:
			said = append(said, manyAlike(group))
			continue
		}
		for _, a := range group {
			said = append(said, assumption(a))
		}
	}
	if len(said) > 0 {
		d.add(paragraph{indent: 2, lead: texts("Assumed: "), body: texts(strings.Join(said, ", "))})
	}
}

// alike groups assumptions by what they are about and where they came from, in
// the order of the first of each. Defaults that say nothing of pods or of the
// state are told in wide only.
func alike(assumptions []plan.Assumption, o Options) [][]plan.Assumption {
	type key struct{ subject, from string }
	var groups [][]plan.Assumption
	index := map[key]int{}
	for _, a := range assumptions {
		subject, _ := about(a)
		if !o.Wide && a.From == "default" && !isAboutPods(subject) && a.Note == "" {
			continue
		}
		i, known := index[key{subject, a.From}]
		if !known {
			i = len(groups)
			index[key{subject, a.From}] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], a)
	}
	return groups
}

// about splits "readyAfter of deployment/web" into its subject and the workload;
// an assumption for all workloads has none.
func about(a plan.Assumption) (subject, workload string) {
	subject, workload, _ = strings.Cut(a.Name, " of ")
	return subject, workload
}

// manyAlike tells many assumptions of one kind as one: "ready 9s to 21s (measured,
// 12 workloads)".
func manyAlike(group []plan.Assumption) string {
	subject, _ := about(group[0])
	words := assumptionWord(subject)
	if values := valueRange(group); values != "" {
		words += " " + values
	}
	return fmt.Sprintf("%s (%s, %d workloads)", words, group[0].From, len(group))
}

func valueRange(group []plan.Assumption) string {
	low, high := group[0].Value, group[0].Value
	for _, a := range group {
		value, err := time.ParseDuration(a.Value)
		if err != nil {
			return ""
		}
		if least, _ := time.ParseDuration(low); value < least {
			low = a.Value
		}
		if most, _ := time.ParseDuration(high); value > most {
			high = a.Value
		}
	}
	if low == high {
		return short(low)
	}
	return short(low) + " to " + short(high)
}

func areRejected(p *plan.Plan) bool {
	return !slices.ContainsFunc(p.Workloads, func(w plan.Workload) bool { return w.Verdict != plan.Rejected })
}

// stateAssumption tells what had to be made up, or for how many workloads.
func stateAssumption(group []plan.Assumption) string {
	if len(group) > 1 {
		return fmt.Sprintf("%d workloads taken as settled (the state has no ReplicaSets or pods of them)", len(group))
	}
	return group[0].Note
}

// isIdle says that no workload does anything, so nothing is assumed.
func isIdle(p *plan.Plan) bool {
	for i := range p.Workloads {
		w := &p.Workloads[i]
		if w.Verdict != plan.Rejected && !isStill(w) {
			return false
		}
	}
	return true
}

func isAboutPods(subject string) bool {
	return subject == "readyAfter" || subject == "terminateAfter"
}

func assumption(a plan.Assumption) string {
	source := a.From
	if a.Note != "" {
		source += ", " + a.Note
	}
	subject, workload := about(a)
	words := assumptionWord(subject)
	if workload != "" {
		words += " of " + workload
	}
	if value := short(a.Value); value != "" {
		words += " " + value
	}
	if source == "" {
		return words
	}
	return words + " (" + source + ")"
}

func assumptionWord(name string) string {
	switch name {
	case "readyAfter":
		return "ready"
	case "terminateAfter":
		return "gone"
	}
	return name
}
