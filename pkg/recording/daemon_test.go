package recording_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// daemon is a DaemonSet and what is stored with it.
type daemon struct {
	set       *appsv1.DaemonSet
	revisions []*appsv1.ControllerRevision
}

func (d *daemon) copied() *daemon {
	if d == nil {
		return nil
	}
	other := &daemon{set: d.set.DeepCopy()}
	for _, revision := range d.revisions {
		other.revisions = append(other.revisions, revision.DeepCopy())
	}
	return other
}

// madeOfNode is what becomes of a node: what pkg/change says and what the API server
// stored of it are one, but for what the node controller does about conditions.
func (p part) madeOfNode(t *testing.T, text string) (simulate.Change, error) {
	what, err := change.ParseNodeChange(text)
	if err != nil {
		return simulate.Change{}, err
	}
	edits, err := change.EditNodes(p.states[p.first].Nodes, p.now(), what)
	if err != nil {
		return simulate.Change{}, err
	}
	var made simulate.Change
	if edits[0].Before != nil {
		made.Before = edits[0].Before
	}
	if edits[0].After != nil {
		made.After = edits[0].After
	}
	if diff := cmp.Diff(aimOf(p.Events[p.first].After), aimOf(made.After)); diff != "" {
		t.Errorf("change %d (-recorded +ours)\n%s", p.change+1, diff)
	}
	return made, nil
}

// aimOf is what a node is for: labels, and taints of no condition.
func aimOf(object cluster.Object) []string {
	node, ok := object.(*corev1.Node)
	if !ok {
		return nil
	}
	list := []string{node.Name}
	for key, value := range node.Labels {
		list = append(list, "label "+key+"="+value)
	}
	for _, taint := range node.Spec.Taints {
		if !strings.HasPrefix(taint.Key, "node.kubernetes.io/") {
			list = append(list, "taint "+taint.ToString())
		}
	}
	slices.Sort(list)
	return list
}

// simulatedDaemon is what a simulation makes of the change to a DaemonSet or its nodes,
// with other names of nodes: see names.
func (p part) simulatedDaemon(made simulate.Change) (rollout, error) {
	var r rollout
	names := p.names()
	state := names.state(p.states[p.first])
	config := simulate.Config{
		Profile:   kubeversion.Latest(),
		Now:       p.now(),
		Latencies: p.latenciesByNode(names),
		Report: func(event timeline.Event) {
			if event.Object.Kind == "Pod" && event.Action != timeline.Available {
				r.happenings = append(r.happenings,
					happening{at: event.At, what: event.Action, pod: event.Object.Name, set: original(event.Node)})
			}
		},
	}
	if p.next < len(p.Events) {
		config.Horizon = p.since(p.next)
	}
	made = simulate.Change{Before: names.object(made.Before), After: names.object(made.After)}
	result, err := simulate.Run(state, []simulate.Change{made}, config)
	if err != nil {
		return r, err
	}
	end := result.Outcomes[0]
	r.daemon, r.settled = &daemon{end.DaemonSet, end.Revisions}, end.Settled && len(end.Except) == 0
	return r, nil
}

// names are those with which the nodes come first that the controller took first in a
// part.
func (p part) names() names {
	var own []int
	for n := p.first; n < p.next; n++ {
		if p.Events[n].By == timeline.DaemonSetController {
			own = append(own, n)
		}
	}
	return renamed(&server{history: p.history, own: own})
}

func (n names) state(state *cluster.Snapshot) *cluster.Snapshot {
	other := *state
	other.Nodes, other.Pods = n.nodes(state.Nodes), nil
	for _, pod := range state.Pods {
		other.Pods = append(other.Pods, n.pod(pod))
	}
	other.Sort()
	return &other
}

// object is an object with the other name of its node.
func (n names) object(object cluster.Object) cluster.Object {
	switch o := object.(type) {
	case *corev1.Node:
		return n.nodes([]*corev1.Node{o})[0]
	case *corev1.Pod:
		return n.pod(o)
	}
	return object
}

// pod is a pod that was bound.
func (n names) pod(pod *corev1.Pod) *corev1.Pod {
	other := *pod
	other.Spec.NodeName = n.of(nodeOf(pod))
	return &other
}

// latenciesByNode are those of the pods of a DaemonSet in a part, which are created under
// names that a simulation cannot know: of each node one after the other.
func (p part) latenciesByNode(names names) byNode {
	typical := p.typical()
	b := byNode{byName{map[string]*[]kubelet.Fixed{}, map[string]*[]kubelet.Fixed{}, typical}}
	for _, l := range p.lives() {
		switch {
		case l.created >= p.next || l.ended >= 0 && l.ended < p.first:
			continue
		case l.created < p.first:
			took := p.remaining(l, typical)
			if l.ready >= p.first && p.Changes[p.change].Node != "" {
				took.ReadyAfter = p.since(l.ready) // Its node works again.
			}
			add(b.ready, l.pod.Name, took)
			add(b.gone, l.pod.Name, took)
		default:
			took := p.whole(l, typical)
			add(b.ready, names.of(nodeOf(l.pod)), took)
			add(b.gone, names.of(nodeOf(l.pod)), took)
		}
	}
	return b
}

// byNode are latencies by the names of known pods, and of others by node.
type byNode struct{ byName }

func (b byNode) Ready(birth kubelet.Birth) (time.Duration, bool) {
	return b.byName.Ready(byPlace(birth))
}

func (b byNode) Gone(birth kubelet.Birth) time.Duration { return b.byName.Gone(byPlace(birth)) }

// byPlace has the node in the place of the pod "agent-NODE-#1".
func byPlace(birth kubelet.Birth) kubelet.Birth {
	if name, _, made := strings.Cut(birth.Pod, "-#"); made {
		birth.Pod = strings.TrimPrefix(name, birth.Owner+"-")
	}
	return birth
}

// isCollected: that the node of a pod is gone is noticed up to 20 s later than after the
// 40 s that are simulated.
// Follows pkg/controller/podgc/gc_controller.go, v1.37.0, gcCheckPeriod and quarantineTime.
func (c *comparison) isCollected(what string, at, late time.Duration) bool {
	return c.recorded.daemon != nil && strings.HasPrefix(what, string(timeline.Gone)) &&
		at == 40*time.Second && late <= 20*time.Second+delay
}

// compareDaemon compares what is stored at the end.
func (c *comparison) compareDaemon() {
	options := asStored()
	recorded, simulated := c.recorded.daemon, c.simulated.daemon
	if diff := cmp.Diff(recorded.set, simulated.set, options...); diff != "" {
		c.report("the DaemonSet at the end (-recorded +simulated)\n%s", diff)
	}
	if diff := cmp.Diff(recorded.revisions, simulated.revisions, options...); diff != "" {
		c.report("the revisions at the end (-recorded +simulated)\n%s", diff)
	}
}
