package recording_test

import (
	"cmp"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// part is what follows one change, until the next one or the end.
type part struct {
	*history
	change int // which one
	first  int // the event of the change
	next   int // the first event after the part
}

func (h *history) parts() []part {
	var parts []part
	for n, e := range h.Events {
		if e.By != timeline.User {
			continue
		}
		if len(parts) > 0 {
			parts[len(parts)-1].next = n
		}
		parts = append(parts, part{h, len(parts), n, len(h.Events)})
	}
	return parts
}

// since is when an event happened, from the change on.
func (p part) since(n int) time.Duration { return p.at[n] - p.at[p.first] }

// rollout is what happened after a change, as recorded or as simulated.
type rollout struct {
	happenings []happening
	stateful   *stateful          // at the end; nil: it is of another kind
	daemon     *daemon            // at the end; nil: it is of another kind
	deployment *appsv1.Deployment // at the end
	sets       []*appsv1.ReplicaSet
	settled    bool
	deadlineAt *time.Duration // when it was told that the deadline has passed
	toldOfNew  bool           // Progressing said that a new ReplicaSet was created
}

// happening is one thing that happened to a pod or a claim, or the size that a
// ReplicaSet got.
type happening struct {
	at    time.Duration // since the change
	what  timeline.Action
	pod   string // empty: it is a size, or of a claim
	claim string
	// set is the ReplicaSet; of the pods of a StatefulSet, which differ, the pod itself; of
	// those of a DaemonSet their node.
	set  string
	size int32
}

// edit is the change, as pkg/change makes it of what it met.
func (p part) edit() (change.Edit, error) {
	state := p.states[p.first]
	return p.Changes[p.change].Intent().Apply(change.Target{
		Object: recording.WorkloadOf(state), State: state, Now: p.now(), Profile: kubeversion.Latest(),
	})
}

func (p part) now() time.Time { return p.Start.Add(p.at[p.first]) }

// simulated is what a simulation makes of the change, with pods that take as long as
// they did.
func (p part) simulated(made simulate.Change) (rollout, error) {
	if len(p.State.DaemonSets) > 0 {
		return p.simulatedDaemon(made)
	}
	owners := map[string]string{}
	for _, pod := range p.states[p.first].Pods {
		owners[pod.Name] = setOf(pod)
	}
	var r rollout
	config := simulate.Config{
		Profile:   kubeversion.Latest(),
		Now:       p.now(),
		Latencies: p.latencies(),
		Report: func(event timeline.Event) {
			r.toldOfNew = r.toldOfNew || event.Reason == "NewReplicaSetCreated"
			if h, ok := happeningOf(event, owners); ok {
				r.happenings = append(r.happenings, h)
			}
		},
	}
	if p.next < len(p.Events) {
		config.Horizon = p.since(p.next)
	}
	result, err := simulate.Run(p.states[p.first], []simulate.Change{made}, config)
	if err != nil {
		return r, err
	}
	end := result.Outcomes[0]
	if end.StatefulSet != nil {
		r.stateful = &stateful{end.StatefulSet, end.Revisions, end.Claims}
	}
	r.deployment, r.sets, r.settled, r.deadlineAt = end.Deployment, end.ReplicaSets, end.Settled, end.DeadlineAt
	return r, nil
}

func happeningOf(event timeline.Event, owners map[string]string) (happening, bool) {
	h := happening{at: event.At, what: event.Action, set: event.Object.Name}
	switch {
	case event.Object.Kind == "ReplicaSet" && event.Sized:
		h.what, h.size = timeline.Scale, event.To
	case event.Object.Kind == "PersistentVolumeClaim":
		h.claim = event.Object.Name
	case event.Object.Kind == "Pod" && event.Action != timeline.Available:
		h.pod = event.Object.Name
		created, _, _ := strings.Cut(h.pod, "-#")
		h.set = cmp.Or(owners[h.pod], created)
	default:
		return h, false
	}
	return h, true
}

// recorded is what the recording says.
func (p part) recorded() rollout {
	end := p.states[p.next]
	var r rollout
	switch w := recording.WorkloadOf(end).(type) {
	case *appsv1.Deployment:
		r.deployment, r.sets, r.settled = w, end.ReplicaSets, isComplete(w)
	case *appsv1.StatefulSet:
		r.stateful, r.settled = &stateful{w, end.Revisions, end.Claims}, statefulset.Complete(w)
	case *appsv1.DaemonSet:
		r.daemon, r.settled = &daemon{w, end.Revisions}, daemonset.Complete(w)
	}
	for n := p.first; n < p.next; n++ {
		if h, ok := p.happening(n); ok {
			r.happenings = append(r.happenings, h)
		}
		if told := p.since(n); r.deadlineAt == nil && p.progressing(n) == "ProgressDeadlineExceeded" {
			r.deadlineAt = &told
		}
		r.toldOfNew = r.toldOfNew || p.progressing(n) == "NewReplicaSetCreated"
	}
	r.settled = r.settled && !slices.ContainsFunc(end.Pods, isTerminating)
	return r
}

func isTerminating(pod *corev1.Pod) bool { return pod.DeletionTimestamp != nil }

func (p part) happening(n int) (happening, bool) {
	e := p.Events[n]
	h := happening{at: p.since(n), set: e.Ref().Name}
	switch object := e.Object().(type) {
	case *appsv1.ReplicaSet:
		was, _ := e.Before.(*appsv1.ReplicaSet)
		h.what, h.size = timeline.Scale, *object.Spec.Replicas
		return h, e.After != nil && (was == nil || *was.Spec.Replicas != h.size)
	case *corev1.Pod:
		h.pod, h.set = object.Name, setOf(object)
		was, _ := e.Before.(*corev1.Pod)
		is, _ := e.After.(*corev1.Pod)
		h.what = podAction(was, is)
		collected := e.By == timeline.PodGarbageCollector && h.what == timeline.Delete // and gone with that
		return h, h.what != "" && !collected
	case *corev1.PersistentVolumeClaim:
		h.claim, h.what = object.Name, p.claimAction(e)
		return h, h.what != ""
	}
	return h, false
}

// setOf is what a pod's happenings are compared with: those of the other pods of its
// ReplicaSet, in a StatefulSet its own, and in a DaemonSet those on its node.
func setOf(pod *corev1.Pod) string {
	switch owner := cluster.ControllerOf(pod); owner.Kind {
	case "ReplicaSet":
		return owner.Name
	case "DaemonSet":
		return nodeOf(pod)
	}
	return pod.Name
}

// progressing is the reason that the condition has after an event of the Deployment.
func (p part) progressing(n int) string {
	if d, ok := p.Events[n].After.(*appsv1.Deployment); ok {
		if told := deployment.Progressing(&d.Status); told != nil {
			return told.Reason
		}
	}
	return ""
}
