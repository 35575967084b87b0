package kubelet

import "time"

// Recorded gives each pod the latencies that it had in a recording of a rollout.
type Recorded struct {
	// Known are those of the pods of the first state, by name. A pod that was
	// terminating already is gone that long after the first state, not after its
	// deletion.
	Known map[string]Fixed
	// Created are those of the pods that an owner then created, in that order.
	Created map[string][]Fixed
	// Others are those of pods that nobody recorded.
	Others Fixed
}

// Ready implements Latencies.
func (r Recorded) Ready(b Birth) (time.Duration, bool) { return r.of(b).Ready(b) }

// Gone implements Latencies.
func (r Recorded) Gone(b Birth) time.Duration { return r.of(b).Gone(b) }

func (r Recorded) of(b Birth) Fixed {
	if known, ok := r.Known[b.Pod]; ok {
		return known
	}
	if created := r.Created[b.Owner]; b.Index < len(created) {
		return created[b.Index]
	}
	return r.Others
}
