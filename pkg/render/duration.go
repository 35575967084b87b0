package render

import (
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// duration says how long the rollout takes, no more exactly than it is known.
func duration(p *plan.Plan, w *plan.Workload) string {
	took := short(w.Summary.Duration)
	switch w.Summary.Outcome {
	case plan.Settled, plan.Held:
		if took == "" || took == "0s" {
			return ""
		}
		return aboutDuration(p, w)
	case plan.HorizonReached:
		return "Not finished after " + took
	}
	return "" // the last line says when it stalls
}

// aboutDuration is a duration that rests on a guess only if it says so, and then it is
// rounded: seconds of a guessed hour mean nothing.
func aboutDuration(p *plan.Plan, w *plan.Workload) string {
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
		subject, workload := about(a)
		isMine := workload == "" || workload == w.Ref.String()
		if subject == "readyAfter" && isMine && a.From == "default" {
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
