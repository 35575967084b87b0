package rollouts

import (
	"os"
	"slices"
	"testing"
)

// Where requests are limited, a rollout takes about as long as with the real
// controllers and the real clients. Far off are only those of few pods at a time, which
// all become ready at one instant here and one by one there.
func TestLimited(t *testing.T) {
	all := howFarOff(t, func(seed, index uint64) limited { return drawLimited(seed, index).limited() })
	withinBounds(t, all, 0.02, 0.15, 0.4)
}

// TestLimitedStatefulSets is the same for a StatefulSet, whose controller sends claims,
// pods and its status one after the other, or side by side.
func TestLimitedStatefulSets(t *testing.T) {
	all := howFarOff(t, func(seed, index uint64) limited { return drawLimitedSet(seed, index).limited() })
	withinBounds(t, all, 0.01, 0.05, 0.4)
}

// howFarOff tells how far off forecasts are.
func howFarOff(t *testing.T, draw func(seed, index uint64) limited) []float64 {
	seed, from, count := number(t, "SEED", fixedSeed), uint64(0), number(t, "ROLLOUTS", 500)/10
	t.Logf("SEED=%d, %d worlds", seed, count)
	if os.Getenv("ONE") != "" {
		from, count = number(t, "ONE", 0), number(t, "ONE", 0)+1
	}
	var all []float64
	for index := from; index < count; index++ {
		all = append(all, draw(seed, index).off(t, index))
	}
	return all
}

// withinBounds judges how far off half of the forecasts are, nine of ten, and all.
func withinBounds(t *testing.T, all []float64, half, most, last float64) {
	slices.Sort(all)
	if len(all) < 20 {
		return
	}
	at := func(part float64) float64 { return all[min(int(part*float64(len(all))), len(all)-1)] }
	t.Logf("half are at most %.1f %% off, nine of ten %.1f %%, all %.1f %%", 100*at(0.5), 100*at(0.9), 100*at(1))
	if at(0.5) > half || at(0.9) > most || at(1) > last {
		t.Errorf("at most %g, %g and %g are good", half, most, last)
	}
}
