package recording_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
)

// syncs explains the writes of a controller as a row of whole syncs: each of them is
// Decide on what the caches could hold at an instant before its first write, and
// all its writes that were not refused are the next ones recorded. Caches never
// forget, so no sync sees less than the one before.
type syncs struct {
	*history
	own []int // its events
	// attempts are the ways in which a sync can have begun whose first write is the
	// n-th of own, where the caches have heard of least; the likeliest first.
	attempts func(least sight, n int) []attempt
	decide   func(at attempt, api *server)
	anyPod   bool // see server

	refused int // conflicts on the way that explains everything
	best    *server
	// failed is what the caches had heard of at least where nothing explains the n-th
	// event of own. Nothing then does so for caches that have heard of more.
	failed map[int][]sight
}

// attempt is one way in which a sync can have begun.
type attempt struct {
	sight
	now time.Time
	// ignoresPods and parallel: see server.
	ignoresPods, parallel bool
}

// explain says what no row of syncs explains, or that the controller has more to do
// when all is over; empty: neither.
func (s *syncs) explain() string {
	s.failed = map[int][]sight{}
	if !s.from(0, sight{}) {
		return s.complaint()
	}
	all := len(s.Events)
	s.best = &server{history: s.history, own: s.own, next: len(s.own)}
	s.decide(attempt{sight: everything(all), now: s.Start.Add(s.at[all-1])}, s.best)
	if s.best.unexpected != nil {
		return s.complaint()
	}
	return ""
}

// from explains the events from the n-th on.
func (s *syncs) from(n int, least sight) bool {
	if n == len(s.own) {
		return true
	}
	if slices.ContainsFunc(s.failed[n], least.coversAllOf) {
		return false
	}
	for _, at := range s.attempts(least, n) {
		for _, at.now = range s.instants(s.own[n]) {
			if s.sync(n, at) {
				return true
			}
		}
	}
	s.failed[n] = append(s.failed[n], least)
	return false
}

// sync tries one way to explain the n-th event, and with it those that follow.
func (s *syncs) sync(n int, at attempt) bool {
	api := &server{history: s.history, own: s.own, next: n,
		ignoresPods: at.ignoresPods, anyPod: s.anyPod, parallel: at.parallel}
	s.decide(at, api)
	if s.best == nil || api.tellsMoreThan(s.best) {
		s.best = api
	}
	if api.unexpected != nil || len(api.early) > 0 || api.next == n || !s.from(api.next, at.sight) {
		return false
	}
	s.refused += api.refused
	return true
}

// tellsMoreThan: it went further, or as far and says what it wanted instead.
func (s *server) tellsMoreThan(other *server) bool {
	if s.next != other.next {
		return s.next > other.next
	}
	return s.unexpected != nil && other.unexpected == nil
}

// complaint tells of the way that went furthest.
func (s *syncs) complaint() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d writes explained", s.best.next, len(s.own))
	if e, ok := s.best.expected(); ok {
		fmt.Fprintf(&b, "; next, version %d at %s by %s:\n%s", e.Version, e.At, e.By, describe(e))
	}
	if w := s.best.unexpected; w != nil {
		fmt.Fprintf(&b, "\nDecide says %s %s (%s: %s)", w.Verb, w.Object, w.Reason, w.Message)
		if e, ok := s.best.expected(); ok && w.Body != nil && e.After != nil && e.Ref() == w.Object {
			fmt.Fprintf(&b, "\n(-recorded +decided)\n%s", cmp.Diff(e.After, w.Body))
		}
	}
	return b.String()
}

func describe(e recording.Event) string {
	switch {
	case e.Before == nil:
		return "create " + e.Ref().String()
	case e.After == nil:
		return "delete " + e.Ref().String()
	}
	return "update " + e.Ref().String() + "\n" + cmp.Diff(e.Before, e.After)
}
