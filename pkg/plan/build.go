package plan

import (
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// Builder folds the events of one workload into its entry of a plan.
type Builder struct {
	Measures timeline.Measures
	moments  *Moments
	waves    *timeline.Waves
	turns    *turns
	sweeps   *sweeps
	steps    []Step
	count    int
	pods     bool
}

// NewBuilder starts with the state before the change. With pods, there is a step
// for each event of a pod too.
func NewBuilder(first timeline.State, pods bool) *Builder {
	return &Builder{Measures: timeline.Measure(first), moments: StartMoments(first), turns: startTurns(), sweeps: startSweeps(), pods: pods}
}

// Changed says what the sizes are right after the change.
func (b *Builder) Changed(oldSize, newSize int32, state timeline.State) {
	b.waves = timeline.StartWaves(oldSize, newSize, state)
}

// Add takes the next event of the workload.
func (b *Builder) Add(event timeline.Event) {
	b.Measures.Add(event)
	b.moments.Add(event.At, event.State)
	b.waves.Add(event)
	b.turns.add(event)
	b.sweeps.add(event)
	b.count++
	if b.pods || event.Object.Kind != "Pod" {
		b.steps = append(b.steps, b.step(event))
	}
}

// Waits takes what the controller of the workload waits for from now on: an object, and
// a reason as controllers give it with a message. Without a reason it is nothing.
func (b *Builder) Waits(object, reason, message string) {
	b.turns.wait(waitWords(object, reason, message))
}

// ClaimActions are what becomes of claims that are created or deleted, by name.
func (b *Builder) ClaimActions() map[string]ClaimAction { return b.turns.claims }

func (b *Builder) step(event timeline.Event) Step {
	step := Step{
		Index:  b.count,
		At:     event.At.String(),
		Actor:  event.Actor,
		Action: event.Action,
		Object: StepObject{
			Kind:      event.Object.Kind,
			Namespace: event.Object.Namespace,
			Name:      event.Object.Name,
			Predicted: event.Predicted,
		},
		Reason:  event.Reason,
		Message: event.Message,
		State:   event.State,
	}
	if event.Sized {
		step.To = &event.To
		if event.Action == timeline.Scale {
			step.From = &event.From
		}
	}
	return step
}

// Fill puts steps, waves and measures into the entry.
func (b *Builder) Fill(w *Workload) {
	w.Steps = b.steps
	w.Moments = b.moments
	w.Turns = b.turns.all()
	w.Sweeps = b.sweeps.all()
	w.Summary.Steps = b.count
	w.Summary.MaxUnavailable = b.Measures.MaxUnavailable
	w.Summary.MaxTotal = b.Measures.MaxTotal
	w.Summary.MaxPods = b.Measures.MaxPods
	for _, wave := range b.waves.All() {
		w.Waves = append(w.Waves, Wave{
			At:      wave.At.String(),
			OldFrom: wave.OldFrom, OldTo: wave.OldTo,
			NewFrom: wave.NewFrom, NewTo: wave.NewTo,
			Available: wave.State.Available,
			Pods:      wave.State.Pods(),
			Why:       why(wave),
		})
	}
}
