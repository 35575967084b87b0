package rollouts

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// StatefulScenarios are the worked examples with a StatefulSet.
func StatefulScenarios() []scenario {
	return append(append(updateScenarios(), stallScenarios()...), claimScenarios()...)
}

const (
	gateOff   = "MaxUnavailableStatefulSet=false"
	recreates = "StatefulSetRecreateStrategy=true"
)

// stateful is a StatefulSet in a version's default settings.
func stateful(adjust ...edit) *appsv1.StatefulSet {
	return newStatefulSet(kubeversion.Latest(), adjust...)
}

func updateScenarios() []scenario {
	roll := []edit{image("web:2")}
	return []scenario{
		named("the highest ordinal first, one at a time", World{
			Start: stateful(scale(3)), Change: roll,
		}, "deleted db-2 of db at 0s web:1", "created db-2", "deleted db-1", "deleted db-0").
			without("deleted db-1 of db at 0s"),
		named("a partition keeps the lower ordinals", World{
			Start: stateful(scale(4), rollingFrom(2, "")), Change: roll,
		}, "deleted db-3 of db at 0s web:1", "deleted db-2").without("deleted db-1", "deleted db-0"),
		named("two may be missing, the lower comes back first", World{
			Start: stateful(scale(5), rollingFrom(0, "2")), Change: roll,
		}, "deleted db-4 of db at 0s web:1", "deleted db-3 of db at 0s web:1").without("deleted db-2 of db at 0s"),
		named("a quarter of ten rounds down to two", World{
			Start: stateful(scale(10), rollingFrom(0, "25%"), parallel()), Change: roll,
		}, "deleted db-9 of db at 0s web:1", "deleted db-8 of db at 0s web:1").without("deleted db-7 of db at 0s"),
		named("without the gate one may be missing", World{
			Start: stateful(scale(4), rollingFrom(0, "3"), parallel()), Change: roll, Gates: gateOff,
		}, "deleted db-3 of db at 0s web:1").without("deleted db-2 of db at 0s"),
		named("OnDelete waits for a person", World{
			Start:  stateful(scale(3), updates(appsv1.OnDeleteStatefulSetStrategyType, nil)),
			Change: roll, Remedy: theOne("db-1"),
		}, "deleted db-1 of db at 0s web:1", "created db-1").without("deleted db-2", "deleted db-0"),
		named("Recreate deletes all before it creates any", World{
			Start:  newStatefulSet(withRecreate(), scale(3), updates(appsv1.RecreateStatefulSetStrategyType, nil)),
			Change: roll, Gates: recreates,
		}, "deleted db-2 of db at 0s web:1", "deleted db-1 of db at 0s web:1", "deleted db-0 of db at 0s web:1"),
		named("without a rollingUpdate a lost pod comes back at the old revision", World{
			Start:  stateful(scale(3), updates(appsv1.RollingUpdateStatefulSetStrategyType, nil)),
			Change: roll, Remedy: theOne("db-0"),
		}, "created db-0 of db at 400ms web:1", "deleted db-0 of db at 0s web:1"),
		named("with one it comes back at the new revision", World{
			Start: stateful(scale(3)), Change: roll, Remedy: theOne("db-0"),
		}, "created db-0 of db at 400ms web:2"),
		named("Parallel grows at once, from another ordinal", World{
			Start: stateful(scale(2), startOrdinal(5), parallel()), Change: []edit{scale(4)},
		}, "created db-7 of db at 0s web:1", "created db-8 of db at 0s web:1"),
		named("another start moves the ordinals", World{
			Start: stateful(scale(3)), Change: []edit{startOrdinal(1)},
		}, "created db-3 of db at 0s web:1", "deleted db-0").without("deleted db-1", "deleted db-2"),
		named("an older revision is used again", World{
			Start: stateful(scale(0)), History: []edit{image("web:2"), scale(2)}, Change: []edit{image("web:1")},
		}, "deleted db-1 of db at 0s web:2"),
	}
}

func stallScenarios() []scenario {
	broken := []edit{cut(image("broken:1"), 20*time.Second)}
	return []scenario{
		named("a broken pod blocks the way back", World{
			Start: stateful(scale(3)), Early: broken, Change: []edit{image("web:1")},
		}).without("deleted"),
		named("the way back, with the broken pod deleted", World{
			Start: stateful(scale(3)), Early: broken, Change: []edit{image("web:1")}, Remedy: theOne("db-2"),
		}, "deleted db-2 of db at 0s broken:1", "created db-2"),
		named("Parallel replaces the broken pods itself", World{
			Start: stateful(scale(3), parallel()), Early: broken, Change: []edit{image("web:1")},
		}, "deleted db-2 of db at 0s broken:1"),
		named("two broken pods that are not wanted keep each other", World{
			Start:  stateful(scale(4)),
			Faults: []edit{crashing(theOne("db-2")), crashing(theOne("db-3"))},
			Change: []edit{scale(2)},
		}).without("deleted"),
		named("one broken pod that is not wanted goes", World{
			Start: stateful(scale(4)), Faults: []edit{crashing(theOne("db-3"))}, Change: []edit{scale(2)},
		}, "deleted db-3 of db at 0s web:1", "deleted db-2"),
		named("a failed pod is replaced", World{
			Start: stateful(scale(3)), Faults: []edit{ended(theOne("db-1"), corev1.PodFailed)},
		}, "deleted db-1 of db at 0s web:1", "created db-1"),
	}
}

func claimScenarios() []scenario {
	const keep, drop = appsv1.RetainPersistentVolumeClaimRetentionPolicyType,
		appsv1.DeletePersistentVolumeClaimRetentionPolicyType
	return []scenario{
		named("claims stay when pods go, and are found again", World{
			Start:  stateful(scale(4), claimTemplates("data")),
			Early:  []edit{cut(scale(2), 20*time.Second)},
			Change: []edit{scale(4)},
		}, "created db-2 of db at 0s web:1").without("created data-db-2"),
		named("claims go with the pods that are no longer wanted", World{
			Start:  stateful(scale(4), claimTemplates("data", "wal"), retention(keep, drop)),
			Change: []edit{scale(3)},
		}, "gone data-db-3", "gone wal-db-3"),
		named("a deleted claim goes with its pod, and is made anew", World{
			Start:  stateful(scale(2), claimTemplates("data")),
			Faults: []edit{claimsDeleted(theOne("db-1"))},
			Change: []edit{image("web:2")},
		}, "gone data-db-1", "created data-db-1"),
		named("a pod whose volume is lost does not come back", World{
			Start:  stateful(scale(2), claimTemplates("data")),
			Faults: []edit{claimsLost(theOne("db-1"))},
			Change: []edit{image("web:2")},
		}, "deleted db-1 of db at 0s web:1", "created db-1").without("deleted db-0"),
		named("what was orphaned is adopted", World{
			Start:  stateful(scale(3), claimTemplates("data"), retention(drop, keep)),
			Early:  []edit{orphaned()},
			Create: stateful(scale(3), claimTemplates("data"), retention(drop, keep), image("web:2")),
		}, "deleted db-2 of db at 0s web:1"),
	}
}

func withRecreate() kubeversion.Profile { return (&World{Gates: recreates}).profile() }

// theOne picks a pod by name.
func theOne(name string) choice {
	return nth(name, 0, func(pod *corev1.Pod) bool { return pod.Name == name })
}
