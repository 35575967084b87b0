package decisions

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
)

// In every world the StatefulSet controller sends what Decide says, under each policy and
// with each of the gates that it asks about.
func TestStatefulSetDecisions(t *testing.T) {
	newReal := func() (*real, error) { return newRealStatefulSet(), nil }
	eachStatefulSetting(t, func(t *testing.T, policy appsv1.PodManagementPolicyType, gates string) {
		run(t, StatefulSetWorld(policy, gates), newReal).expect(t, expectedStateful(policy, gates))
	})
}

// The real controller does twice the same in the same world, as far as it is compared: what
// is random in it is known.
func TestRealStatefulSetAgreesWithItself(t *testing.T) {
	p, err := planned()
	if err != nil {
		t.Fatal(err)
	}
	eachStatefulSetting(t, func(t *testing.T, policy appsv1.PodManagementPolicyType, gates string) {
		draw := StatefulSetWorld(policy, gates)
		one, other := newRealStatefulSet(), newRealStatefulSet()
		for index := range p.worlds / 10 {
			world := draw(p.seed, index)
			if d := Compare(world, one.Sync(t, world), other.Sync(t, world)); d != "" {
				t.Errorf("SEED=%d, world %d: %s", p.seed, index, d)
			}
		}
	})
}

// eachStatefulSetting runs a test for each policy with each setting of the gates, one after
// the other, since gates are global.
func eachStatefulSetting(
	t *testing.T, test func(t *testing.T, policy appsv1.PodManagementPolicyType, gates string),
) {
	for _, policy := range []appsv1.PodManagementPolicyType{
		appsv1.OrderedReadyPodManagement, appsv1.ParallelPodManagement,
	} {
		for _, gates := range statefulGates() {
			t.Run(string(policy)+","+gates, func(t *testing.T) {
				setGates(t, gates)
				test(t, policy, gates)
			})
		}
	}
}

// statefulGates are the settings of the gates, the default first. One is changed at a time:
// each is asked about in another part of a sync. No setting is without effect under either
// policy, but semantic comparison comes before the policy is looked at, so its two rows of
// worlds differ only in what follows from another revision. A fourth gate,
// StaleControllerConsistencyStatefulSet, lets a sync wait for its caches: what a sync sees
// here is current.
func statefulGates() []string {
	return []string{
		"",
		"MaxUnavailableStatefulSet=false",
		"StatefulSetRecreateStrategy=true",
		"StatefulSetSemanticRevisionComparison=false",
	}
}
