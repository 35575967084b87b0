package planner

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
	"github.com/kubectl-workload/kubectl-workload/pkg/plan"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// Targets says on which nodes the DaemonSets that are asked for run, on which they will,
// and why not on the others. No time passes for that. An error means that the question
// cannot be answered.
func Targets(r Request) (*plan.Targets, error) {
	edits, err := r.edits()
	if err != nil {
		return nil, err
	}
	if err := r.needNodes(edits); err != nil {
		return nil, err
	}
	nodes, err := change.EditNodes(r.State.Nodes, r.Now, r.Nodes...)
	if err != nil {
		return nil, err
	}
	t := &plan.Targets{
		APIVersion: plan.APIVersion, Kind: plan.TargetsKind, Source: r.Source, Workloads: []plan.TargetedWorkload{},
	}
	for _, e := range edits {
		if e.Ref.Kind == "DaemonSet" {
			t.Workloads = append(t.Workloads, r.targeted(e, nodes))
		}
	}
	return t, nil
}

// needNodes refuses to say that a DaemonSet runs nowhere where the nodes are not known.
func (r Request) needNodes(edits []change.Edit) error {
	if len(r.State.Nodes) > 0 || len(edits) == 0 {
		return nil
	}
	ref := edits[0].Ref
	if why := r.surroundings().unread("nodes"); why != "" {
		return fmt.Errorf("%s -n %s: which nodes it is for cannot be told: %s", ref, ref.Namespace, why)
	}
	return fmt.Errorf("%s -n %s: which nodes it is for cannot be told: the state has no nodes", ref, ref.Namespace)
}

// targetsOf are the targets of the DaemonSets among the edits.
func (r Request) targetsOf(edits []change.Edit, nodes []change.NodeEdit) map[cluster.Ref]plan.TargetedWorkload {
	of := map[cluster.Ref]plan.TargetedWorkload{}
	for _, e := range edits {
		if e.Ref.Kind == "DaemonSet" {
			of[e.Ref] = r.targeted(e, nodes)
		}
	}
	return of
}

// nodeAssumptions repeat what is to happen to nodes: no write of the plan makes it happen.
func (r Request) nodeAssumptions() []plan.Assumption {
	var list []plan.Assumption
	for _, c := range r.Nodes {
		list = append(list, plan.Assumption{Name: "nodeChange", Value: c.String(), From: "flag"})
	}
	return list
}

func (r Request) targeted(e change.Edit, nodes []change.NodeEdit) plan.TargetedWorkload {
	w := plan.TargetedWorkload{Ref: e.Ref, Changes: changesIn(e), Notes: e.Notes}
	for _, refusal := range e.Refusals {
		w.Refusals = append(w.Refusals, refusal.String())
	}
	if len(w.Refusals) > 0 {
		e.After = e.Before
	}
	p := r.placing(e)
	w.Targets = p.targets(bothNodes(r.State.Nodes, nodes))
	w.Summary = plan.Summarize(w.Targets)
	if p.assumed {
		w.Notes = append(w.Notes, "the state has no pods of it: taken as settled, with one on each node that it is for")
	}
	return w
}

// placing is where a DaemonSet has pods, and where it will have.
type placing struct {
	before, after *daemonset.Placement // nil where it does not exist
	has           map[string]bool      // the nodes with a pod of it
	// replaces: the pods that are there are replaced, and one that could have stayed does not
	// come back.
	replaces bool
	// assumed: nobody says where it has pods; it is taken to have one where it should.
	assumed bool
}

func (r Request) placing(e change.Edit) placing {
	var p placing
	before, _ := e.Before.(*appsv1.DaemonSet)
	after, _ := e.After.(*appsv1.DaemonSet)
	if before != nil {
		p.before = daemonset.PlacementOf(before, r.Profile)
		p.has = nodesWithPods(r.State.Pods, before)
	}
	if after != nil {
		p.after = daemonset.PlacementOf(after, r.Profile)
	}
	if before != nil && after != nil {
		p.replaces = !revision.SameTemplate(&before.Spec.Template, &after.Spec.Template) &&
			after.Spec.UpdateStrategy.Type != appsv1.OnDeleteDaemonSetStrategyType
	}
	// A server that shows no pods has none.
	p.assumed = before != nil && len(p.has) == 0 && !r.State.FromServer()
	return p
}

// nodesWithPods are the nodes that pods of a DaemonSet are on, or on their way to.
func nodesWithPods(pods []*corev1.Pod, set *appsv1.DaemonSet) map[string]bool {
	nodes := map[string]bool{}
	for _, pod := range pods {
		owner := cluster.ControllerOf(pod)
		if owner == nil || owner.UID != set.UID || pod.Namespace != set.Namespace ||
			pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
			continue
		}
		nodes[controller.NodeOf(pod)] = true
	}
	delete(nodes, "")
	return nodes
}

// bothNodes are all nodes before and after their changes, in the order of their names.
func bothNodes(nodes []*corev1.Node, edits []change.NodeEdit) []change.NodeEdit {
	edited := map[string]change.NodeEdit{}
	var both []change.NodeEdit
	for _, e := range edits {
		if e.Before == nil {
			both = append(both, e)
		} else {
			edited[e.Before.Name] = e
		}
	}
	for _, node := range nodes {
		e, ok := edited[node.Name]
		if !ok {
			e = change.NodeEdit{Before: node, After: node}
		}
		both = append(both, e)
	}
	slices.SortFunc(both, func(a, b change.NodeEdit) int { return strings.Compare(a.Name(), b.Name()) })
	return both
}

func (p placing) targets(nodes []change.NodeEdit) []plan.Target {
	targets := make([]plan.Target, 0, len(nodes))
	for _, node := range nodes {
		targets = append(targets, p.target(node))
	}
	return targets
}

func (p placing) target(node change.NodeEdit) plan.Target {
	was, will := fitOf(p.before, node.Before), fitOf(p.after, node.After)
	t := plan.Target{Node: node.Name(), Runs: p.has[node.Name()]}
	if p.assumed {
		t.Runs = was.Should
	}
	t.WillRun = will.Should || will.Continue && t.Runs && !p.replaces
	switch {
	case t.WillRun && !t.Runs:
		t.Change = plan.Gained
	case t.Runs && !t.WillRun:
		t.Change = plan.Lost
	}
	t.Reason = p.reason(t, node, was, will)
	return t
}

// fitOf is no fit where there is no node or no DaemonSet.
func fitOf(p *daemonset.Placement, node *corev1.Node) daemonset.Fit {
	if p == nil || node == nil {
		return daemonset.Fit{}
	}
	return p.Fit(node)
}

func (p placing) reason(t plan.Target, node change.NodeEdit, was, will daemonset.Fit) string {
	switch {
	case p.after == nil:
		return "the DaemonSet is deleted"
	case node.After == nil:
		return "the node leaves"
	case !t.WillRun && will.Continue && t.Runs:
		return will.Message + ": its pod could stay, and does not come back once replaced"
	case !t.WillRun:
		return will.Message
	case !will.Should:
		return will.Message + ": its pod may stay, and would not come back"
	case t.Change == plan.Gained && node.Before == nil:
		return joined("the node joins", tolerated(node.After, will))
	case t.Change == plan.Gained && p.before != nil && was.Message != "" && !was.Should:
		return "before: " + was.Message
	case t.Change == plan.Gained && p.before != nil:
		return joined("no pod is there yet", condition(node.After), tolerated(node.After, will))
	}
	return joined(condition(node.After), tolerated(node.After, will))
}

// tolerated tells of taints that are not about the condition of a node.
func tolerated(node *corev1.Node, fit daemonset.Fit) string {
	for _, t := range node.Spec.Taints {
		if !strings.HasPrefix(t.Key, "node.kubernetes.io/") {
			return fit.Message
		}
	}
	return ""
}

// condition says what of a node's own condition does not matter to a DaemonSet, or does.
func condition(node *corev1.Node) string {
	var words []string
	if !isReady(node) {
		words = append(words, "the node is NotReady")
	}
	if node.Spec.Unschedulable {
		words = append(words, "the node is cordoned, which DaemonSets ignore")
	}
	return joined(words...)
}

// joined is what there is to say, with semicolons between.
func joined(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(word string) bool { return word == "" }), "; ")
}
