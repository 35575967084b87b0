package decisions

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
)

// expectedStateful are the branches of the StatefulSet controller under one policy, with
// one setting of the gates.
func expectedStateful(policy appsv1.PodManagementPolicyType, gates string) []string {
	parallel := policy == appsv1.ParallelPodManagement
	ways := slices.Concat(statefulWrites(), everyStatefulWay())
	if parallel {
		ways = append(ways, parallelWays()...)
	} else {
		ways = append(ways, orderedWays()...)
	}
	switch {
	case strings.Contains(gates, "MaxUnavailableStatefulSet=false"):
		ways = append(ways, "log: Pod of StatefulSet is terminating for update")
		if parallel {
			ways = append(ways, "log: StatefulSet is waiting for Pod to update")
		}
	case parallel:
		ways = append(ways, "deletion: several pods for an update",
			"log: StatefulSet found unavailablePods, more than the allowed maxUnavailable",
			"log: StatefulSet terminating Pod for update",
			"log: StatefulSet terminating unavailable Pod for update")
	default:
		ways = append(ways, "deletion: several pods for an update",
			"log: StatefulSet terminating Pod for update")
	}
	if strings.Contains(gates, "StatefulSetRecreateStrategy=true") {
		ways = append(ways, "condition: Progressing=False RecreateCompleted",
			"condition: Progressing=True RecreateInProgress",
			"log: Recreate", "update: complete, Recreate")
	}
	if !strings.Contains(gates, "StatefulSetSemanticRevisionComparison=false") {
		ways = append(ways, "revision: other data, equal after defaulting")
	}
	return ways
}

// statefulWrites are all writes, and all causes for which the API may refuse them that
// the controller could tell apart.
func statefulWrites() []string {
	var ways []string
	expect := func(verb string, resources []string, causes ...string) {
		for _, resource := range resources {
			ways = append(ways, "write: "+verb+" "+resource)
			for _, cause := range causes {
				ways = append(ways, "refused: "+verb+" "+resource+", "+cause)
			}
		}
	}
	revisions, pods := "controllerrevisions", "pods"
	claims, sets := "persistentvolumeclaims", "statefulsets"
	expect("Create", []string{revisions, claims, pods}, AlreadyExists, Quota)
	expect("Update", []string{revisions, claims, pods}, Conflict, NotFound, Quota)
	expect("UpdateStatus", []string{sets}, Conflict, NotFound, Quota)
	expect("Patch", []string{revisions, pods}, Conflict, NotFound, Invalid, Quota)
	expect("Delete", []string{revisions, pods}, NotFound, Quota)
	return ways
}

func everyStatefulWay() []string {
	return []string{
		"claim: deleting, and its pod waits", "claim: stale, and its pod waits",
		"claim: owned by [Backup! Pod], then by [Backup!]",
		"claim: owned by [Backup! StatefulSet], then by [Backup!]",
		"claim: owned by [ConfigMap StatefulSet!], then by [ConfigMap]",
		"claim: owned by [ConfigMap], then by [ConfigMap StatefulSet!]",
		"claim: owned by [Pod StatefulSet!], then by [StatefulSet!]",
		"claim: owned by [Pod StatefulSet!], then by []",
		"claim: owned by [Pod!], then by [StatefulSet!]",
		"claim: owned by [Pod!], then by []",
		"claim: owned by [Pod], then by [StatefulSet!]",
		"claim: owned by [Pod], then by []",
		"claim: owned by [StatefulSet!], then by [Pod!]",
		"claim: owned by [StatefulSet!], then by []",
		"claim: owned by [StatefulSet], then by [StatefulSet!]",
		"claim: owned by [StatefulSet], then by []",
		"claim: owned by [], then by [Pod!]",
		"claim: owned by [], then by [StatefulSet!]",
		"creation: at the current revision, below the partition, OnDelete",
		"creation: at the current revision, below the partition, RollingUpdate",
		"creation: at the current revision, without rollingUpdate",
		"creation: at the update revision",
		"deleting: only the status",
		"deletion: of a pod that has ended",
		"fails", "nothing to write", "wakes up",
		"log: Could not update status",
		"log: Expected claim missing, continuing to pick up in next iteration",
		"log: Patching pod to remove its controllerRef",
		"log: Pod of StatefulSet is terminating for scale down",
		"log: StatefulSet is triggering PVC creation for pending Pod",
		"log: Unknown policy, treating as Retain",
		"revision: collision counted", "revision: exists already",
		"tried again: Update persistentvolumeclaims", "tried again: Update pods",
		"tried again: UpdateStatus statefulsets",
		"update: complete, OnDelete", "update: complete, RollingUpdate",
	}
}

func orderedWays() []string {
	return []string{
		"log: StatefulSet is waiting for Pod to Terminate",
		"log: StatefulSet is waiting for Pod to Terminate prior to scale down",
		"log: StatefulSet is waiting for Pod to be Available",
		"log: StatefulSet is waiting for Pod to be Available prior to scale down",
		"log: StatefulSet is waiting for Pod to be Running and Ready",
		"log: StatefulSet is waiting for Pod to be Running and Ready prior to scale down",
	}
}

func parallelWays() []string {
	return []string{
		"creation: several pods", "creation: slow start stops",
		"creation: stops after a batch of full size",
	}
}
