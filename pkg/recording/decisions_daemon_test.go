package recording_test

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// daemonSetSyncs are the writes of the DaemonSet controller.
func (h *history) daemonSetSyncs() *syncs {
	s := &syncs{history: h, decide: h.decideDaemonSet}
	s.attempts = s.daemonSetAttempts
	for n, e := range h.Events {
		if e.By == timeline.DaemonSetController {
			s.own = append(s.own, n)
		}
	}
	return s
}

// daemonSetAttempts: this controller does not begin before its caches have its own last
// status and the pods that it created, and leaves its pods alone until it has heard of
// those that it deleted.
// Follows daemon_controller.go syncDaemonSet, v1.37.0, for the consistency store and the
// expectations.
func (s *syncs) daemonSetAttempts(least sight, n int) []attempt {
	deleted := 0
	for _, event := range s.own[:n] {
		switch e := s.Events[event]; {
		case e.Ref().Kind == "DaemonSet":
			least.workloads = max(least.workloads, event+1)
		case e.Ref().Kind == "Pod" && e.Before == nil:
			least.pods = max(least.pods, event+1)
		case e.Ref().Kind == "Pod":
			deleted = event + 1
		}
	}
	most := s.own[n]
	heard := s.longAgo(most)
	least.workloads, least.revisions = max(least.workloads, heard), max(least.revisions, heard)
	least.pods, least.nodes = max(least.pods, heard), max(least.nodes, heard)
	var attempts []attempt
	for _, workloads := range s.moments("DaemonSet", least.workloads, most) {
		for _, revisions := range s.moments("ControllerRevision", least.revisions, most) {
			for _, nodes := range s.moments("Node", least.nodes, most) {
				for _, pods := range s.moments("Pod", least.pods, most) {
					attempts = append(attempts, attempt{
						sight:       sight{workloads: workloads, revisions: revisions, nodes: nodes, pods: pods},
						ignoresPods: pods < deleted, parallel: true,
					})
				}
			}
		}
	}
	return attempts
}

// longAgo is how many events happened so long before the n-th that every cache has heard
// of them.
func (h *history) longAgo(n int) int {
	return sort.Search(n, func(i int) bool { return h.at[n]-h.at[i] < lag })
}

// lag is longer than a cache takes to hear of a write.
const lag = time.Second

func (h *history) decideDaemonSet(at attempt, api *server) {
	names := renamed(api)
	answers := &daemonServer{server: api, at: at, names: names}
	decision := daemonset.Decide(h.daemonSetView(at.sight, names, answers), at.now)
	if w := answers.misplaced(decision.Writes); w != nil {
		api.fail(*w)
	}
}

func (h *history) daemonSetView(at sight, names names, api controller.API) daemonset.View {
	set, revisions := h.states[at.workloads].DaemonSets[0], h.states[at.revisions].Revisions
	return daemonset.View{
		DaemonSet: set,
		Nodes:     daemonset.NewNodes(names.nodes(h.states[at.nodes].Nodes)),
		Pods:      daemonset.NewPodSet(names.members(set, h.states[at.pods].Pods)),
		Revisions: slices.Clone(revisions),
		Lookup: func(name string) *appsv1.ControllerRevision {
			revision, _ := named(revisions, name)
			return revision
		},
		Profile: kubeversion.Latest(),
		API:     api,
	}
}

// names give nodes other names. Where the real controller takes nodes in random order,
// Decide takes them in that of their names. So those that the real one took next get
// names that come first: Decide then has to take the same, or that choice was not allowed.
type names map[string]int

func renamed(api *server) names {
	ranks := names{}
	for _, n := range api.own[api.next:] {
		pod, ok := api.history.Events[n].Object().(*corev1.Pod)
		if node := nodeOf(pod); ok && ranks[node] == 0 {
			ranks[node] = len(ranks) + 1
		}
	}
	return ranks
}

// nodeOf is the node of a pod, or the one that it waits for.
func nodeOf(pod *corev1.Pod) string {
	if pod == nil {
		return ""
	}
	record := controller.RecordOf(pod)
	return cmp.Or(record.Node, record.Target)
}

func (n names) of(node string) string {
	switch rank := n[node]; {
	case node == "":
		return ""
	case rank == 0:
		return "last." + node
	default:
		return fmt.Sprintf("%04d.%s", rank, node)
	}
}

// original is the name that a node has.
func original(node string) string {
	_, name, _ := strings.Cut(node, ".")
	return name
}

func (n names) nodes(nodes []*corev1.Node) []*corev1.Node {
	var all []*corev1.Node
	for _, node := range nodes {
		other := *node
		other.Name = n.of(node.Name)
		all = append(all, &other)
	}
	return all
}

// members are the pods of a DaemonSet; there are no others in a recording.
func (n names) members(set *appsv1.DaemonSet, pods []*corev1.Pod) []*controller.Pod {
	var owned []*controller.Pod
	for _, pod := range pods {
		if metav1.IsControlledBy(pod, set) {
			record := controller.RecordOf(pod)
			record.Node, record.Target = n.of(record.Node), n.of(record.Target)
			owned = append(owned, record)
		}
	}
	return owned
}

// daemonServer is a server for the writes of a DaemonSet.
type daemonServer struct {
	*server
	at      attempt
	names   names
	created []string // the nodes of the pods that were created, in the order of their names
}

// Admit implements controller.API. Pods are created at the same time.
func (s *daemonServer) Admit(pod *corev1.Pod, count int) (int, error) {
	if s.ignoresPods {
		return count, nil
	}
	for n := range count {
		if !s.takeCreated(pod) {
			return n, s.fail(controller.Write{Verb: controller.Create, Body: pod, Count: count})
		}
	}
	slices.Sort(s.created)
	return count, nil
}

// takeCreated finds the next pod that was created, for whatever node.
func (s *daemonServer) takeCreated(sent *corev1.Pod) bool {
	for n := s.next; n < len(s.own); n++ {
		e := s.history.Events[s.own[n]]
		created, ok := e.After.(*corev1.Pod)
		if s.early[n] || !ok || e.Before != nil {
			continue
		}
		node := nodeOf(created)
		if !isCreatedAs(created, daemonset.PodOn(sent, node)) {
			return false
		}
		s.created = append(s.created, node)
		s.explained(n)
		return true
	}
	return false
}

// misplaced is the write that creates pods on other nodes than were recorded, or nil.
func (s *daemonServer) misplaced(writes []controller.Write) *controller.Write {
	if s.ignoresPods {
		return nil
	}
	var nodes []string
	var last *controller.Write
	for i, w := range writes {
		for _, node := range w.Nodes {
			nodes, last = append(nodes, original(node)), &writes[i]
		}
	}
	if slices.Sort(nodes); slices.Equal(nodes, s.created) {
		return nil
	}
	return last
}

// Answer implements controller.API.
func (s *daemonServer) Answer(w controller.Write) (cluster.Object, error) {
	switch {
	case w.Object.Kind == "Pod" && s.ignoresPods:
		return nil, nil
	case w.Verb == controller.UpdateStatus && s.unexpected == nil:
		return s.status(w)
	}
	return s.server.Answer(w)
}

// status: the real controller asks its cache of pods again before it counts them, which
// may have heard of more by then, of pods that the sync itself created.
// Follows daemon_controller.go updateDaemonSetStatus, v1.37.0.
func (s *daemonServer) status(w controller.Write) (cluster.Object, error) {
	current := s.history.stored(w.Object, s.until())
	for _, pods := range s.history.moments("Pod", s.at.pods, s.until()) {
		other := w
		other.Body = s.statusWith(pods)
		if e, ok := s.take(other); ok {
			return e.After, nil
		}
		if equal(storedAs(current, other), current) {
			return current, nil
		}
	}
	return s.server.Answer(w)
}

// statusWith is the DaemonSet with the status that it has with the pods after some more
// events. A sync that waits to see its pods does not tell what it has observed.
func (s *daemonServer) statusWith(pods int) *appsv1.DaemonSet {
	at := s.at.sight
	at.pods = pods
	told := &listener{set: s.history.states[at.workloads].DaemonSets[0].DeepCopy()}
	observed := told.set.Status.ObservedGeneration
	daemonset.Decide(s.history.daemonSetView(at, s.names, told), s.at.now)
	if s.ignoresPods {
		told.set.Status.ObservedGeneration = observed
	}
	return told.set
}

// listener is an API that accepts all and keeps the status.
type listener struct {
	controller.Accepting
	set *appsv1.DaemonSet
}

// Answer implements controller.API.
func (l *listener) Answer(w controller.Write) (cluster.Object, error) {
	if w.Verb == controller.UpdateStatus {
		l.set.Status = w.Body.(*appsv1.DaemonSet).Status
	}
	return w.Body, nil
}
