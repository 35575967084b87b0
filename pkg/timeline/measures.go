package timeline

// Measures are the extremes of a forecast, its first state included.
type Measures struct {
	MinAvailable   int32
	MaxUnavailable int32 // the most that available was below desired
	MaxTotal       int32 // neither terminating nor finished
	MaxPods        int32 // terminating ones included
	Events         int
}

// Measure starts with the state before the change.
func Measure(first State) Measures {
	m := Measures{MinAvailable: first.Available}
	m.include(first)
	return m
}

// Add includes the state after an event.
func (m *Measures) Add(event Event) {
	m.Events++
	m.include(event.State)
}

func (m *Measures) include(s State) {
	m.MinAvailable = min(m.MinAvailable, s.Available)
	m.MaxUnavailable = max(m.MaxUnavailable, s.Desired-s.Available)
	m.MaxTotal = max(m.MaxTotal, s.Total)
	m.MaxPods = max(m.MaxPods, s.Pods())
}
