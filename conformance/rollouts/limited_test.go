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
	slices.Sort(all)
	if len(all) < 20 {
		return
	}
	half, most, last := all[len(all)/2], all[len(all)*9/10], all[len(all)-1]
	t.Logf("half are at most %.1f %% off, nine of ten %.1f %%, all %.1f %%", 100*half, 100*most, 100*last)
	if half > 0.02 || most > 0.15 || last > 0.4 {
		t.Error("at most 2 %, 15 % and 40 % are good")
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
