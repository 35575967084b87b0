// Package api states what is assumed of the way to the API server: how many requests
// a second a controller may send.
package api

import (
	"fmt"
	"time"
)

// Limit is how many requests a controller of the controller manager may send: burst
// at once, and qps in each second after that. Each controller has a limit of its own.
// The zero Limit is none.
type Limit struct {
	QPS   float64
	Burst int
}

// Default is what the controller manager is given where --kube-api-qps and
// --kube-api-burst are left out.
// Follows pkg/controller/apis/config/v1alpha1/defaults.go
// SetDefaults_KubeControllerManagerConfiguration, v1.37.0.
func Default() Limit { return Limit{QPS: 20, Burst: 30} }

// Events is how many events about one object a controller posts: 25, and then one
// every five minutes. It keeps silent about the others.
// Follows k8s.io/client-go/tools/record/events_cache.go NewEventCorrelator, v1.37.0.
func Events() Limit { return Limit{QPS: 1.0 / 300, Burst: 25} }

// None reports whether requests are not limited.
func (l Limit) None() bool { return l == Limit{} }

// Check says what is wrong with a limit; a client would refuse it too.
func (l Limit) Check() error {
	switch {
	case l.None():
		return nil
	case l.QPS < leastQPS || l.QPS > mostQPS:
		return fmt.Errorf("%g requests a second: from %g to %g are possible", l.QPS, leastQPS, mostQPS)
	case l.Burst < 1 || l.Burst > mostBurst:
		return fmt.Errorf("a burst of %d requests: from 1 to %d are possible", l.Burst, mostBurst)
	}
	return nil
}

// The bounds keep the time between two tokens and that of a full bucket exact and
// far from the end of what a Duration holds.
const (
	leastQPS  = 0.001
	mostQPS   = 1e6
	mostBurst = 1_000_000
)

// interval is the time in which one token comes.
func (l Limit) interval() time.Duration {
	return time.Duration(float64(time.Second) / l.QPS)
}
