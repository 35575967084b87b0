package decisions

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// ways counts in how many worlds a controller went which way.
type ways struct{ taken map[string]int }

func newWays() *ways { return &ways{taken: map[string]int{}} }

func (w *ways) add(other *ways) {
	for way, times := range other.taken {
		w.taken[way] += times
	}
}

// count adds one world.
func (w *ways) count(world *World, real, ours Outcome) {
	here := map[string]bool{}
	for _, s := range real.Sent {
		here[fmt.Sprintf("write: %s %s%s", s.Verb, s.Resource, refusal(s))] = true
		if s.Verb == controller.UpdateStatus {
			noteStatus(world, s, here)
		}
	}
	for _, reason := range ours.Reasons {
		here["reason: "+string(reason)] = true
	}
	for _, message := range real.Trace {
		here["log: "+message] = true
	}
	if !real.WakeAt.IsZero() {
		here["wakes up"] = true
	}
	if real.Err != nil {
		here["fails"] = true
	}
	if len(real.Sent) == 0 {
		here["nothing to write"] = true
	}
	if braked(real) {
		here["brake: an old ReplicaSet has more available than asked for"] = true
	}
	if world.Kind == "StatefulSet" {
		noteStateful(world, real, here)
	}
	if world.Kind == "DaemonSet" {
		noteDaemon(world, real, here)
	}
	for way := range here {
		w.taken[way]++
	}
	if world.Kind == "ReplicaSet" {
		w.deletions(world, real)
		w.creations(real)
	}
	w.proportional(world, ours)
}

// creations notes how a batch of creations went.
func (w *ways) creations(real Outcome) {
	created, refusals := 0, map[string]int{}
	for _, s := range real.Sent {
		switch {
		case s.Verb != controller.Create || s.Resource != "pods":
		case s.Refused == "":
			created++
		default:
			refusals[s.Refused]++
		}
	}
	switch {
	case created >= 500:
		w.taken["creation: as many as one sync may"]++
	case refusals[errorOf(NamespaceTerminating, "pods").Error()] > 0:
		w.taken["creation: the namespace goes away"]++
	case len(refusals) > 0 && created > 0:
		w.taken["creation: slow start stops"]++
	}
}

// deletions notes how far the choice of the pods to delete was determined.
func (w *ways) deletions(world *World, real Outcome) {
	names := deleted(real)
	if len(names) == 0 {
		return
	}
	ranking := rankingOf(world, adopted(real))
	switch {
	case len(names) == ranking.Len():
		w.taken["deletion: of all pods"]++
	case totalOrder(ranking):
		w.taken["deletion: of the only possible pods"]++
	default:
		w.taken["deletion: of one of several choices"]++
	}
	if len(names) >= 500 {
		w.taken["deletion: as many as one sync may"]++
	}
}

func refusal(s Sent) string {
	if s.Refused == "" {
		return ""
	}
	return ", refused"
}

// braked reports whether the controller stopped in the middle of cleaning up old
// pods although no write was refused.
func braked(real Outcome) bool {
	looked := slices.Contains(real.Trace, "Found available pods in old RS")
	done := slices.Contains(real.Trace, "Cleaned up unhealthy replicas from old RSes")
	refused := slices.ContainsFunc(real.Sent, func(s Sent) bool { return s.Refused != "" })
	return looked && !done && !refused
}

// table is every way with its count.
func (w *ways) table() string {
	var b strings.Builder
	for _, way := range slices.Sorted(maps.Keys(w.taken)) {
		fmt.Fprintf(&b, "%7d  %s\n", w.taken[way], way)
	}
	return b.String()
}

// missing are the ways that were never taken.
func (w *ways) missing(expected []string) []string {
	return slices.DeleteFunc(slices.Clone(expected),
		func(way string) bool { return w.taken[way] > 0 })
}
