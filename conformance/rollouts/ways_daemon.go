package rollouts

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// expectedDaemon are the ways that worlds of DaemonSets go.
func expectedDaemon() []string {
	return []string{
		"starts with pods that are not ready",
		"starts with pods that are terminating",
		"starts with crashing pods",
		"starts with failed pods",
		"starts with two pods on a node",
		"starts with pods of several revisions",
		"starts with nodes that are not ready",
		"starts with pods whose node is gone",
		"starts with nodes that are left out",
		"is OnDelete",
		"may miss a number of pods",
		"may miss a part of the pods",
		"surges by a number of pods",
		"surges by a part of the pods",
		"needs pods to be ready for a while",
		"pods that differ in what they take",
		"changes nothing",
		"changes only nodes",
		"takes a new revision",
		"goes back to an older revision",
		"forgets old revisions",
		"a person deletes a pod",
		"a node joins",
		"a node leaves",
		"a node stops",
		"a node goes on",
		"a node is wanted no more",
		"a node is wanted from now on",
		"deletes pods together",
		"creates pods in more than five instants",
		"ends complete",
		"ends with pods that are not available",
		"ends with old pods",
		"ends with pods where none should be",
	}
}

// waysOfDaemon tells what kind of world with a DaemonSet it was.
func waysOfDaemon(w *World, start starting, real rollout) ways {
	seen := ways{}
	if start.unusable != "" {
		seen["of no use: "+start.unusable] = 1
		return seen
	}
	note := seen.note
	notePods(note, start.state.Pods)
	noteDaemonStart(note, start, real)
	noteDaemonSpec(note, real.end.DaemonSets[0])
	note("pods that differ in what they take", !w.Alike)
	note("changes nothing", start.after == nil && start.killed == nil && len(start.nodes) == 0)
	note("changes only nodes", start.after == nil && len(start.nodes) > 0)
	note("a person deletes a pod", start.killed != nil)
	noteRevisions(note, start.state, real.end)
	noteNodes(note, start)
	noteDaemonEnd(note, real)
	return seen
}

func noteDaemonStart(note func(string, bool), start starting, real rollout) {
	there := map[string]bool{}
	for _, node := range start.state.Nodes {
		there[node.Name] = true
		note("starts with nodes that are not ready", !works(node))
		note("starts with nodes that are left out", !start.wanted[node.Name])
	}
	onNode, hashes := map[string]int{}, map[string]bool{}
	for _, pod := range start.state.Pods {
		onNode[pod.Spec.NodeName]++
		hashes[pod.Labels[appsv1.DefaultDaemonSetUniqueLabelKey]] = true
		note("starts with failed pods", pod.Status.Phase == corev1.PodFailed)
		note("starts with two pods on a node", onNode[pod.Spec.NodeName] > 1)
		note("starts with pods whose node is gone", !there[pod.Spec.NodeName])
	}
	note("starts with pods of several revisions", len(hashes) > 1)
}

func noteDaemonSpec(note func(string, bool), set *appsv1.DaemonSet) {
	note("needs pods to be ready for a while", set.Spec.MinReadySeconds > 0)
	rolling := set.Spec.UpdateStrategy.RollingUpdate
	if rolling == nil {
		note("is OnDelete", true)
		return
	}
	down, up := rolling.MaxUnavailable.String(), rolling.MaxSurge.String()
	note("may miss a part of the pods", strings.HasSuffix(down, "%"))
	note("may miss a number of pods", rolling.MaxUnavailable.IntValue() > 0)
	note("surges by a part of the pods", strings.HasSuffix(up, "%"))
	note("surges by a number of pods", rolling.MaxSurge.IntValue() > 0)
}

func noteNodes(note func(string, bool), start starting) {
	ran := map[string]bool{}
	for _, pod := range start.state.Pods {
		ran[pod.Spec.NodeName] = ran[pod.Spec.NodeName] || isAlive(pod)
	}
	for _, e := range start.nodes {
		note("a node joins", e.Before == nil)
		note("a node leaves", e.After == nil)
		if e.Before == nil || e.After == nil {
			continue
		}
		note("a node stops", works(e.Before) && !works(e.After))
		note("a node goes on", !works(e.Before) && works(e.After))
		note("a node is wanted no more", ran[e.Name()] && !start.wanted[e.Name()])
		note("a node is wanted from now on", !ran[e.Name()] && start.wanted[e.Name()])
	}
}

func noteDaemonEnd(note func(string, bool), real rollout) {
	status := real.end.DaemonSets[0].Status
	wanted := status.DesiredNumberScheduled
	note("ends complete", status.UpdatedNumberScheduled == wanted && status.NumberAvailable == wanted)
	note("ends with pods that are not available", status.NumberUnavailable > 0)
	note("ends with old pods", status.UpdatedNumberScheduled < wanted)
	note("ends with pods where none should be", status.NumberMisscheduled > 0)
	deletions, instants := map[int64]int{}, []int64{}
	for _, e := range real.journal.entries {
		switch at := int64(e.at / tick); e.what {
		case created:
			instants = append(instants, at)
		case deleted:
			deletions[at]++
			note("deletes pods together", deletions[at] > 1)
		}
	}
	slices.Sort(instants)
	note("creates pods in more than five instants", len(slices.Compact(instants)) > 5)
}
