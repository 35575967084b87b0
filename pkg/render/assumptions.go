package render

import (
	"strings"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// assumptions adds what the forecast rests on, and where each came from.
func (d *document) assumptions(p *plan.Plan, o Options) {
	var said []string
	for _, a := range p.Assumptions {
		if o.Wide || a.From != "default" || isAboutPods(a) {
			said = append(said, assumption(a))
		}
	}
	if len(said) == 0 || isIdle(p) {
		return
	}
	d.add(paragraph{
		indent: 2,
		lead:   texts("Assumed: "),
		body:   texts(strings.Join(said, ", ")),
	})
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

func isAboutPods(a plan.Assumption) bool {
	return a.Name == "readyAfter" || a.Name == "terminateAfter"
}

func assumption(a plan.Assumption) string {
	source := a.From
	if a.Note != "" {
		source += ", " + a.Note
	}
	words := assumptionWord(a.Name)
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

// duration says how long the rollout takes, no more exactly than it is known.
func duration(p *plan.Plan, w *plan.Workload) string {
	took := short(w.Summary.Duration)
	switch w.Summary.Outcome {
	case plan.Settled:
		if took == "" || took == "0s" {
			return ""
		}
		return about(p, w)
	case plan.HorizonReached:
		return "Not finished after " + took
	}
	return "" // the last line says when it stops
}

// about is a duration that rests on a guess only if it says so, and then it is
// rounded: seconds of a guessed hour mean nothing.
func about(p *plan.Plan, w *plan.Workload) string {
	guess := guessedReady(p, w)
	took, err := time.ParseDuration(w.Summary.Duration)
	if guess == "" || err != nil {
		return "About " + short(w.Summary.Duration)
	}
	return "About " + plan.ShortDuration(rounded(took)) + ", if a pod is ready after " + guess + " (a guess)"
}

func rounded(d time.Duration) time.Duration {
	switch {
	case d >= 10*time.Minute:
		return d.Round(time.Minute)
	case d >= time.Minute:
		return d.Round(5 * time.Second)
	}
	return max(d.Round(time.Second), time.Second)
}

// guessedReady returns readyAfter where it is the built-in default and the
// rollout waits for pods to become ready.
func guessedReady(p *plan.Plan, w *plan.Workload) string {
	if w.Verdict == plan.Delete || after(w) < before(w) && w.Restarts == 0 {
		return ""
	}
	for _, a := range p.Assumptions {
		if a.Name == "readyAfter" && a.From == "default" {
			return short(a.Value)
		}
	}
	return ""
}

// short is a duration of the plan for people; what is no duration stays.
func short(written string) string {
	d, err := time.ParseDuration(written)
	if err != nil {
		return written
	}
	return plan.ShortDuration(d)
}
