package decisions

import "testing"

// In every world the DaemonSet controller sends what Decide says, but for which of equal
// nodes it takes.
func TestDaemonSetDecisions(t *testing.T) {
	run(t, DaemonSetWorld, newRealDaemonSet).expect(t, daemonSetWays())
}

// The real controller does twice the same in the same world, as far as it is compared: what
// is random in it is known.
func TestRealDaemonSetAgreesWithItself(t *testing.T) {
	p, err := planned()
	if err != nil {
		t.Fatal(err)
	}
	controllers := [2]*real{}
	for i := range controllers {
		if controllers[i], err = newRealDaemonSet(); err != nil {
			t.Fatal(err)
		}
	}
	for index := range p.worlds / 5 {
		world := DaemonSetWorld(p.seed, index)
		one, other := controllers[0].Sync(t, world), controllers[1].Sync(t, world)
		if d := Compare(world, one, other); d != "" {
			t.Errorf("SEED=%d, world %d: %s", p.seed, index, d)
		}
	}
}
