package rollouts

import (
	"os"
	"testing"
)

// In every world with a DaemonSet the simulation creates and deletes as many pods at each
// instant as the real controller does, and ends with the same nodes and the same status.
func TestDaemonSets(t *testing.T) {
	seed := number(t, "SEED", fixedSeed)
	if os.Getenv("ONE") != "" {
		runOne(t, DrawDaemon(seed, number(t, "ONE", 0)))
		return
	}
	count := number(t, "ROLLOUTS", 600)
	t.Logf("SEED=%d ROLLOUTS=%d", seed, count)
	seen := inParallel(t, count, func(t *testing.T, index uint64) ways {
		w := DrawDaemon(seed, index)
		start, real, _, difference := check(t, w)
		if difference != "" {
			t.Errorf("%v\n%s", w, difference)
		}
		return waysOfDaemon(w, start, real)
	})
	seen.expect(t, ofComplete(seed, count, expectedDaemon()))
}
