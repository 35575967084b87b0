// Package limit compares the tokens of pkg/environment/api with those of client-go.
package limit

import (
	"testing"
	"time"

	"k8s.io/client-go/util/flowcontrol"

	"github.com/kubectl-workload/kubectl-workload/pkg/environment/api"
)

// sleeper is a clock that jumps instead of waiting.
type sleeper struct{ now time.Time }

func (s *sleeper) Now() time.Time                  { return s.now }
func (s *sleeper) Since(t time.Time) time.Duration { return s.now.Sub(t) }
func (s *sleeper) Sleep(d time.Duration)           { s.now = s.now.Add(d) }

// The limiter of client-go keeps its tokens as a fraction, so instants may differ by
// what rounding costs it.
func TestTokensComeWhenTheRealLimiterGivesThem(t *testing.T) {
	const requests = 5000
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	limit := api.Default()
	clock := &sleeper{}
	bucket := limit.Bucket()
	real := flowcontrol.NewTokenBucketRateLimiterWithClock(float32(limit.QPS), limit.Burst, clock)
	asked, waited := start, 0
	for i := range requests {
		asked = asked.Add(time.Duration(i*37%61) * time.Millisecond)
		if i%100 == 0 {
			asked = asked.Add(time.Duration(i/100%5) * time.Second)
		}
		clock.now = asked
		real.Accept()
		sent := bucket.Take(asked)
		if off := sent.Sub(clock.now).Abs(); off > time.Microsecond {
			t.Fatalf("request %d, asked for at %s, goes out at %s, the real limiter says %s",
				i, asked.Sub(start), sent.Sub(start), clock.now.Sub(start))
		}
		if sent.After(asked) {
			waited++
		}
	}
	if waited < requests/2 || waited > requests*9/10 {
		t.Errorf("%d of %d requests waited: too few or too many to prove anything", waited, requests)
	}
}
