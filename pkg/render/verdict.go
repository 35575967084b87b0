package render

import (
	"fmt"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
)

// verdict is the sentence on top: its first words are what a person scans for.
// A log is read from the top too, so it names an end that is not a good one.
func verdict(w *plan.Workload) []span {
	first := whatChanges(w)
	if word, t, _ := ending(w); t != good && w.Verdict != plan.Rejected {
		first = append(first, text(". "), toned(word, t), text(", see below"))
	}
	return first
}

func whatChanges(w *plan.Workload) []span {
	switch w.Verdict {
	case plan.Rejected:
		return sentence("REJECTED", bad, ". "+rejection(w))
	case plan.Create:
		return sentence("CREATES", caution, " "+pods(after(w))+order(w))
	case plan.Delete:
		return sentence("DELETES", bad, deletion(w))
	case plan.Recreate:
		return sentence("OUTAGE", bad, outage(w))
	case plan.OnDelete:
		return sentence("RESTARTS", caution, " no pod by itself. OnDelete: "+onDelete(w))
	case plan.RollingUpdate:
		return sentence("RESTARTS", caution, rolling(w))
	case plan.Scale:
		return sentence("SCALES", caution, scaling(w))
	case plan.InPlace:
		if w.Restarts > 0 {
			return sentence("IN PLACE", caution, ". "+goesOn(w))
		}
		return sentence("IN PLACE", good, ". No pod restarts")
	case plan.Continues:
		return sentence("CONTINUES", caution, continuing(w))
	}
	return sentence("NO CHANGE", good, stillness(w))
}

func sentence(word string, t tone, rest string) []span {
	return []span{toned(word, t), text(rest)}
}

// rejection is what the API server would say, from the first error found.
func rejection(w *plan.Workload) string {
	for _, f := range w.Findings {
		if f.Severity == plan.Error {
			return f.Message
		}
	}
	if w.Summary.Cause != "" {
		return w.Summary.Cause
	}
	return "The API server refuses this change"
}

func deletion(w *plan.Workload) string {
	if count := existing(w); count > 0 {
		return fmt.Sprintf(" the workload and its %s", pods(count))
	}
	return " the workload. It has no pods"
}

func outage(w *plan.Workload) string {
	return fmt.Sprintf(". RESTARTS %d of %s. Recreate: all of them stop before a new one starts",
		w.Restarts, pods(existing(w)))
}

func rolling(w *plan.Workload) string {
	words := fmt.Sprintf(" %d of %s", w.Restarts, pods(existing(w)))
	if from, to := before(w), after(w); from != to {
		words += fmt.Sprintf(", SCALES %d -> %d", from, to)
	}
	if isHeldAtOnce(w) && len(w.Pods) == 0 { // a partition holds pods that have names
		return words + " once it is resumed"
	}
	if w.Strategy == nil {
		return words
	}
	return words + ". " + w.Strategy.Type + ": " + w.Strategy.Words
}

func onDelete(w *plan.Workload) string {
	if w.Strategy != nil {
		return w.Strategy.Words
	}
	return "each of " + pods(existing(w)) + " changes when somebody deletes it"
}

// order says in which order pods come and go, where there is any.
func order(w *plan.Workload) string {
	if w.Strategy == nil || w.Strategy.Order == "" {
		return ""
	}
	return ", " + w.Strategy.Order
}

func scaling(w *plan.Workload) string {
	from, to := before(w), after(w)
	words := fmt.Sprintf(" %d -> %d pods", from, to) + order(w)
	if len(w.Targets) > 0 {
		s := plan.Summarize(w.Targets)
		return fmt.Sprintf(" %d -> %d pods with the nodes%s", s.Runs, s.WillRun, strings.Replace(gainedLost(s), ", ", ": ", 1))
	}
	if from == to {
		words = " to other ordinals" + order(w) + comings(w)
	}
	switch {
	case w.Restarts > 0:
		return words + ". " + goesOn(w)
	case to < from:
		return words + fmt.Sprintf(". %d stop, no other restarts", from-to)
	}
	return words + ". No pod restarts"
}

// comings says how many pods come and go: ": 2 to start, 2 to stop".
func comings(w *plan.Workload) string {
	var come, gone int32
	for _, p := range w.Pods {
		switch p.Action {
		case plan.PodCreated:
			come++
		case plan.PodDeleted:
			gone++
		}
	}
	if come+gone == 0 {
		return ""
	}
	return fmt.Sprintf(": %d to start, %d to stop", come, gone)
}

// goesOn warns that a change leaves a rollout going that replaces pods.
func goesOn(w *plan.Workload) string {
	return fmt.Sprintf("The rollout under way goes on: %d of %s are old", w.Restarts, pods(existing(w)))
}

func continuing(w *plan.Workload) string {
	if w.Restarts > 0 {
		return fmt.Sprintf(" a rollout that is under way: %d of %s still restart",
			w.Restarts, pods(existing(w)))
	}
	return " what is under way. No pod is still to restart"
}

func stillness(w *plan.Workload) string {
	if w.Start == nil {
		return ""
	}
	return fmt.Sprintf(". %d of %s available", w.Start.Available, pods(w.Start.Desired))
}
