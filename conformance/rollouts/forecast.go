package rollouts

import (
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// forecast simulates the rollout that starts there, up to a horizon if there is one.
func (s starting) forecast(horizon time.Duration) (rollout, error) {
	pods := s.identities()
	s.dealt.again()
	done := rollout{journal: journal{entries: s.byHand()}}
	result, err := simulate.Run(s.state, s.changes(), simulate.Config{
		Profile:   s.profile,
		Now:       s.now,
		Latencies: s.dealt,
		Horizon:   horizon,
		Admit: func(pod *controller.Pod) {
			s.dealt.admit(pod)
			pods.meet(pod.Name, pod.Labels)
		},
		Report: func(event timeline.Event) {
			if e, ok := pods.entryOf(event); ok {
				done.journal.entries = append(done.journal.entries, e)
			}
		},
	})
	if err != nil {
		return rollout{}, err
	}
	done.end, done.settled = &cluster.Snapshot{}, true
	for _, outcome := range result.Outcomes {
		done.settled = done.settled && outcome.Settled
		addOutcome(done.end, outcome)
	}
	done.end.Sort()
	done.first, done.newest = s.state.Pods, newest(done.end)
	return done, nil
}

// changes are the writes that start the rollout.
func (s starting) changes() []simulate.Change {
	var changes []simulate.Change
	if s.after != nil {
		changes = append(changes, simulate.Change{Before: s.before, After: s.after})
	}
	for _, node := range s.nodes {
		changes = append(changes, nodeWrite(node))
	}
	if s.killed != nil {
		changes = append(changes, simulate.Change{Before: s.killed})
	}
	return changes
}

// addOutcome puts the objects of a workload into a state.
func addOutcome(state *cluster.Snapshot, outcome simulate.Outcome) {
	if outcome.Deployment != nil {
		state.Deployments = append(state.Deployments, outcome.Deployment)
	}
	if outcome.StatefulSet != nil {
		state.StatefulSets = append(state.StatefulSets, outcome.StatefulSet)
	}
	if outcome.DaemonSet != nil {
		state.DaemonSets = append(state.DaemonSets, outcome.DaemonSet)
	}
	state.ReplicaSets = append(state.ReplicaSets, outcome.ReplicaSets...)
	state.Revisions = append(state.Revisions, outcome.Revisions...)
	state.Claims = append(state.Claims, outcome.Claims...)
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

var claimActions = map[timeline.Action]happened{
	timeline.Create: created,
	timeline.Delete: gone,
}

// identities are what events do not tell of pods: the owners of those of the first state,
// and the revisions of those of StatefulSets, by name.
type identities struct{ owner, revision map[string]string }

func (s starting) identities() identities {
	pods := identities{owner: map[string]string{}, revision: map[string]string{}}
	for _, pod := range s.state.Pods {
		if owner := cluster.ControllerOf(pod); owner != nil {
			pods.owner[pod.Name] = owner.Name
		}
		pods.meet(pod.Name, pod.Labels)
	}
	return pods
}

// meet notes the revision of a pod. One of a StatefulSet has the StatefulSet's name.
func (i identities) meet(pod string, labels map[string]string) {
	if revision, ok := labels[appsv1.StatefulSetRevisionLabel]; ok {
		i.revision[pod] = revision
		i.owner[pod] = setOf(pod)
	}
}

// entryOf is the entry of a journal that says the same as an event.
func (i identities) entryOf(event timeline.Event) (entry, bool) {
	e := entry{at: event.At, set: event.Object.Name}
	switch {
	case event.Object.Kind == "ReplicaSet" && event.Sized:
		e.what, e.size = sized, event.To
	case event.Object.Kind == "ReplicaSet" && event.Action == timeline.Delete:
		e.what = removed
	case event.Object.Kind == "Pod" && podActions[event.Action] != "":
		e.what, e.pod = podActions[event.Action], event.Object.Name
		e.set, e.revision = i.owner[e.pod], i.revision[e.pod]
		if event.Node != "" {
			e.set, e.node = daemonSetName, event.Node
			return e, true
		}
		if at := strings.LastIndex(e.pod, "-#"); at >= 0 {
			e.set = e.pod[:at]
		}
	case event.Object.Kind == "PersistentVolumeClaim" && claimActions[event.Action] != "":
		e.what, e.set, e.pod = claimActions[event.Action], claims, event.Object.Name
	default:
		return entry{}, false
	}
	return e, true
}
