package recording_test

import (
	"slices"
	"testing"
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// A plan of the change, which knows nothing of what was recorded but whether new
// pods ever become ready, is right about how it ended, and what it guarantees held
// at every moment.
func TestWhatAPlanGuaranteesHeld(t *testing.T) {
	all, err := recording.ReadAll(recordings)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if r.Later != "" {
			continue
		}
		for _, p := range historyOf(r).parts() {
			if !r.Changes[p.change].IsOfWorkload() {
				continue
			}
			planned, recorded := p.planned(t), p.recorded()
			if fewest := p.fewestReady(recorded); planned.Summary.Floor > fewest {
				t.Errorf("%s, change %d: floor %d, but only %d pods were ready",
					r.Name, p.change+1, planned.Summary.Floor, fewest)
			}
			settles := planned.Summary.Outcome == plan.Settled && len(planned.Summary.Except) == 0
			if over := p.next == len(p.Events); over && settles != recorded.settled {
				t.Errorf("%s: %s, recorded as settled: %v", r.Name, planned.Summary.Outcome, recorded.settled)
			}
		}
	}
}

// Where the deletion of a pod helped a StatefulSet that stalled, the plan of the change
// before says that it stalls, and names that pod.
func TestThePlanNamesTheRemedyThatHelped(t *testing.T) {
	for name, stalls := range map[string]int{
		"sts-broken-and-back": 1, "sts-unready-below": 0, "sts-scale-down-stuck": 0,
	} {
		parts := read(t, name).parts()
		made, helped := parts[stalls].planned(t), parts[stalls+1]
		if made.Summary.Outcome != plan.Stalled {
			t.Errorf("%s: %s", name, made.Summary.Outcome)
		}
		var named []string
		for _, finding := range made.Findings {
			if finding.Rule == "remedy" {
				named = append(named, finding.Object.Name)
			}
		}
		if pod := helped.Changes[helped.change].DeletePod; !slices.Equal(named, []string{pod}) {
			t.Errorf("%s: the plan names %s, what helped was to delete %s", name, named, pod)
		}
		if !helped.recorded().settled {
			t.Errorf("%s: the remedy did not help", name)
		}
	}
}

func (p part) planned(t *testing.T) plan.Workload {
	t.Helper()
	state := p.states[p.first]
	ready := 2 * time.Second
	made, err := planner.Plan(planner.Request{
		State:   state,
		Asks:    []planner.Ask{{Ref: cluster.RefOf(recording.WorkloadOf(state)), Intent: p.Changes[p.change].Intent()}},
		Assume:  planner.Assume{ReadyAfter: &ready, NeverReady: p.isBroken()},
		Now:     p.now(),
		Profile: kubeversion.Latest(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return made.Workloads[0]
}

// isBroken reports whether no pod that was created became ready.
func (p part) isBroken() bool {
	created, ready := 0, 0
	for _, l := range p.lives() {
		if l.created >= p.first {
			created++
			if l.ready >= 0 {
				ready++
			}
		}
	}
	return created > 0 && ready == 0
}

func (p part) fewestReady(r rollout) int32 {
	ready := map[string]bool{}
	for _, pod := range p.states[p.first].Pods {
		if isReady(pod) && pod.DeletionTimestamp == nil {
			ready[pod.Name] = true
		}
	}
	fewest := len(ready)
	for _, h := range r.happenings {
		switch h.what {
		case timeline.Ready:
			ready[h.pod] = true
		case timeline.Delete:
			delete(ready, h.pod)
		}
		fewest = min(fewest, len(ready))
	}
	return int32(fewest)
}
