package live

import (
	"net/http"
	"sync"
	"time"
)

// clock knows what time it is for the server: that of its newest answer. Times in
// objects are the server's, and a laptop's clock can be minutes off.
type clock struct {
	mutex  sync.Mutex
	newest time.Time
}

// listen makes each answer move the clock.
func (c *clock) listen(next http.RoundTripper) http.RoundTripper {
	return listener{clock: c, next: next}
}

// now is the instant of the newest answer, in whole seconds; without one, the
// machine's.
func (c *clock) now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.newest.IsZero() {
		return time.Now().UTC()
	}
	return c.newest
}

func (c *clock) hear(date string) {
	at, err := http.ParseTime(date)
	if err != nil {
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if at.After(c.newest) {
		c.newest = at.UTC()
	}
}

type listener struct {
	clock *clock
	next  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (l listener) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := l.next.RoundTrip(request)
	if err == nil {
		l.clock.hear(response.Header.Get("Date"))
	}
	return response, err
}

// WrappedRoundTripper lets client-go look through to its own transport.
func (l listener) WrappedRoundTripper() http.RoundTripper { return l.next }
