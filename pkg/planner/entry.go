package planner

import (
	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// run is a simulation and what is written down of it.
type run struct {
	config     simulate.Config
	builders   map[cluster.Ref]*plan.Builder
	beginnings map[cluster.Ref]simulate.Beginning
	pods       map[cluster.Ref]int32                 // of each workload, now
	targets    map[cluster.Ref]plan.TargetedWorkload // of DaemonSets
	changed    map[string]bool                       // the nodes that do
	all        int32
	most       int32 // pods of all workloads together
}

func (r Request) simulation(edits []change.Edit, a assumed) *run {
	s := &run{
		builders:   map[cluster.Ref]*plan.Builder{},
		beginnings: map[cluster.Ref]simulate.Beginning{},
		pods:       map[cluster.Ref]int32{},
		changed:    map[string]bool{},
	}
	asked := map[cluster.Ref]bool{}
	for _, e := range edits {
		asked[e.Ref] = true
	}
	s.config = simulate.Config{
		Profile:   r.Profile,
		Now:       r.Now,
		Latencies: a.latencies,
		Horizon:   r.Assume.Horizon,
		Limit:     r.Assume.API,
		Begin: func(b simulate.Beginning) {
			if asked[b.Workload] {
				s.begin(b, r.Pods)
			}
		},
		Report: func(event timeline.Event) {
			if b := s.builders[event.Workload]; b != nil {
				b.Add(event)
				s.count(event.Workload, event.State)
			}
		},
		Waits: func(w simulate.Waiting) {
			if b := s.builders[w.Workload]; b != nil {
				b.Waits(w.Wait.Object.Name, string(w.Wait.Reason), w.Wait.Message)
			}
		},
	}
	return s
}

func (s *run) begin(b simulate.Beginning, pods bool) {
	s.beginnings[b.Workload] = b
	builder := plan.NewBuilder(b.Before, pods)
	builder.Changed(b.OldSize, b.NewSize, b.After)
	s.builders[b.Workload] = builder
	s.count(b.Workload, b.After)
}

// count keeps the sum of the pods of all workloads, and the most it ever was.
func (s *run) count(ref cluster.Ref, state timeline.State) {
	s.all += state.Pods() - s.pods[ref]
	s.pods[ref] = state.Pods()
	s.most = max(s.most, s.all)
}

// entry is the plan of one workload.
func (s *run) entry(e change.Edit, result simulate.Result) plan.Workload {
	w := plan.Workload{Ref: e.Ref, Changes: changesIn(e), Steps: []plan.Step{}, Findings: []plan.Finding{}}
	m := s.move(e, result)
	w.Verdict, w.Start = m.verdict, &m.begin.Before
	if e.After != nil {
		w.Replicas = of(e).replicas()
	}
	if w.Verdict == plan.Rejected {
		return rejected(w, e)
	}
	if builder := s.builders[e.Ref]; builder != nil {
		builder.Fill(&w)
		s.measures(&w, m)
	}
	if e.After != nil {
		w.Strategy = of(e).strategy(m.profile)
	}
	if o := outcomeOf(result, e.Ref); o != nil {
		s.conclude(&w, *o)
	}
	of(e).fill(&w, m)
	for _, note := range e.Notes {
		w.Findings = append(w.Findings, plan.Finding{Rule: "change", Severity: plan.Info, Message: note})
	}
	return w
}

// move gathers what is known of a workload.
func (s *run) move(e change.Edit, result simulate.Result) move {
	m := move{Edit: e, profile: s.config.Profile, begin: s.beginnings[e.Ref], changed: s.changed}
	if o := outcomeOf(result, e.Ref); o != nil {
		m.end = *o
	}
	if builder := s.builders[e.Ref]; builder != nil {
		m.claims = builder.ClaimActions()
	}
	m.nodes, m.targets = s.targets[e.Ref].Targets, s.targets[e.Ref].Summary
	m.verdict = verdict(m)
	if e.After != nil {
		m.replaced = of(e).restarts(m)
	}
	return m
}

func (s *run) measures(w *plan.Workload, m move) {
	w.Restarts = m.replaced
	if m.verdict == plan.Create {
		return
	}
	w.Summary.Floor = kindOf(m.After).floor(m)
	lowest := s.builders[m.Ref].Measures.MinAvailable
	w.Summary.MinAvailable = &lowest
}

// rejected is the entry of a change that the API refuses: nothing happens.
func rejected(w plan.Workload, e change.Edit) plan.Workload {
	w.Summary.Outcome = plan.Stalled
	w.Summary.Duration = "0s"
	for _, refusal := range e.Refusals {
		w.Findings = append(w.Findings, plan.Finding{
			Rule: "rejected", Severity: plan.Error,
			Message: refusal.String(),
		})
	}
	w.Summary.Cause = w.Findings[0].Message
	return w
}

// conclude says how it ends.
func (s *run) conclude(w *plan.Workload, o simulate.Outcome) {
	w.Summary.Duration = plan.FormatDuration(o.LastChange)
	w.Summary.Cause = o.Cause
	if o.DeadlineAt != nil {
		w.Summary.DeadlineAt = plan.FormatDuration(*o.DeadlineAt)
	}
	switch {
	case o.Settled:
		w.Summary.Outcome = plan.Settled
	case o.HorizonReached:
		w.Summary.Outcome = plan.HorizonReached
		w.Summary.Duration = plan.FormatDuration(max(o.LastChange, s.config.Horizon))
	case o.Held:
		w.Summary.Outcome = plan.Held
	default:
		w.Summary.Outcome = plan.Stalled
	}
}

// verdict says what the change does to the workload; the first that holds.
func verdict(m move) plan.Verdict {
	switch {
	case len(m.Refusals) > 0:
		return plan.Rejected
	case m.Before == nil:
		return plan.Create
	case m.After == nil:
		return plan.Delete
	case !m.Changed() && len(m.changed) > 0 && m.moves():
		return plan.Scale
	case !m.Changed() && underWay(m):
		return plan.Continues
	case !m.Changed():
		return plan.NoChange
	}
	if v, ok := kindOf(m.After).rolls(m); ok {
		return v
	}
	if kindOf(m.Before).replicas() != kindOf(m.After).replicas() {
		return plan.Scale
	}
	return plan.InPlace
}

// newTemplate reports whether the pod template is another revision.
func newTemplate(e change.Edit) bool {
	return !revision.SameTemplate(kindOf(e.Before).template(), kindOf(e.After).template())
}

// underWay reports whether a workload is not settled before the change.
// What is broken and stays so is not on its way.
func underWay(m move) bool {
	s := m.begin.Before
	return s.Updated != s.Total || s.Total != s.Desired || s.Available+int32(len(m.end.Except)) < s.Desired ||
		s.Terminating > 0 || m.begin.OldSize > 0
}
