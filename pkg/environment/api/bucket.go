package api

import "time"

// Bucket holds the tokens of one client: each request takes one. It is full at the
// start, and tokens come one by one, an interval apart.
// Follows k8s.io/client-go/util/flowcontrol/throttle.go NewTokenBucketRateLimiter,
// v1.37.0, in whole nanoseconds.
type Bucket struct {
	limit Limit
	// empty is when the last token that was given away came or will come: a token is
	// there for each interval since then.
	empty time.Time
}

// Bucket is a full one.
func (l Limit) Bucket() *Bucket { return &Bucket{limit: l} }

// Take takes a token and returns when the request goes out: now, or when the token
// comes. Those who ask first are served first, and tokens are given away before they
// are there. With 2 a second and a burst of 3, five requests at 10s go out at 10s,
// 10s, 10s, 10.5s and 11s.
func (b *Bucket) Take(now time.Time) time.Time {
	if b.limit.None() {
		return now
	}
	b.empty = b.next(now)
	if b.empty.After(now) {
		return b.empty
	}
	return now
}

// TryTake takes a token if there is one.
func (b *Bucket) TryTake(now time.Time) bool {
	if b.limit.None() {
		return true
	}
	next := b.next(now)
	if next.After(now) {
		return false
	}
	b.empty = next
	return true
}

// next is when the next token comes or came; no more are kept than the burst.
func (b *Bucket) next(now time.Time) time.Time {
	interval := b.limit.interval()
	from := b.empty
	if full := now.Add(-interval * time.Duration(b.limit.Burst)); from.Before(full) {
		from = full
	}
	return from.Add(interval)
}
