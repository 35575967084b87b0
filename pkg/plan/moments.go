package plan

import (
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// Moments are the times that a forecast is judged by, folded over all its
// events. A plan need not keep its steps for that.
type Moments struct {
	End timeline.State // after the last event
	// Outage is the first time without an available pod; its To is negative where
	// it does not end. Nil: there is none.
	Outage *Span
	// Wait is the longest time between two signs of progress.
	Wait Span

	progress time.Duration // when there was the last
}

// Span is a time from one moment to another, both since the change.
type Span struct{ From, To time.Duration }

// Length is how long the span is.
func (s Span) Length() time.Duration { return s.To - s.From }

// StartMoments starts with the state before the change.
func StartMoments(first timeline.State) *Moments { return &Moments{End: first} }

// Add includes the state after an event; events come in the order of time.
func (m *Moments) Add(at time.Duration, after timeline.State) {
	if progressed(m.End, after) {
		if at-m.progress > m.Wait.Length() {
			m.Wait = Span{From: m.progress, To: at}
		}
		m.progress = at
	}
	switch {
	case m.Outage == nil && m.End.Available > 0 && after.Available == 0:
		m.Outage = &Span{From: at, To: -1}
	case m.Outage != nil && m.Outage.To < 0 && after.Available > 0:
		m.Outage.To = at
	}
	m.End = after
}

// progressed is what the Deployment controller takes for progress.
// Follows deployment_util.go DeploymentProgressing, v1.37.0: more updated, ready or
// available pods, or fewer old ones.
func progressed(before, after timeline.State) bool {
	return after.Updated > before.Updated ||
		after.Total-after.Updated < before.Total-before.Updated ||
		after.Ready > before.Ready || after.Available > before.Available
}

// Judged returns the moments of the forecast: those that were folded over its
// events, else those of its steps if it has all of them, else nil.
func (w *Workload) Judged() *Moments {
	if w.Moments != nil {
		return w.Moments
	}
	if w.Start == nil || len(w.Steps) == 0 || len(w.Steps) < w.Summary.Steps {
		return nil
	}
	m := StartMoments(*w.Start)
	for i := range w.Steps {
		at, err := time.ParseDuration(w.Steps[i].At)
		if err != nil {
			return nil
		}
		m.Add(at, w.Steps[i].State)
	}
	return m
}
