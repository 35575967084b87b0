package rollouts

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
)

// expectedStateful are the ways that worlds of StatefulSets go under feature gates.
func expectedStateful(gates string) []string {
	list := []string{
		"starts with pods that are not ready",
		"starts with pods that are terminating",
		"starts with crashing pods",
		"starts with finished pods",
		"starts with pods of two revisions",
		"starts with condemned pods",
		"starts with claims that are being deleted",
		"starts with claims that are not bound",
		"starts with claims that lost their volume",
		"is OrderedReady",
		"is Parallel",
		"is OnDelete",
		"rolls all",
		"rolls from a partition on",
		"rolls without a block",
		"counts from another ordinal",
		"needs pods to be ready for a while",
		"claims: when deleted Retain, when scaled Retain",
		"claims: when deleted Retain, when scaled Delete",
		"claims: when deleted Delete, when scaled Retain",
		"claims: when deleted Delete, when scaled Delete",
		"changes nothing",
		"creates a StatefulSet",
		"starts with orphans that are not ready",
		"starts with orphans that are terminating",
		"scales up",
		"scales down",
		"moves its ordinals",
		"takes a new revision",
		"goes back to an older revision",
		"forgets old revisions",
		"a person deletes a pod",
		"creates pods at an old revision",
		"replaces pods that never get ready",
		"creates claims",
		"finds its claims again",
		"deletes claims",
		"hands claims to another owner",
		"ends complete",
		"ends behind a pod that is not ready",
		"ends with condemned pods",
		"fails to sync",
	}
	if strings.Contains(gates, "MaxUnavailableStatefulSet=false") {
		return list
	}
	list = append(list, "may miss a number of pods", "may miss a part of the pods", "deletes pods together for an update")
	if strings.Contains(gates, "StatefulSetRecreateStrategy=true") {
		list = slices.DeleteFunc(list, func(way string) bool { return way == "fails to sync" })
		list = append(list, "is Recreate", "says that it recreates", "says that it has recreated")
	}
	return list
}

// waysOfStateful tells what kind of world with a StatefulSet it was.
func waysOfStateful(w *World, start starting, real rollout) ways {
	seen := ways{}
	if start.unusable != "" {
		seen["of no use: "+start.unusable] = 1
		return seen
	}
	note := seen.note
	end := real.end.StatefulSets[0]
	notePods(note, start.state.Pods)
	noteStart(note, start.state)
	noteSpec(note, end)
	noteChange(note, w, start, end)
	noteRevisions(note, start.state, real.end)
	noteClaims(note, start.state, real)
	noteEnd(note, real, start)
	note("goes on for ever", start.endless)
	return seen
}

func noteStart(note func(string, bool), state *cluster.Snapshot) {
	labels := map[string]bool{}
	for _, pod := range state.Pods {
		orphan := cluster.ControllerOf(pod) == nil
		note("starts with orphans", orphan)
		note("starts with orphans that are not ready", orphan && isStuck(pod))
		note("starts with orphans that are terminating", orphan && !isAlive(pod))
		labels[pod.Labels[appsv1.StatefulSetRevisionLabel]] = true
		note("starts with finished pods", isFinished(pod))
		for _, set := range state.StatefulSets {
			note("starts with condemned pods", isCondemned(set, pod.Name))
		}
	}
	note("starts with pods of two revisions", len(labels) > 1)
	for _, claim := range state.Claims {
		note("starts with claims that are being deleted", claim.DeletionTimestamp != nil)
		note("starts with claims that are not bound", claim.Status.Phase == corev1.ClaimPending)
		note("starts with claims that lost their volume", claim.Status.Phase == corev1.ClaimLost)
	}
}

func noteSpec(note func(string, bool), set *appsv1.StatefulSet) {
	spec := set.Spec
	note("is "+string(spec.PodManagementPolicy), true)
	note("counts from another ordinal", spec.Ordinals != nil && spec.Ordinals.Start > 0)
	note("needs pods to be ready for a while", spec.MinReadySeconds > 0)
	if policy := spec.PersistentVolumeClaimRetentionPolicy; len(spec.VolumeClaimTemplates) > 0 {
		note("claims: when deleted "+string(policy.WhenDeleted)+", when scaled "+string(policy.WhenScaled), true)
	}
	rolling := spec.UpdateStrategy.RollingUpdate
	switch kind := spec.UpdateStrategy.Type; {
	case kind != appsv1.RollingUpdateStatefulSetStrategyType:
		note("is "+string(kind), true)
	case rolling == nil:
		note("rolls without a block", true)
	default:
		note("rolls all", *rolling.Partition == 0)
		note("rolls from a partition on", *rolling.Partition > 0)
		if most := rolling.MaxUnavailable; most != nil {
			note("may miss a number of pods", most.IntValue() > 1)
			note("may miss a part of the pods", strings.HasSuffix(most.String(), "%"))
		}
	}
}

func noteChange(note func(string, bool), w *World, start starting, end *appsv1.StatefulSet) {
	note("creates a StatefulSet", w.Create != nil)
	note("changes nothing", start.after == nil && start.killed == nil)
	note("a person deletes a pod", start.killed != nil)
	before, ok := start.before.(*appsv1.StatefulSet)
	if !ok {
		return
	}
	note("scales up", *before.Spec.Replicas < *end.Spec.Replicas)
	note("scales down", *before.Spec.Replicas > *end.Spec.Replicas)
	note("moves its ordinals", startOf(before) != startOf(end))
}

func noteRevisions(note func(string, bool), start, end *cluster.Snapshot) {
	numbers := map[string]int64{}
	for _, revision := range start.Revisions {
		numbers[revision.Name] = revision.Revision
	}
	for _, revision := range end.Revisions {
		number, known := numbers[revision.Name]
		note("takes a new revision", !known && len(start.Revisions) > 0)
		note("goes back to an older revision", known && number != revision.Revision)
		delete(numbers, revision.Name)
	}
	note("forgets old revisions", len(numbers) > 0)
}

func noteClaims(note func(string, bool), start *cluster.Snapshot, real rollout) {
	owners := map[string]string{}
	for _, claim := range start.Claims {
		owners[claim.Name] = flat(claim.OwnerReferences)
	}
	for _, e := range real.journal.entries {
		if e.set == claims {
			note("creates claims", e.what == created)
			note("deletes claims", e.what == gone)
		}
		note("finds its claims again", e.what == created && owners["data-"+e.pod] != "")
	}
	for _, claim := range real.end.Claims {
		before, known := owners[claim.Name]
		note("hands claims to another owner", known && before != flat(claim.OwnerReferences))
	}
}

func noteEnd(note func(string, bool), real rollout, start starting) {
	set := real.end.StatefulSets[0]
	status := set.Status
	note("ends complete", status.UpdatedReplicas == *set.Spec.Replicas && status.AvailableReplicas == *set.Spec.Replicas &&
		status.Replicas == *set.Spec.Replicas)
	for _, pod := range real.end.Pods {
		old := pod.Labels[appsv1.StatefulSetRevisionLabel] != status.UpdateRevision
		note("ends behind a pod that is not ready", old && !isReady(pod))
		note("ends with condemned pods", isCondemned(set, pod.Name))
	}
	for _, c := range status.Conditions {
		note("says that it recreates", c.Reason == "RecreateInProgress")
		note("says that it has recreated", c.Reason == "RecreateCompleted")
	}
	note("fails to sync", status.ObservedGeneration < set.Generation)
	deletions := map[string]int{}
	for i, e := range real.journal.entries {
		old := e.revision != "" && e.revision != status.UpdateRevision
		note("creates pods at an old revision", e.what == created && old)
		if e.what == deleted && old && e.at > 0 {
			deletions[e.at.String()]++
			wasReady := slices.ContainsFunc(start.state.Pods, func(pod *corev1.Pod) bool {
				return pod.Name == e.pod && isReady(pod)
			})
			note("replaces pods that never get ready", !wasReady && !becameReady(real.journal.entries[:i], e.pod))
			note("deletes pods together for an update", deletions[e.at.String()] > 1 && !isCondemned(set, e.pod))
		}
	}
}

func becameReady(entries []entry, pod string) bool {
	return slices.ContainsFunc(entries, func(e entry) bool { return e.what == ready && e.pod == pod })
}

// isCondemned reports whether a StatefulSet does not want a pod with this name.
func isCondemned(set *appsv1.StatefulSet, pod string) bool {
	ordinal, ok := statefulset.Ordinal(pod)
	return ok && (ordinal < startOf(set) || ordinal >= startOf(set)+int(*set.Spec.Replicas))
}

func startOf(set *appsv1.StatefulSet) int {
	if set.Spec.Ordinals == nil {
		return 0
	}
	return int(set.Spec.Ordinals.Start)
}
