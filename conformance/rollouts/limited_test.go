package rollouts

import (
	"math"
	"os"
	"slices"
	"testing"
)

// Where requests are limited, a rollout takes about as long as with the real
// controllers and the real clients. Far off are only those of few pods at a time, which
// all become ready at one instant here and one by one there.
func TestLimited(t *testing.T) {
	seed, from, count := number(t, "SEED", fixedSeed), uint64(0), number(t, "ROLLOUTS", 500)/10
	t.Logf("SEED=%d, %d worlds", seed, count)
	if os.Getenv("ONE") != "" {
		from, count = number(t, "ONE", 0), number(t, "ONE", 0)+1
	}
	var all []float64
	for index := from; index < count; index++ {
		w := drawLimited(seed, index)
		all = append(all, w.off(t, index))
	}
	withinBounds(t, all, 0.02, 0.15, 0.4)
}

// TestLimitedStatefulSets is the same for a StatefulSet, whose controller sends claims,
// pods and its status one after the other, or side by side.
func TestLimitedStatefulSets(t *testing.T) {
	seed, from, count := number(t, "SEED", fixedSeed), uint64(0), number(t, "ROLLOUTS", 500)/10
	t.Logf("SEED=%d, %d worlds", seed, count)
	if os.Getenv("ONE") != "" {
		from, count = number(t, "ONE", 0), number(t, "ONE", 0)+1
	}
	var all []float64
	for index := from; index < count; index++ {
		w := drawLimitedSet(seed, index)
		all = append(all, w.off(t, index))
	}
	withinBounds(t, all, 0.01, 0.05, 0.4)
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

// off says by what part a forecast is longer or shorter than the real rollout.
func (w limitedWorld) off(t *testing.T, index uint64) float64 {
	start, real := w.play(t)
	ours, err := w.forecast(start)
	if err != nil {
		t.Fatal(err)
	}
	off := ours.took.Seconds()/real.took.Seconds() - 1
	t.Logf("%4d: %+5.1f %%, %s and %d requests, real %s and %d: %v",
		index, 100*off, ours.took, ours.requests, real.took, real.requests, w)
	return math.Abs(off)
}

// off says by what part a forecast is longer or shorter than the real rollout.
func (w limitedSet) off(t *testing.T, index uint64) float64 {
	start, real := w.play(t)
	ours, err := w.forecast(start)
	if err != nil {
		t.Fatal(err)
	}
	if real.took <= 0 { // it was as it shall be
		return ours.took.Seconds()
	}
	off := ours.took.Seconds()/real.took.Seconds() - 1
	t.Logf("%4d: %+5.1f %%, %s and %d requests, real %s and %d: %v",
		index, 100*off, ours.took, ours.requests, real.took, real.requests, w)
	return math.Abs(off)
}
