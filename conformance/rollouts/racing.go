package rollouts

import (
	"regexp"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// undetermined is what depends on how caches and controllers race: how many writes
// a size took, when something was seen, and which progress was noted last.
var undetermined = regexp.MustCompile(`generation \d+|"observedGeneration":\d+| since .*| is Progressing=.*`)

// compareEnds says how the ends of two rollouts differ in what is determined when
// the controllers race.
func compareEnds(real, ours rollout) string {
	var lines [2][]string
	for i, side := range []rollout{real, ours} {
		for _, line := range stateOf(side.end) {
			lines[i] = append(lines[i], undetermined.ReplaceAllString(line, ""))
		}
	}
	return differing("state at the end", lines[0], lines[1])
}

// hasLeaving reports whether a state has pods without an owner that are being deleted. A
// controller that wants the name of one tries again and again, ever more seldom; how
// often it has when the name becomes free depends on a race, and so does all that follows.
func hasLeaving(state *cluster.Snapshot) bool {
	return slices.ContainsFunc(state.Pods, func(pod *corev1.Pod) bool {
		return cluster.ControllerOf(pod) == nil && !isAlive(pod)
	})
}

// moments are the instants in the lines of a rollout.
var moments = regexp.MustCompile(`(at|since) [0-9][0-9a-z.:]*`)

// compareTimeless says how two rollouts differ in anything but when.
func compareTimeless(real, ours rollout) string {
	lines := func(r rollout) []string {
		all := append(podsOf(r.journal.entries), stateOf(r.end)...)
		for i := range all {
			all[i] = moments.ReplaceAllString(all[i], "")
		}
		return all
	}
	return differing("but for times", lines(real), lines(ours))
}
