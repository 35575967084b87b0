package rollouts

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
)

// expectedDaemon are the ways that worlds of DaemonSets go.
func expectedDaemon() []string {
	return []string{
		"starts with pods that are not ready",
		"starts with pods that are terminating",
		"starts with pods of two revisions",
		"starts with nodes that are not ready",
		"starts with pods on nodes that are not eligible",
		"is OnDelete",
		"misses pods for a while",
		"surges",
		"needs pods to be ready for a while",
		"changes nothing",
		"changes nodes",
		"a person deletes a pod",
		"takes a new revision",
		"goes back to an older revision",
		"forgets old revisions",
		"ends complete",
		"ends with pods that are not ready",
		"ends with pods of two revisions",
	}
}

// waysOfDaemon tells what kind of world with a DaemonSet it was.
func waysOfDaemon(w *World, start starting, real rollout) ways {
	seen := ways{}
	if start.unusable != "" {
		seen["of no use: "+start.unusable] = 1
		return seen
	}
	end := real.end.DaemonSets[0]
	rolling := end.Spec.UpdateStrategy.RollingUpdate
	notReady := func(pod *corev1.Pod) bool { return isAlive(pod) && !isReady(pod) }
	seen.note("starts with pods that are not ready", slices.ContainsFunc(start.state.Pods, notReady))
	seen.note("starts with pods that are terminating",
		slices.ContainsFunc(start.state.Pods, func(pod *corev1.Pod) bool { return !isAlive(pod) }))
	seen.note("starts with pods of two revisions", hashesOf(start.state.Pods) > 1)
	seen.note("starts with nodes that are not ready", slices.ContainsFunc(start.state.Nodes, func(node *corev1.Node) bool {
		return node.Status.Conditions[0].Status != corev1.ConditionTrue
	}))
	seen.note("starts with pods on nodes that are not eligible", start.staysBehind())
	seen.note("is OnDelete", end.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType)
	surges := rolling != nil && rolling.MaxSurge.String() != "0"
	seen.note("surges", surges)
	seen.note("misses pods for a while", rolling != nil && !surges)
	seen.note("needs pods to be ready for a while", end.Spec.MinReadySeconds > 0)
	seen.note("changes nothing", start.after == nil && len(start.nodes) == 0)
	seen.note("changes nodes", len(start.nodes) > 0)
	seen.note("a person deletes a pod", start.killed != nil)
	seen.note("takes a new revision", highestOf(start.state.Revisions) < highestOf(real.end.Revisions))
	seen.note("goes back to an older revision", goesBack(start.state.Revisions, real.end.Revisions))
	seen.note("forgets old revisions", forgets(start.state.Revisions, real.end.Revisions))
	seen.note("ends complete", daemonset.Complete(end))
	seen.note("ends with pods that are not ready", slices.ContainsFunc(real.end.Pods, notReady))
	seen.note("ends with pods of two revisions", hashesOf(real.end.Pods) > 1)
	return seen
}

func hashesOf(pods []*corev1.Pod) int {
	hashes := map[string]bool{}
	for _, pod := range pods {
		hashes[pod.Labels[daemonHash]] = true
	}
	return len(hashes)
}

func highestOf(revisions []*appsv1.ControllerRevision) int64 {
	highest := int64(0)
	for _, r := range revisions {
		highest = max(highest, r.Revision)
	}
	return highest
}

func findRevision(revisions []*appsv1.ControllerRevision, name string) *appsv1.ControllerRevision {
	at := slices.IndexFunc(revisions, func(r *appsv1.ControllerRevision) bool { return r.Name == name })
	if at < 0 {
		return nil
	}
	return revisions[at]
}

func goesBack(before, after []*appsv1.ControllerRevision) bool {
	return slices.ContainsFunc(after, func(r *appsv1.ControllerRevision) bool {
		was := findRevision(before, r.Name)
		return was != nil && was.Revision < r.Revision
	})
}

func forgets(before, after []*appsv1.ControllerRevision) bool {
	return slices.ContainsFunc(before, func(r *appsv1.ControllerRevision) bool { return findRevision(after, r.Name) == nil })
}
