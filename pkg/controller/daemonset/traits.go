package daemonset

import "math/bits"

// trait is something that holds for a node, or not. Each is kept as a set with a count,
// so that a sync asks for numbers and for the first few nodes, and not for all.
type trait uint8

// What is true of a node and the pods on it. Terminating pods that have ended count
// nowhere. New and old are pods that are at the revision to update to, and others; alone
// means that there is one of the kind and none of the other, of those that stay.
const (
	should       trait = iota // the node exists and is to have a pod
	current                   // it should, and has a pod of whatever state
	misscheduled              // it should not, and has one
	firstReady                // it should, and the first of its pods is ready
	firstAvailable
	firstUpdated

	lacking // a pod is to be created
	untidy  // there may be pods to delete, whatever the update strategy

	unavailable // counts against maxUnavailable
	broken      // an old pod alone, not available
	candidate   // an old pod alone, available
	surging     // counts against maxSurge: its new pod is on its way
	served      // the old pod is available, or there is none and the new one is
	replaced    // an old pod beside a new one that is available
	gone        // the node does not exist

	traits // how many there are
)

// traitSet is the traits of one node, a bit each.
type traitSet uint32

func (s traitSet) with(t trait, holds bool) traitSet {
	if holds {
		return s | 1<<t
	}
	return s
}

// register holds which of a number of places have which traits.
type register struct {
	marks  [traits][]uint64 // a bit for each place
	counts [traits]int
	// first is a word before which no bit is set: a rollout goes from the first node to the
	// last, and what it asks for is far from the beginning for most of the time.
	first [traits]int
}

func newRegister(places int) register {
	var r register
	words := (places + 63) / 64
	for t := range r.marks {
		r.marks[t] = make([]uint64, words)
	}
	return r
}

// change replaces the traits of a place.
func (r *register) change(place int, before, after traitSet) {
	word, bit := place/64, uint64(1)<<(place%64)
	for differ := before ^ after; differ != 0; differ &= differ - 1 {
		t := bits.TrailingZeros32(uint32(differ))
		r.marks[t][word] ^= bit
		if after>>t&1 == 1 {
			r.counts[t]++
			r.first[t] = min(r.first[t], word)
		} else {
			r.counts[t]--
		}
	}
}

// each visits the places that have a trait, in order, until visit says false.
func (r *register) each(t trait, visit func(place int) bool) {
	unseen := r.counts[t]
	for word := r.first[t]; unseen > 0; word++ {
		left := r.marks[t][word]
		if left == 0 && word == r.first[t] {
			r.first[t]++
		}
		for ; left != 0; left &= left - 1 {
			unseen--
			if !visit(word*64 + bits.TrailingZeros64(left)) {
				return
			}
		}
	}
}

func (r *register) has(t trait, place int) bool {
	return r.marks[t][place/64]>>(place%64)&1 == 1
}
