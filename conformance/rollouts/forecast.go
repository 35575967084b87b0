package rollouts

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// forecast simulates the rollout that starts there.
func (s starting) forecast() (rollout, error) {
	owners := map[string]string{}
	for _, pod := range s.state.Pods {
		if owner := cluster.ControllerOf(pod); owner != nil {
			owners[pod.Name] = owner.Name
		}
	}
	var done rollout
	var changes []simulate.Change
	if s.after != nil {
		changes = append(changes, simulate.Change{Before: s.before, After: s.after})
		done.journal.entries = s.byHand()
	}
	if s.killed != nil {
		changes = append(changes, simulate.Change{Before: s.killed})
	}
	result, err := simulate.Run(s.state, changes, simulate.Config{
		Profile:   s.profile,
		Now:       s.now,
		Latencies: s.dealt,
		Horizon:   longest,
		Admit:     s.dealt.admit,
		Report: func(event timeline.Event) {
			if e, ok := entryOf(event, owners); ok {
				done.journal.entries = append(done.journal.entries, e)
			}
		},
	})
	if err != nil {
		return rollout{}, err
	}
	done.end = &cluster.Snapshot{}
	for _, outcome := range result.Outcomes {
		if outcome.Deployment != nil {
			done.end.Deployments = append(done.end.Deployments, outcome.Deployment)
		}
		done.end.ReplicaSets = append(done.end.ReplicaSets, outcome.ReplicaSets...)
		if outcome.StatefulSet != nil {
			done.end.StatefulSets = append(done.end.StatefulSets, outcome.StatefulSet)
		}
		done.end.Revisions = append(done.end.Revisions, outcome.Revisions...)
		done.end.Claims = append(done.end.Claims, outcome.Claims...)
	}
	done.end.Sort()
	return done, nil
}

// byHand is what the change itself does to a size; a simulation tells only what
// follows.
func (s starting) byHand() []entry {
	before, _ := s.before.(*appsv1.ReplicaSet)
	after, ok := s.after.(*appsv1.ReplicaSet)
	if !ok || before == nil || *before.Spec.Replicas == *after.Spec.Replicas {
		return nil
	}
	return []entry{{what: sized, set: after.Name, size: *after.Spec.Replicas}}
}

var podActions = map[timeline.Action]happened{
	timeline.Create: created,
	timeline.Ready:  ready,
	timeline.Delete: deleted,
	timeline.Gone:   gone,
}

// entryOf is the entry of a journal that says the same as an event.
func entryOf(event timeline.Event, owners map[string]string) (entry, bool) {
	e := entry{at: event.At, set: event.Object.Name}
	switch {
	case event.Object.Kind == "ReplicaSet" && event.Sized:
		e.what, e.size = sized, event.To
	case event.Object.Kind == "ReplicaSet" && event.Action == timeline.Delete:
		e.what = removed
	case event.Object.Kind == "Pod" && podActions[event.Action] != "":
		e.what, e.pod = podActions[event.Action], event.Object.Name
		e.set = owners[e.pod]
		if at := strings.LastIndex(e.pod, "-#"); at >= 0 {
			e.set = e.pod[:at]
		}
	default:
		return entry{}, false
	}
	return e, true
}
