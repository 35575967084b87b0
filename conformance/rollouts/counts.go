package rollouts

import (
	"fmt"
	"maps"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

func entryOfDaemon(what happened, pod *corev1.Pod) entry {
	return entry{what: what, set: daemonSetName, pod: pod.Name, node: pod.Spec.NodeName,
		revision: pod.Labels[appsv1.DefaultDaemonSetUniqueLabelKey]}
}

// newest is the hash of the newest revision of a state.
func newest(state *cluster.Snapshot) string {
	if len(state.Revisions) == 0 {
		return ""
	}
	last := slices.MaxFunc(state.Revisions, func(a, b *appsv1.ControllerRevision) int {
		return int(a.Revision - b.Revision)
	})
	return last.Labels[appsv1.DefaultDaemonSetUniqueLabelKey]
}

// age tells whether a pod is at the newest revision. Which one of several older ones it is
// at is as random as its node.
func age(revision, newest string) string {
	if revision == newest {
		return "new"
	}
	return "old"
}

// timesOf are the instants at which pods of a DaemonSet come and go, by what happens and
// age, without their names and nodes.
func (r rollout) timesOf() map[string][]time.Duration {
	times := map[string][]time.Duration{}
	for _, e := range r.journal.entries {
		if e.node != "" {
			what := fmt.Sprintf("%s an %s pod", e.what, age(e.revision, r.newest))
			times[what] = append(times[what], e.at)
		}
	}
	return times
}

// compareTimes says which pods come and go on one side only, or on the other a tick or more
// earlier or later.
func compareTimes(real, ours rollout) string {
	var lines [2][]string
	theirs, own := real.timesOf(), ours.timesOf()
	kinds := maps.Clone(theirs)
	maps.Copy(kinds, own)
	for _, what := range slices.Sorted(maps.Keys(kinds)) {
		times := theirs[what]
		for i := range max(len(times), len(own[what])) {
			if i < min(len(times), len(own[what])) && (times[i]-own[what][i]).Abs() < tick {
				continue
			}
			for side, list := range [][]time.Duration{times, own[what]} {
				if i < len(list) {
					lines[side] = append(lines[side], fmt.Sprintf("%s at %v, number %d", what, list[i], i))
				}
			}
		}
	}
	return differing("pods", lines[0], lines[1])
}

// placesOf lists the nodes that have pods of a DaemonSet at the end, and how many pods
// there are at the newest revision and at older ones, those on their way out apart.
func (r rollout) placesOf() []string {
	type place struct{ node, revision, leaving string }
	there := map[string]place{}
	for _, pod := range r.first {
		if isDaemon(pod) {
			e := entryOfDaemon(created, pod)
			there[pod.Name] = place{e.node, e.revision, leaving(!isAlive(pod))}
		}
	}
	for _, e := range r.journal.entries {
		switch e.what {
		case created, deleted:
			there[e.pod] = place{e.node, e.revision, leaving(e.what == deleted)}
		case gone:
			delete(there, e.pod)
		}
	}
	nodes := map[string]bool{}
	var lines []string
	for _, p := range there {
		nodes[p.node] = true
		lines = append(lines, fmt.Sprintf("an %s pod%s", age(p.revision, r.newest), p.leaving))
	}
	for _, node := range slices.Sorted(maps.Keys(nodes)) {
		lines = append(lines, "pods on "+node)
	}
	return lines
}

func leaving(is bool) string {
	if is {
		return " on its way out"
	}
	return ""
}

// isRandom reports whether it matters for the others which pods are replaced first: a
// rolling update takes pods whose node is gone, or would not get one now, for pods like all
// others, and nothing comes in their place.
func (s starting) isRandom(real rollout) bool {
	for _, set := range real.end.DaemonSets {
		rolling := set.Spec.UpdateStrategy.RollingUpdate
		if rolling == nil {
			return false
		}
		if rolling.MaxSurge.String() != "0" && rolling.MaxSurge.String() != "0%" && s.dealt.staggered && s.isUneven(real) {
			return true
		}
	}
	return slices.ContainsFunc(s.state.Pods, func(pod *corev1.Pod) bool {
		return isDaemon(pod) && isAlive(pod) && isReady(pod) && !s.wanted[pod.Spec.NodeName] &&
			entryOfDaemon(created, pod).revision != real.newest
	})
}

// isUneven reports whether some nodes that need a new pod have an old one that is ready, and
// others have not. With a surge, the old pod goes when the new one is available, so that it
// matters on which of them the pod is that is ready first.
func (s starting) isUneven(real rollout) bool {
	old, current := map[string]bool{}, map[string]bool{}
	for _, pod := range s.state.Pods {
		if !isDaemon(pod) || !isAlive(pod) || !isReady(pod) || s.killed != nil && s.killed.Name == pod.Name {
			continue
		}
		if entryOfDaemon(created, pod).revision == real.newest {
			current[pod.Spec.NodeName] = true
		} else {
			old[pod.Spec.NodeName] = true
		}
	}
	with, without := false, false
	for node, wanted := range s.wanted {
		with = with || wanted && !current[node] && old[node]
		without = without || wanted && !current[node] && !old[node]
	}
	return with && without
}

// isMixed reports whether the first pods are at several older revisions. Which of those is
// without pods first, and forgotten, is random.
func (r rollout) isMixed() bool {
	older := map[string]bool{}
	for _, pod := range r.first {
		if e := entryOfDaemon(created, pod); e.revision != r.newest {
			older[e.revision] = true
		}
	}
	return len(older) > 1
}

// compareDaemon says how two rollouts of a DaemonSet differ in what is not random.
func compareDaemon(real, ours rollout) string {
	if real.isMixed() {
		real.end.Revisions, ours.end.Revisions = nil, nil
	}
	return compareTimes(real, ours) +
		differing("places", real.placesOf(), ours.placesOf()) +
		differing("state at the end", stateOf(real.end), stateOf(ours.end))
}
