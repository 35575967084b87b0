package planner

import (
	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
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
	pods       map[cluster.Ref]int32 // of each workload, now
	all        int32
	most       int32 // pods of all workloads together
}

func (r Request) simulation(edits []change.Edit, a assumed) *run {
	s := &run{
		builders:   map[cluster.Ref]*plan.Builder{},
		beginnings: map[cluster.Ref]simulate.Beginning{},
		pods:       map[cluster.Ref]int32{},
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
	begin := s.beginnings[e.Ref]
	w.Start = &begin.Before
	w.Replicas = replicasOf(e)
	w.Verdict = verdict(e, begin)
	if w.Verdict == plan.Rejected {
		return rejected(w, e)
	}
	if builder := s.builders[e.Ref]; builder != nil {
		builder.Fill(&w)
		s.measures(&w, e)
	}
	w.Strategy = strategyOf(e)
	if o := outcomeOf(result, e.Ref); o != nil {
		s.conclude(&w, *o)
	}
	if _, set := e.After.(*appsv1.ReplicaSet); set && w.Verdict == plan.InPlace && newTemplate(e) {
		w.Findings = append(w.Findings, plan.Finding{Rule: "template", Severity: plan.Info,
			Message: "a ReplicaSet replaces no pods: those that exist keep the old template"})
	}
	for _, note := range e.Notes {
		w.Findings = append(w.Findings, plan.Finding{Rule: "change", Severity: plan.Info, Message: note})
	}
	return w
}

func (s *run) measures(w *plan.Workload, e change.Edit) {
	begin := s.beginnings[e.Ref]
	w.Restarts = restarts(e, w.Verdict, begin)
	w.Summary.Floor = floor(e, w.Verdict, begin)
	if w.Verdict != plan.Create {
		lowest := s.builders[e.Ref].Measures.MinAvailable
		w.Summary.MinAvailable = &lowest
	}
}

// restarts counts the pods that are replaced: those of old revisions. What a rollout
// under way still has to replace counts for any change that lets it go on.
func restarts(e change.Edit, v plan.Verdict, begin simulate.Beginning) int32 {
	old := begin.After.Total - begin.After.Updated
	switch v {
	case plan.RollingUpdate, plan.Recreate:
		return old
	case plan.Continues, plan.Scale, plan.InPlace:
		if d, ok := e.After.(*appsv1.Deployment); ok && !d.Spec.Paused {
			return old
		}
	}
	return 0
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
	case o.Paused:
		w.Summary.Outcome = plan.Held
	default:
		w.Summary.Outcome = plan.Stalled
	}
}

// verdict says what the change does to the workload; the first that holds.
func verdict(e change.Edit, begin simulate.Beginning) plan.Verdict {
	switch {
	case len(e.Refusals) > 0:
		return plan.Rejected
	case e.Before == nil:
		return plan.Create
	case e.After == nil:
		return plan.Delete
	case e.Changed() && newTemplate(e):
		return rollVerdict(e)
	case e.Changed() && replicas(e.Before) != replicas(e.After):
		return plan.Scale
	case e.Changed():
		return plan.InPlace
	case underWay(begin):
		return plan.Continues
	}
	return plan.NoChange
}

func rollVerdict(e change.Edit) plan.Verdict {
	d, ok := e.After.(*appsv1.Deployment)
	switch {
	case !ok:
		return plan.InPlace // a ReplicaSet does not replace its pods
	case d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType:
		return plan.Recreate
	}
	return plan.RollingUpdate
}

// newTemplate reports whether the pod template is another revision.
func newTemplate(e change.Edit) bool {
	before, after := change.Edit{After: e.Before}, change.Edit{After: e.After}
	return !revision.SameTemplate(templateOf(before), templateOf(after))
}

// underWay reports whether a workload is not settled before the change.
func underWay(begin simulate.Beginning) bool {
	s := begin.Before
	return s.Updated != s.Total || s.Total != s.Desired || s.Available != s.Desired ||
		s.Terminating > 0 || begin.OldSize > 0
}

// floor is what the controller keeps: of a rolling update replicas less
// maxUnavailable, or what is available at the start where that is less.
func floor(e change.Edit, v plan.Verdict, begin simulate.Beginning) int32 {
	kept := min(replicas(e.Before), replicasOf(e))
	if v == plan.Create {
		return 0
	}
	d, ok := e.After.(*appsv1.Deployment)
	if ok && !d.Spec.Paused && (v == plan.RollingUpdate || begin.OldSize > 0) {
		if d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
			return 0
		}
		kept = *d.Spec.Replicas - deployment.MaxUnavailable(d)
	}
	if ok && sharedOut(d, e, begin) {
		return 0
	}
	return max(min(kept, begin.Before.Available), 0)
}

// sharedOut reports whether old and new ReplicaSets shrink in proportion to their
// sizes. The controller then looks at no pod's health, and so keeps nothing.
func sharedOut(d *appsv1.Deployment, e change.Edit, begin simulate.Beginning) bool {
	resized := d.Spec.Paused || replicas(e.Before) != *d.Spec.Replicas
	return resized && begin.Sets > 1 &&
		begin.OldSize+begin.NewSize > *d.Spec.Replicas+deployment.MaxSurge(d)
}

func replicasOf(e change.Edit) int32 {
	if e.After == nil {
		return 0
	}
	return replicas(e.After)
}

func replicas(object cluster.Object) int32 {
	switch o := object.(type) {
	case *appsv1.Deployment:
		return *o.Spec.Replicas
	case *appsv1.ReplicaSet:
		return *o.Spec.Replicas
	}
	return 0
}
