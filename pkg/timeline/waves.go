package timeline

import "time"

// Wave is all that happens to the sizes of a workload at one instant.
type Wave struct {
	At             time.Duration
	OldFrom, OldTo int32 // sizes of the old ReplicaSets together
	NewFrom, NewTo int32
	// Came counts the pods of the new revision that became available since the wave
	// before.
	Came int32
	// Moves say what the sizes changed by, for each reason of the writes.
	Moves []Move
	// Before is the state before the sizes changed, State at the end of the instant.
	Before, State State
}

// Move is by how much sizes changed for one reason.
type Move struct {
	Reason string
	By     int32 // of all ReplicaSets together; negative where they shrank
}

// Moved returns by how much sizes changed for a reason, and whether any did.
func (w Wave) Moved(reason string) (by int32, any bool) {
	for _, m := range w.Moves {
		if m.Reason == reason {
			return m.By, true
		}
	}
	return 0, false
}

// Waves folds events into waves.
type Waves struct {
	done     []Wave
	open     *Wave
	old, new int32
	came     int32
	last     State
	// at and after are the instant of the last event and the state at its end.
	at time.Duration
}

// StartWaves begins with the sizes of the old ReplicaSets together and of the new
// one, and the state, right after the change.
func StartWaves(old, new int32, state State) *Waves {
	return &Waves{old: old, new: new, last: state}
}

// Add takes the next event.
func (w *Waves) Add(event Event) {
	if w.open != nil && event.At != w.open.At {
		w.close()
	}
	if event.Object.Kind == "Pod" && !event.Old && event.State.Available > w.last.Available {
		w.came += event.State.Available - w.last.Available
		w.at = event.At
	}
	w.last = event.State
	if event.Sized && (event.From != event.To || event.Action == Create) {
		w.resize(event)
	}
	if w.open != nil {
		w.open.State = event.State
	}
}

func (w *Waves) resize(event Event) {
	if w.open == nil {
		w.open = &Wave{At: event.At, OldFrom: w.old, OldTo: w.old, NewFrom: w.new, NewTo: w.new,
			Came: w.came, Before: event.State}
		w.came = 0
	}
	if event.Old {
		w.old += event.To - event.From
	} else {
		w.new += event.To - event.From
	}
	w.open.OldTo, w.open.NewTo = w.old, w.new
	w.open.move(event.Reason, event.To-event.From)
}

func (w *Wave) move(reason string, by int32) {
	for i := range w.Moves {
		if w.Moves[i].Reason == reason {
			w.Moves[i].By += by
			return
		}
	}
	w.Moves = append(w.Moves, Move{Reason: reason, By: by})
}

func (w *Waves) close() {
	w.done = append(w.done, *w.open)
	w.open = nil
}

// All returns the waves. Pods that became available after the last change of a size
// make one more, with the sizes as they are.
func (w *Waves) All() []Wave {
	if w.open != nil {
		w.close()
	}
	if w.came > 0 {
		w.done = append(w.done, Wave{At: w.at, OldFrom: w.old, OldTo: w.old, NewFrom: w.new, NewTo: w.new,
			Came: w.came, State: w.last})
		w.came = 0
	}
	return w.done
}
