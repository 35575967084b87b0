package decisions

import (
	"math/rand/v2"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// dice draws a world. The same seed and index draw the same world.
type dice struct{ *rand.Rand }

func newDice(seed, index uint64) dice {
	return dice{rand.New(rand.NewPCG(seed, index))}
}

// percent is true in that many of a hundred cases.
func (d dice) percent(chance float64) bool { return d.Float64()*100 < chance }

// between includes both ends; it is low where high is lower.
func (d dice) between(low, high int) int { return low + d.IntN(max(high-low, 0)+1) }

func (d dice) count(low, high int) int32 { return int32(d.between(low, high)) }

func oneOf[T any](d dice, options ...T) T { return options[d.IntN(len(options))] }

// offset of the sync after the epoch: whole seconds half the time.
func (d dice) offset() time.Duration {
	if d.percent(50) {
		return time.Duration(d.between(0, 3)) * time.Second
	}
	return time.Duration(d.Int64N(int64(3 * time.Second)))
}

// before is a whole second in the past: minutes, hours or days ago.
func (d dice) before(now time.Time) metav1.Time {
	age := time.Duration(d.between(1, 59)) * oneOf(d, time.Second, time.Minute, time.Hour,
		24*time.Hour)
	return metav1.NewTime(now.Add(-age).Truncate(time.Second))
}

// around is an instant that puts now at a limit of so many seconds, just before
// it or just behind it.
func (d dice) around(now time.Time, seconds int32) metav1.Time {
	limit := now.Truncate(time.Second).Add(-time.Duration(seconds) * time.Second)
	return metav1.NewTime(limit.Add(time.Duration(d.between(-2, 2)) * time.Second))
}

// size is a number of replicas: mostly small, sometimes none, sometimes so large
// that products overflow.
func (d dice) size() int32 {
	switch roll := d.IntN(100); {
	case roll < 6:
		return 0
	case roll < 45:
		return d.count(1, 5)
	case roll < 80:
		return d.count(6, 20)
	case roll < 96:
		return d.count(21, 200)
	}
	return d.count(10_000, 70_000)
}

// fencepost is a maxSurge or maxUnavailable.
func (d dice) fencepost() *intstr.IntOrString {
	var value intstr.IntOrString
	switch roll := d.IntN(100); {
	case roll < 4:
		return nil
	case roll < 45:
		value = intstr.FromString(oneOf(d, "25%", "25%", "25%", "33%", "0%", "1%", "50%", "67%",
			"99%", "100%"))
	case roll < 92:
		value = intstr.FromInt32(oneOf[int32](d, 0, 0, 1, 1, 1, 2, 3, 5, 10))
	case roll < 95:
		value = intstr.FromString(oneOf(d, "300%", "110%", "10000%"))
	case roll < 99:
		value = intstr.FromInt32(oneOf[int32](d, 100, 1000, 2147483647))
	default:
		value = intstr.FromString(oneOf(d, "many", "10", "-5%", "%"))
	}
	return &value
}
