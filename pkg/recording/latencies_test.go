package recording_test

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// life is what the recording tells of one pod: the numbers of the events that
// created it, made it ready, deleted it and ended it; -1: it tells of none.
type life struct {
	pod                            *corev1.Pod
	created, ready, deleted, ended int
}

// lives are those of all pods: of the first state, then in order of creation.
func (h *history) lives() []*life {
	byRef := map[cluster.Ref]*life{}
	var all []*life
	born := func(pod *corev1.Pod, n int) {
		byRef[cluster.RefOf(pod)] = &life{pod, n, -1, -1, -1}
		all = append(all, byRef[cluster.RefOf(pod)])
	}
	for _, pod := range h.State.Pods {
		born(pod, -1)
	}
	for n, e := range h.Events {
		pod, ok := e.Object().(*corev1.Pod)
		if !ok {
			continue
		}
		if e.Before == nil {
			born(pod, n)
		}
		byRef[e.Ref()].see(n, e.Before, e.After)
	}
	return all
}

func (l *life) see(n int, before, after cluster.Object) {
	was, _ := before.(*corev1.Pod)
	is, _ := after.(*corev1.Pod)
	switch podAction(was, is) {
	case timeline.Ready:
		l.ready = n
	case timeline.Delete:
		l.deleted = n
	case timeline.Gone:
		l.ended = n
	}
}

// podAction is what an event means for a pod; empty: nothing of that kind.
func podAction(was, is *corev1.Pod) timeline.Action {
	switch {
	case is == nil:
		return timeline.Gone
	case was == nil:
		return timeline.Create
	case was.DeletionTimestamp == nil && is.DeletionTimestamp != nil:
		return timeline.Delete
	case !isReady(was) && isReady(is):
		return timeline.Ready
	}
	return ""
}

func isReady(pod *corev1.Pod) bool { return controller.RecordOf(pod).Ready }

// latencies are those that pods had in a part: of the pods that there are at its
// beginning, and of those that each ReplicaSet then creates.
func (p part) latencies() kubelet.Latencies {
	if len(p.State.StatefulSets) > 0 {
		return p.latenciesByName()
	}
	typical := p.typical()
	r := kubelet.Recorded{
		Known:   map[string]kubelet.Fixed{},
		Created: map[string][]kubelet.Fixed{},
		Others:  typical,
	}
	for _, l := range p.lives() {
		switch {
		case l.created < p.first:
			r.Known[l.pod.Name] = p.remaining(l, typical)
		case l.created < p.next:
			owner := cluster.ControllerOf(l.pod).Name
			r.Created[owner] = append(r.Created[owner], p.whole(l, typical))
		}
	}
	return r
}

// whole are the latencies of a pod that is created in the part.
func (p part) whole(l *life, typical kubelet.Fixed) kubelet.Fixed {
	took := typical
	switch {
	case l.ready >= 0:
		took.ReadyAfter = p.at[l.ready] - p.at[l.created]
	case !p.ends(l):
		took.NeverReady = true
	}
	if l.ended >= 0 {
		took.GoneAfter = p.at[l.ended] - p.at[l.deleted]
	}
	return took
}

// remaining are the latencies of a pod that there was before. It becomes ready so
// long after its creation as its object says, which is cut to seconds. If it was
// deleted before, it goes so long after the beginning of the part.
func (p part) remaining(l *life, typical kubelet.Fixed) kubelet.Fixed {
	took := typical
	switch {
	case l.ready >= 0:
		took.ReadyAfter = p.Start.Add(p.at[l.ready]).Sub(l.pod.CreationTimestamp.Time)
	case !p.ends(l):
		took.NeverReady = true
	}
	if l.ended >= 0 {
		took.GoneAfter = p.at[l.ended] - p.at[max(l.deleted, p.first)]
	}
	return took
}

// ends reports whether a pod was deleted in the part: before it was ready, perhaps,
// and then nobody knows how long it would have taken.
func (p part) ends(l *life) bool { return l.deleted >= 0 && l.deleted < p.next }

// typical are the latencies in the middle of all that were recorded: for pods that
// a rollout ended before their latency was known.
func (h *history) typical() kubelet.Fixed {
	var ready, gone []time.Duration
	for _, l := range h.lives() {
		if l.created >= 0 && l.ready >= 0 {
			ready = append(ready, h.at[l.ready]-h.at[l.created])
		}
		if l.deleted >= 0 && l.ended >= 0 {
			gone = append(gone, h.at[l.ended]-h.at[l.deleted])
		}
	}
	return kubelet.Fixed{ReadyAfter: median(ready), GoneAfter: median(gone)}
}

func median(durations []time.Duration) time.Duration {
	if len(durations) == 0 {
		return time.Second
	}
	slices.Sort(durations)
	return durations[len(durations)/2]
}
