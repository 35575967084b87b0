package rollouts

import (
	"os"
	"testing"
)

// In every world with a StatefulSet the simulation rolls out exactly as the real
// controller does, with each of the gates that it asks about.
func TestStatefulSets(t *testing.T) {
	seed := number(t, "SEED", fixedSeed)
	if os.Getenv("ONE") != "" {
		gates := os.Getenv("GATES")
		setGates(t, gates)
		runOne(t, DrawStateful(seed, number(t, "ONE", 0), gates))
		return
	}
	all := number(t, "ROLLOUTS", 500)
	t.Logf("SEED=%d ROLLOUTS=%d", seed, all)
	for _, setting := range []struct {
		gates string
		part  uint64
	}{{"", 1}, {"MaxUnavailableStatefulSet=false", 2}, {"StatefulSetRecreateStrategy=true", 2}} {
		t.Run(setting.gates, func(t *testing.T) {
			setGates(t, setting.gates)
			seen := inParallel(t, all/setting.part, func(t *testing.T, index uint64) ways {
				w := DrawStateful(seed, index, setting.gates)
				start, real, _, difference := check(t, w)
				if difference != "" {
					t.Errorf("%v\n%s", w, difference)
				}
				return waysOfStateful(w, start, real)
			})
			seen.expect(t, ofComplete(seed, all, expectedStateful(setting.gates)))
		})
	}
}
