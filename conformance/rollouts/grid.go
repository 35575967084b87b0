package rollouts

import (
	"hash/fnv"
	"strconv"
	"time"
)

// tick is the grid on which the world moves: each pod becomes ready or goes at a
// multiple of it, and what the controllers do until the next counts as one instant.
const tick = 100 * time.Millisecond

// The fractions of a second at which things happen, in ticks, so that no two kinds
// meet. Pods become available at whole seconds, since the API cuts times to those.
var (
	readyTicks      = []int{2, 4, 6}
	firstReadyTicks = 8
	goneTicks       = []int{1, 3, 5, 7, 9}
)

// diary holds the instants that are taken.
type diary map[int64]bool

// book takes the first free instant at one of the given fractions of a second, not
// before wish.
func (d diary) book(wish time.Time, fractions []int) time.Time {
	for second := wish.Truncate(time.Second); ; second = second.Add(time.Second) {
		for _, fraction := range fractions {
			at := second.Add(time.Duration(fraction) * tick)
			if !at.Before(wish) && d.claim(at) {
				return at
			}
		}
	}
}

// claim takes an instant and reports whether it was free.
func (d diary) claim(at time.Time) bool {
	key := at.UnixMilli()
	if d[key] {
		return false
	}
	d[key] = true
	return true
}

// draw is a number for a pod that depends on nothing but what is given.
func draw(seed uint64, owner string, index int, what string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(what + "/" + owner + "/" + strconv.Itoa(index)))
	x := h.Sum64() + seed*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
