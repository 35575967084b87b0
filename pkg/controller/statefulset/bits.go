package statefulset

import "math/bits"

// marks is a set of places, one bit each, so that 64 places are looked at in one step.
type marks []uint64

func newMarks(places int) marks { return make(marks, (places+63)/64) }

func (m marks) set(place int, on bool) {
	if on {
		m[place/64] |= 1 << (place % 64)
	} else {
		m[place/64] &^= 1 << (place % 64)
	}
}

func (m marks) has(place int) bool { return m[place/64]>>(place%64)&1 == 1 }

// span is the places from one up to, and without, another.
type span struct{ from, to int }

func (s span) size() int { return max(s.to-s.from, 0) }

// cut keeps of a word the places that are in the span.
func (s span) cut(word int, value uint64) uint64 {
	first := word * 64
	if s.from > first {
		value &= ^uint64(0) << min(s.from-first, 64)
	}
	if s.to < first+64 {
		value &= 1<<max(s.to-first, 0) - 1
	}
	return value
}

// lowest returns the lowest place of a span that a test holds for, or -1. The test
// answers for a word of 64 places.
func (s span) lowest(test func(word int) uint64) int {
	if s.from >= s.to {
		return -1
	}
	for word := s.from / 64; word <= (s.to-1)/64; word++ {
		if found := s.cut(word, test(word)); found != 0 {
			return word*64 + bits.TrailingZeros64(found)
		}
	}
	return -1
}

// highest returns the highest place of a span that a test holds for, or -1.
func (s span) highest(test func(word int) uint64) int {
	if s.from >= s.to {
		return -1
	}
	for word := (s.to - 1) / 64; word >= s.from/64; word-- {
		if found := s.cut(word, test(word)); found != 0 {
			return word*64 + 63 - bits.LeadingZeros64(found)
		}
	}
	return -1
}

// count returns how many places of a span a test holds for.
func (s span) count(test func(word int) uint64) int {
	if s.from >= s.to {
		return 0
	}
	n := 0
	for word := s.from / 64; word <= (s.to-1)/64; word++ {
		n += bits.OnesCount64(s.cut(word, test(word)))
	}
	return n
}
