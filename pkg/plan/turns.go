package plan

import (
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// turns folds events into the turns of pods that the StatefulSet controller creates and
// deletes, and into what becomes of their claims.
type turns struct {
	list   []Turn
	gone   map[string]int // the turns of pods that were deleted and may come back
	claims map[string]ClaimAction

	// first is the first of the turns of the last instant that had any. What the
	// controller then waits for is said of all of them, the last word before the next turn.
	first   int
	waiting string
	fresh   bool // it was said since
	ended   bool // it waits for nothing any more
	// open is the first turn of this instant, whose state is not known before its end.
	open int
	at   time.Duration
	last timeline.State
}

func startTurns() *turns {
	return &turns{gone: map[string]int{}, claims: map[string]ClaimAction{}}
}

func (t *turns) add(event timeline.Event) {
	if event.At != t.at {
		t.endInstant()
		t.at = event.At
	}
	t.last = event.State
	switch {
	case event.Object.Kind == "Pod" && event.Actor == timeline.StatefulSetController:
		t.pod(event)
	case event.Object.Kind == "PersistentVolumeClaim" && event.Action == timeline.Create:
		t.claims[event.Object.Name] = ClaimCreated
	case event.Object.Kind == "PersistentVolumeClaim" && event.Action == timeline.Delete:
		t.claims[event.Object.Name] = ClaimDeleted
	}
}

func (t *turns) pod(event timeline.Event) {
	name := event.Object.Name
	before, again := t.gone[name]
	switch {
	case event.Action == timeline.Delete:
		t.gone[name] = t.begin(Turn{Pod: name, At: event.At, Action: PodDeleted, Old: event.Old})
	case event.Action == timeline.Create && again:
		t.list[before].Action, t.list[before].Old = PodRestarted, event.Old
		delete(t.gone, name)
	case event.Action == timeline.Create:
		t.begin(Turn{Pod: name, At: event.At, Action: PodCreated, Old: event.Old})
	}
}

// begin appends a turn and returns its index.
func (t *turns) begin(turn Turn) int {
	if t.first < len(t.list) && t.list[t.first].At != turn.At {
		t.endWait()
	}
	t.list = append(t.list, turn)
	return len(t.list) - 1
}

func (t *turns) endWait() {
	for i := t.first; i < len(t.list); i++ {
		t.list[i].Waits = t.waiting
	}
	t.first = len(t.list)
	t.fresh = false
	if t.ended {
		t.waiting = ""
	}
}

// wait notes what the controller waits for from now on; empty: for nothing.
func (t *turns) wait(words string) {
	t.ended = words == ""
	if !t.ended || !t.fresh {
		t.waiting, t.fresh = words, true
	}
}

func (t *turns) endInstant() {
	for i := t.open; i < len(t.list); i++ {
		t.list[i].Available = t.last.Available
	}
	t.open = len(t.list)
}

// all returns the turns, in the order of their beginnings.
func (t *turns) all() []Turn {
	t.endInstant()
	t.endWait()
	return t.list
}

// waitWords say what a controller waits for, behind "waits for".
func waitWords(object, reason, message string) string {
	switch reason {
	case "PodTerminating", "PodFinished":
		return object + " to be gone"
	case "PodNotReady":
		return object + " to be ready"
	case "PodNotAvailable":
		return object + " to be available"
	case "StaleClaim":
		return "a claim of " + object + " to be gone"
	case "":
		return ""
	}
	return message
}
