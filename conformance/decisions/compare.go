package decisions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// Compare says how what Decide says differs from what the real controller did;
// empty where it does not.
func Compare(world *World, real, ours Outcome) string {
	var differences []string
	add := func(what, difference string) {
		if difference != "" {
			differences = append(differences, what+":\n"+difference)
		}
	}
	settle := settled
	switch world.Kind {
	case "StatefulSet":
		settle = newOrdering(world).settled
	case "DaemonSet":
		l := newLandscape(world, real)
		settle = l.settled
		add("real chooses what it may not", l.outside(real.Sent))
		add("ours chooses what it may not", l.outside(ours.Sent))
	}
	realSent, oursSent := settle(real.Sent), settle(ours.Sent)
	add("writes (-real +ours)", differenceOf(realSent, oursSent))
	if !sameInstant(real, ours) {
		add("wakes at", fmt.Sprintf("real %v, ours %v\n", real.WakeAt, ours.WakeAt))
	}
	if (real.Err == nil) != (ours.Err == nil) {
		add("error", fmt.Sprintf("real %v, ours %v\n", real.Err, ours.Err))
	}
	if world.Kind == "ReplicaSet" {
		add("pods deleted", checkDeletions(world, real, ours))
	}
	return strings.Join(differences, "")
}

// sameInstant leaves the real controller the time that its tries took it.
func sameInstant(real, ours Outcome) bool {
	if real.WakeAt.IsZero() || ours.WakeAt.IsZero() {
		return real.WakeAt.IsZero() == ours.WakeAt.IsZero()
	}
	return real.WakeAt.Sub(ours.WakeAt).Abs() <= real.Took
}

// settled puts the writes into an order in which only what is determined
// counts. Claims come first in a sync, in the order of a map. Pods are created
// and deleted by many goroutines at once: identical writes become one with a
// count, and deletions lose their names.
func settled(sent []Sent) []Sent {
	sent = slices.Clone(sent)
	claims := 0
	for claims < len(sent) && sent[claims].Verb == controller.Patch {
		claims++
	}
	slices.SortStableFunc(sent[:claims], func(a, b Sent) int {
		return strings.Compare(a.Name, b.Name)
	})
	var merged []Sent
	for _, s := range sent {
		if s.Resource == "pods" && s.Verb == controller.Delete {
			s.Name = ""
		}
		same := slices.IndexFunc(merged, func(m Sent) bool { return manyPods(s) && equal(m, s) })
		if same < 0 {
			merged = append(merged, s)
			continue
		}
		merged[same].Count += s.Count
	}
	sortPods(merged)
	return merged
}

func manyPods(s Sent) bool {
	return s.Resource == "pods" && s.Verb != controller.Patch
}

// equal leaves the count out.
func equal(a, b Sent) bool {
	return a.Verb == b.Verb && a.Resource == b.Resource && a.Name == b.Name &&
		a.Refused == b.Refused && bytes.Equal(a.Body, b.Body)
}

// sortPods orders each run of creations and deletions of pods: which of several
// goroutines is refused is random.
func sortPods(sent []Sent) {
	for start := 0; start < len(sent); start++ {
		end := start
		for end < len(sent) && manyPods(sent[end]) {
			end++
		}
		slices.SortStableFunc(sent[start:end], func(a, b Sent) int {
			return strings.Compare(string(a.Verb)+a.Refused, string(b.Verb)+b.Refused)
		})
		start = max(start, end-1)
	}
}

func differenceOf(real, ours []Sent) string {
	same := slices.EqualFunc(real, ours, func(a, b Sent) bool {
		return a.Count == b.Count && equal(a, b)
	})
	if same {
		return ""
	}
	return cmp.Diff(readable(real), readable(ours))
}

// readable turns payloads into trees, so that a difference names the field.
func readable(sent []Sent) any {
	data := encoded(sent)
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		panic(err)
	}
	return tree
}
