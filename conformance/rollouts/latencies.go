package rollouts

import (
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
)

// birth is a pod by its owner and its place among the pods that the owner creates
// after the change, from 0.
type birth struct {
	owner string
	index int
}

// dealt is the latencies that the stand-in kubelet gave out, for the simulation to
// have the same.
type dealt struct {
	ready, gone map[birth]time.Duration
	never       map[birth]bool
	broken      map[string]bool // owners whose pods never become ready
	// unknown are births that the real controllers never brought about.
	unknown []birth
}

func newDealt() *dealt {
	return &dealt{
		ready: map[birth]time.Duration{}, gone: map[birth]time.Duration{},
		never: map[birth]bool{}, broken: map[string]bool{},
	}
}

// Ready implements kubelet.Latencies.
func (d *dealt) Ready(b kubelet.Birth) (time.Duration, bool) {
	key := birth{b.Owner, b.Index}
	if d.broken[b.Owner] || d.never[key] {
		return 0, false
	}
	return d.look(d.ready, key), true
}

// Gone implements kubelet.Latencies.
func (d *dealt) Gone(b kubelet.Birth) time.Duration {
	return d.look(d.gone, birth{b.Owner, b.Index})
}

func (d *dealt) look(table map[birth]time.Duration, key birth) time.Duration {
	after, ok := table[key]
	if !ok {
		d.unknown = append(d.unknown, key)
		return 24 * time.Hour
	}
	return after
}
