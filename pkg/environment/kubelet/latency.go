// Package kubelet states what is assumed of the nodes: how long pods take to
// become ready and to go away.
package kubelet

import (
	"math"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// Birth names a pod: the Index-th of its owner in the forecast, from 0. Pods of the
// first state have a birth too when they are deleted.
type Birth struct {
	Workload cluster.Ref
	Owner    string
	Index    int
	// Pod is its name; of a ReplicaSet a placeholder where it is of the forecast. A pod of
	// a StatefulSet has the name of the one before it.
	Pod string
}

// Latencies say how long pods take.
type Latencies interface {
	// Ready returns the time from creation to Ready; ok is false for a pod that
	// never becomes ready.
	Ready(Birth) (after time.Duration, ok bool)
	// Gone returns the time from deletion until the pod no longer exists.
	Gone(Birth) time.Duration
}

// Fixed gives every pod the same latencies.
type Fixed struct {
	ReadyAfter time.Duration
	NeverReady bool
	GoneAfter  time.Duration
}

// Ready implements Latencies.
func (f Fixed) Ready(Birth) (time.Duration, bool) { return f.ReadyAfter, !f.NeverReady }

// Gone implements Latencies.
func (f Fixed) Gone(Birth) time.Duration { return f.GoneAfter }

// Staggered lets the k-th pod of an owner take k steps longer than the first, so
// that no two become ready at one instant.
type Staggered struct {
	Fixed
	Step time.Duration
}

// Ready implements Latencies.
func (s Staggered) Ready(b Birth) (time.Duration, bool) {
	if s.Step > 0 && time.Duration(b.Index) > (math.MaxInt64-s.ReadyAfter)/s.Step {
		return math.MaxInt64, !s.NeverReady
	}
	return s.ReadyAfter + time.Duration(b.Index)*s.Step, !s.NeverReady
}

// Spread lets pods take between half and twice as long as the fixed latency, by a
// seed: the same seed, the same latencies.
type Spread struct {
	Fixed
	Seed uint64
}

// Ready implements Latencies.
func (s Spread) Ready(b Birth) (time.Duration, bool) {
	// A factor of 2^u, u even in [-1, 1), is as often below 1 as above.
	u := 2*float64(s.draw(b)>>11)/(1<<53) - 1
	return time.Duration(float64(s.ReadyAfter) * math.Exp2(u)), !s.NeverReady
}

// draw hashes seed and birth into 64 bits: FNV-1a, then the finalizer of
// splitmix64.
func (s Spread) draw(b Birth) uint64 {
	h := uint64(14695981039346656037)
	for _, text := range []string{b.Workload.Namespace, b.Workload.Name, b.Owner} {
		for i := range len(text) {
			h = (h ^ uint64(text[i])) * 1099511628211
		}
	}
	x := h + s.Seed*0x9e3779b97f4a7c15 + uint64(b.Index)*0xbf58476d1ce4e5b9
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// PerWorkload gives each workload its own latencies, and Others to those that are
// not listed.
type PerWorkload struct {
	Of     map[cluster.Ref]Latencies
	Others Latencies
}

// Ready implements Latencies.
func (p PerWorkload) Ready(b Birth) (time.Duration, bool) { return p.of(b).Ready(b) }

// Gone implements Latencies.
func (p PerWorkload) Gone(b Birth) time.Duration { return p.of(b).Gone(b) }

func (p PerWorkload) of(b Birth) Latencies {
	if own, ok := p.Of[b.Workload]; ok {
		return own
	}
	return p.Others
}
