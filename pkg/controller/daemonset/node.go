package daemonset

import (
	corev1 "k8s.io/api/core/v1"
)

// LooksAfter reports whether a node that came, or that changed, makes the controller look
// at the DaemonSet. That a node went does not: the end of its pods does. before is nil for
// a node that came.
// Follows daemon_controller.go syncNodeUpdate, v1.37.0, and updateNode, v1.32.13.
func LooksAfter(sees View, before, after *corev1.Node) bool {
	is := FitOf(sees.DaemonSet, after, sees.Profile)
	if before != nil && sameForDaemonSets(before, after) {
		return false
	}
	if !sees.Profile.LooksAtNodesByPods() {
		if before == nil {
			return is.Should
		}
		was := FitOf(sees.DaemonSet, before, sees.Profile)
		return was.Should != is.Should || was.Continue != is.Continue
	}
	scheduled := false
	for _, pod := range sees.Pods.On(after.Name) {
		scheduled = scheduled || pod.Node == after.Name
	}
	return is.Should && !scheduled || !is.Continue && scheduled ||
		scheduled && sees.DaemonSet.Status.NumberMisscheduled > 0
}
