package statefulset

import "math/bits"

// marks is a set of places. Above the words of 64 places each stand words that mark which
// of those below hold any, and so on up to a single one: so the next of a million places
// is found in four steps.
type marks struct {
	levels [][]uint64
	count  int
}

func newMarks(places int) marks {
	var m marks
	for size := places; ; {
		size = (size + 63) / 64
		m.levels = append(m.levels, make([]uint64, size))
		if size <= 1 {
			return m
		}
	}
}

func (m *marks) has(place int) bool { return m.levels[0][place/64]>>(place%64)&1 == 1 }

func (m *marks) set(place int, on bool) {
	if m.has(place) == on {
		return
	}
	if on {
		m.count++
	} else {
		m.count--
	}
	for _, words := range m.levels {
		word := &words[place/64]
		before := *word
		*word ^= 1 << (place % 64)
		if before != 0 && *word != 0 {
			return // above, it is marked already and stays so
		}
		place /= 64
	}
}

// next returns the lowest marked place from one on, or -1.
func (m *marks) next(from int) int {
	for level, words := range m.levels {
		word := from / 64
		if word >= len(words) {
			return -1
		}
		if found := words[word] & (^uint64(0) << (from % 64)); found != 0 {
			at := word*64 + bits.TrailingZeros64(found)
			for level--; level >= 0; level-- {
				at = at*64 + bits.TrailingZeros64(m.levels[level][at])
			}
			return at
		}
		from = word + 1
	}
	return -1
}

// last returns the highest marked place below one, or -1.
func (m *marks) last(below int) int {
	for level, words := range m.levels {
		if below <= 0 {
			return -1
		}
		word, bit := (below-1)/64, (below-1)%64
		if found := words[word] & (^uint64(0) >> (63 - bit)); found != 0 {
			at := word*64 + 63 - bits.LeadingZeros64(found)
			for level--; level >= 0; level-- {
				at = at*64 + 63 - bits.LeadingZeros64(m.levels[level][at])
			}
			return at
		}
		below = word
	}
	return -1
}

// span is the places from one up to, and without, another.
type span struct{ from, to int }

func (s span) size() int { return max(s.to-s.from, 0) }

func (s span) has(place int) bool { return place >= s.from && place < s.to }
