package rollouts

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// compare says how two rollouts differ; empty: not at all.
func compare(real, ours rollout) string {
	if len(real.end.DaemonSets) > 0 {
		return compareDaemon(real, ours)
	}
	return differing("sizes", sizesOf(real.journal.entries), sizesOf(ours.journal.entries)) +
		differing("pods", podsOf(real.journal.entries), podsOf(ours.journal.entries)) +
		differing("state at the end", stateOf(real.end), stateOf(ours.end))
}

// until is what happened before an instant, without an end.
func (r rollout) until(end time.Duration) rollout {
	late := func(e entry) bool { return e.at >= end }
	return rollout{
		journal: journal{entries: slices.DeleteFunc(slices.Clone(r.journal.entries), late)},
		end:     &cluster.Snapshot{},
	}
}

// differing says which lines only one side has.
func differing(title string, real, ours []string) string {
	onlyReal, onlyOurs := without(real, ours), without(ours, real)
	if len(onlyReal) == 0 && len(onlyOurs) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s:\n", title)
	for _, line := range onlyReal {
		fmt.Fprintf(&b, "  real: %s\n", line)
	}
	for _, line := range onlyOurs {
		fmt.Fprintf(&b, "  ours: %s\n", line)
	}
	return b.String()
}

func without(list, other []string) []string {
	count := map[string]int{}
	for _, line := range other {
		count[line]++
	}
	var left []string
	for _, line := range list {
		if count[line]--; count[line] < 0 {
			left = append(left, line)
		}
	}
	return left
}

// sizesOf lists the size that each ReplicaSet has when an instant is over, where
// it changed.
func sizesOf(entries []entry) []string {
	type key struct {
		at  time.Duration
		set string
	}
	last := map[key]string{}
	for _, e := range entries {
		switch e.what {
		case sized:
			last[key{e.at.Truncate(tick), e.set}] = fmt.Sprint(e.size)
		case removed:
			last[key{e.at.Truncate(tick), e.set}] = "removed"
		}
	}
	keys := slices.SortedFunc(maps.Keys(last), func(a, b key) int {
		return cmp.Or(strings.Compare(a.set, b.set), cmp.Compare(a.at, b.at))
	})
	var lines []string
	before := map[string]string{}
	for _, k := range keys {
		if last[k] != before[k.set] {
			lines = append(lines, fmt.Sprintf("%s = %s at %v", k.set, last[k], k.at))
		}
		before[k.set] = last[k]
	}
	return lines
}

// podsOf lists which pods were created and deleted, and which claims came and went, at
// each instant.
func podsOf(entries []entry) []string {
	var lines []string
	for _, e := range entries {
		if e.what == created || e.what == deleted || e.what == gone && e.set == claims {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s of %s at %v %s",
				e.what, e.pod, e.set, e.at.Truncate(tick), e.revision)))
		}
	}
	return lines
}
