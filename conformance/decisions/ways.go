package decisions

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/equality"

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
			newConditions(world, s, here)
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
	for way := range here {
		w.taken[way]++
	}
}

func refusal(s Sent) string {
	if s.Refused == "" {
		return ""
	}
	return ", refused"
}

// newConditions notes each condition that a status write brings.
func newConditions(world *World, s Sent, here map[string]bool) {
	had := map[string]bool{}
	if world.Deployment != nil {
		for _, c := range world.Deployment.Status.Conditions {
			had[fmt.Sprint(c.Type, c.Status, c.Reason)] = true
		}
	}
	var d appsv1.Deployment
	if s.Resource != "deployments" || json.Unmarshal(s.Body, &d) != nil {
		return
	}
	for _, c := range d.Status.Conditions {
		if !had[fmt.Sprint(c.Type, c.Status, c.Reason)] {
			here[fmt.Sprintf("condition: %s=%s %s", c.Type, c.Status, c.Reason)] = true
		}
	}
	if !equality.Semantic.DeepEqual(d.Status.CollisionCount, world.Deployment.Status.CollisionCount) {
		here["collision counted"] = true
	}
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
	return slices.DeleteFunc(slices.Clone(expected), func(way string) bool { return w.taken[way] > 0 })
}
