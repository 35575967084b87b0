package decisions

import (
	"time"

	"k8s.io/client-go/util/workqueue"
)

// firstRetry is the delay of the work queue's rate limiter for a key that has not
// failed before.
const firstRetry = 5 * time.Millisecond

// queue records when a controller wants to look again. Every method that it does
// not have panics: a sync uses no other.
type queue struct {
	workqueue.TypedRateLimitingInterface[string]
	delays []time.Duration
}

// AddAfter implements workqueue.TypedDelayingInterface.
func (q *queue) AddAfter(_ string, delay time.Duration) {
	q.delays = append(q.delays, delay)
}

// AddRateLimited implements workqueue.TypedRateLimitingInterface.
func (q *queue) AddRateLimited(string) {
	q.delays = append(q.delays, firstRetry)
}

// wakeAt is the earliest instant asked for since the last call; zero: none.
func (q *queue) wakeAt(now time.Time) time.Time {
	var earliest time.Time
	for _, delay := range q.delays {
		if at := now.Add(delay); earliest.IsZero() || at.Before(earliest) {
			earliest = at
		}
	}
	q.delays = nil
	return earliest
}
