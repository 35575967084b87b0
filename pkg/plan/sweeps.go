package plan

import (
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// Sweep is a row of the table of a DaemonSet: the nodes on which the same begins at one
// instant.
type Sweep struct {
	At     time.Duration
	Action PodAction
	Nodes  []string
	// Available and Pods are those of the workload after the instant.
	Available, Pods int32
	Why             string
}

// sweeps folds events into what begins on nodes. A pod that is deleted and comes back is
// one restart, from its deletion on; where a surge creates the new one first, from then on.
type sweeps struct {
	list  []nodeTurn
	gone  map[string]int // by node: the turns of pods that were deleted and may come back
	extra map[string]int // and of those that came, beside which an old one may go
	// open is the first turn of this instant, whose state is not known before its end.
	open int
	at   time.Duration
	last timeline.State
}

type nodeTurn struct {
	node            string
	action          PodAction
	at              time.Duration
	available, pods int32
	why             string
}

func startSweeps() *sweeps {
	return &sweeps{gone: map[string]int{}, extra: map[string]int{}}
}

func (s *sweeps) add(event timeline.Event) {
	if event.At != s.at {
		s.endInstant()
		s.at = event.At
	}
	s.last = event.State
	if event.Node == "" {
		return
	}
	switch {
	case event.Action == timeline.Create:
		s.created(event)
	case event.Action == timeline.Delete,
		event.Action == timeline.Gone && event.Actor == timeline.PodGarbageCollector:
		s.deleted(event)
	}
}

func (s *sweeps) created(event timeline.Event) {
	if before, again := s.gone[event.Node]; again {
		s.list[before].action = PodRestarted
		delete(s.gone, event.Node)
		return
	}
	s.extra[event.Node] = s.begin(event, PodCreated)
}

func (s *sweeps) deleted(event timeline.Event) {
	if before, surged := s.extra[event.Node]; surged && event.Old {
		s.list[before].action = PodRestarted
		delete(s.extra, event.Node)
		return
	}
	if _, twice := s.gone[event.Node]; !twice {
		s.gone[event.Node] = s.begin(event, PodDeleted)
	}
}

// begin appends a turn and returns its index.
func (s *sweeps) begin(event timeline.Event, action PodAction) int {
	s.list = append(s.list, nodeTurn{node: event.Node, action: action, at: event.At, why: event.Message})
	return len(s.list) - 1
}

func (s *sweeps) endInstant() {
	for i := s.open; i < len(s.list); i++ {
		s.list[i].available, s.list[i].pods = s.last.Available, s.last.Pods()
	}
	s.open = len(s.list)
}

// all returns what begins at one instant together, in the order of time.
func (s *sweeps) all() []Sweep {
	s.endInstant()
	var found []Sweep
	instant := 0 // the first sweep of it
	for _, turn := range s.list {
		if len(found) > 0 && found[len(found)-1].At != turn.at {
			instant = len(found)
		}
		at := instant
		for at < len(found) && found[at].Action != turn.action {
			at++
		}
		if at == len(found) {
			found = append(found, Sweep{At: turn.at, Action: turn.action, Available: turn.available,
				Pods: turn.pods, Why: turn.why})
		}
		found[at].Nodes = append(found[at].Nodes, turn.node)
	}
	return found
}
