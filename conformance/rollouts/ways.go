package rollouts

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// ways counts the rollouts that went each way. A generator that no longer gets
// somewhere proves nothing about it.
type ways map[string]int

func (w ways) add(other ways) {
	for way, count := range other {
		w[way] += count
	}
}

// note counts a world that went a way.
func (w ways) note(way string, is bool) {
	if is {
		w[way] = 1
	}
}

// expect prints the ways and misses those that are expected and that nobody went.
func (w ways) expect(t *testing.T, expected []string) {
	var b strings.Builder
	for _, way := range slices.Sorted(maps.Keys(w)) {
		fmt.Fprintf(&b, "%6d %s\n", w[way], way)
	}
	t.Logf("worlds:\n%s", b.String())
	for _, way := range expected {
		if w[way] == 0 {
			t.Errorf("no world: %s", way)
		}
	}
}

// expectedWays are those of a complete run.
func expectedWays() []string {
	return []string{
		"starts with several active ReplicaSets",
		"starts with pods that are not ready",
		"starts with pods that are terminating",
		"starts with crashing pods",
		"starts paused",
		"creates a Deployment over a ReplicaSet",
		"changes nothing",
		"is a ReplicaSet of its own",
		"is Recreate",
		"removes old ReplicaSets",
		"ends complete",
		"ends after its deadline",
		"ends with several active ReplicaSets",
		"scales in more than five instants",
		"has pods created and deleted again",
	}
}

// waysOf tells what kind of world it was.
func waysOf(w *World, start starting, real rollout) ways {
	seen := ways{}
	if start.unusable != "" {
		seen["of no use: "+start.unusable] = 1
		return seen
	}
	note := seen.note
	note("starts with several active ReplicaSets", activeSets(start.state.ReplicaSets) > 1)
	notePods(note, start.state.Pods)
	note("creates a Deployment over a ReplicaSet", w.Create != nil)
	note("changes nothing", start.after == nil)
	note("is a ReplicaSet of its own", len(real.end.Deployments) == 0)
	note("scales in more than five instants", len(sizesOf(real.journal.entries)) > 5)
	note("has pods created and deleted again", createdAndDeleted(real.journal.entries))
	note("removes old ReplicaSets", slices.ContainsFunc(real.journal.entries, isRemoval))
	note("ends with several active ReplicaSets", activeSets(real.end.ReplicaSets) > 1)
	for _, d := range start.state.Deployments {
		note("starts paused", d.Spec.Paused)
	}
	for _, d := range real.end.Deployments {
		note("is Recreate", d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType)
		note("ends complete", d.Status.AvailableReplicas == *d.Spec.Replicas && d.Status.Replicas == d.Status.UpdatedReplicas)
		note("ends after its deadline", hasReason(d, "ProgressDeadlineExceeded"))
	}
	return seen
}

func notePods(note func(string, bool), list []*corev1.Pod) {
	for _, pod := range list {
		note("starts with pods that are terminating", pod.DeletionTimestamp != nil)
		note("starts with pods that are not ready", !isReady(pod))
		note("starts with crashing pods", len(pod.Status.ContainerStatuses) > 0)
	}
}

func activeSets(sets []*appsv1.ReplicaSet) int {
	count := 0
	for _, rs := range sets {
		if *rs.Spec.Replicas > 0 {
			count++
		}
	}
	return count
}

func isRemoval(e entry) bool { return e.what == removed }

func createdAndDeleted(entries []entry) bool {
	return slices.ContainsFunc(entries, func(e entry) bool {
		return e.what == deleted && strings.Contains(e.pod, "-#")
	})
}

func hasReason(d *appsv1.Deployment, reason string) bool {
	return slices.ContainsFunc(d.Status.Conditions, func(c appsv1.DeploymentCondition) bool {
		return c.Reason == reason
	})
}
