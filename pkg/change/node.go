package change

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"
)

// NodeChange is what happens to one node: it joins, leaves, is cordoned, tainted, labelled,
// or breaks.
type NodeChange struct {
	verb  string
	node  string
	value string
	edit  func(*corev1.Node, time.Time) error // nil: it joins or leaves
}

// String is the change as it is written: "taint:n3=dedicated=gpu:NoSchedule".
func (c NodeChange) String() string {
	text := c.verb + ":" + c.node
	if c.value != "" {
		text += "=" + c.value
	}
	return text
}

// The verbs that make nodes more or fewer.
const (
	addNode    = "add"
	removeNode = "remove"
)

// ParseNodeChange reads VERB:NODE or VERB:NODE=VALUE:
//
//	add:n7            a node like the first by name, in good order
//	add:n7=n3         a node like n3
//	remove:n3
//	cordon:n3         uncordon:n3
//	taint:n3=dedicated=gpu:NoSchedule
//	untaint:n3=dedicated:NoSchedule      or all taints of the key: untaint:n3=dedicated
//	label:n3=disk=ssd                    or without the label: label:n3=disk-
//	not-ready:n3      ready:n3
func ParseNodeChange(text string) (NodeChange, error) {
	verb, rest, ok := strings.Cut(text, ":")
	node, value, hasValue := strings.Cut(rest, "=")
	c := NodeChange{verb: verb, node: node, value: value}
	failed := func(format string, args ...any) (NodeChange, error) {
		return NodeChange{}, fmt.Errorf("node change %q: %s", text, fmt.Sprintf(format, args...))
	}
	takesValue := verb == "taint" || verb == "untaint" || verb == "label"
	switch {
	case !ok || verb == "" || node == "":
		return failed("write it as VERB:NODE or VERB:NODE=VALUE, as in cordon:n1")
	case len(validation.IsDNS1123Subdomain(node)) > 0:
		return failed("%q is no name of a node", node)
	case takesValue && value == "":
		return failed("what is to be done? write it as %s", example(verb, node))
	case !takesValue && hasValue && (verb != addNode || value == ""):
		return failed("%s takes no value: write it as %s", verb, example(verb, node))
	}
	var err error
	if c.edit, err = nodeEdit(verb, value); err != nil {
		return failed("%v", err)
	}
	return c, nil
}

// example is a change as it should have been written.
func example(verb, node string) string {
	switch verb {
	case "taint", "untaint":
		return verb + ":" + node + "=dedicated=gpu:NoSchedule"
	case "label":
		return verb + ":" + node + "=disk=ssd"
	case addNode:
		return verb + ":" + node + ", or add:NODE=LIKE for a node like LIKE"
	}
	return verb + ":" + node
}

// nodeEdit returns what a verb does to a node that stays.
func nodeEdit(verb, value string) (func(*corev1.Node, time.Time) error, error) {
	switch verb {
	case addNode, removeNode:
		return nil, nil
	case "cordon":
		return cordon, nil
	case "uncordon":
		return uncordon, nil
	case "taint":
		return tainting(value)
	case "untaint":
		return untainting(value)
	case "label":
		return labelling(value)
	case "not-ready":
		return notReady, nil
	case "ready":
		return ready, nil
	}
	return nil, fmt.Errorf("%q is not known: it can be add, remove, cordon, uncordon, taint, untaint, "+
		"label, not-ready or ready", verb)
}

// NodeEdit is what becomes of one node. Before is nil of one that joins, After of one
// that leaves.
type NodeEdit struct {
	Before, After *corev1.Node
}

// EditNodes returns what the changes, one after the other, make of nodes: of each node that
// is then another one edit, in the order of their names. The nodes themselves stay as
// they are.
func EditNodes(nodes []*corev1.Node, now time.Time, changes ...NodeChange) ([]NodeEdit, error) {
	w := nodeEdits{nodes: nodes, now: now, touched: map[string]*corev1.Node{}}
	for _, c := range changes {
		if err := w.make(c); err != nil {
			return nil, fmt.Errorf("node change %s:%s: %w", c.verb, c.node, err)
		}
	}
	return w.edits(), nil
}

// nodeEdits is nodes and what becomes of some of them.
type nodeEdits struct {
	nodes   []*corev1.Node
	now     time.Time
	touched map[string]*corev1.Node // nil of one that left
}

func (w nodeEdits) make(c NodeChange) error {
	node := w.find(c.node)
	switch {
	case c.verb == addNode && node != nil:
		return fmt.Errorf("there is a node %s already: it has to have another name", c.node)
	case c.verb == addNode:
		return w.add(c.node, c.value)
	case node == nil:
		return w.unknown(c.node)
	case c.verb == removeNode:
		w.touched[c.node] = nil
		return nil
	}
	after := node.DeepCopy()
	w.touched[c.node] = after
	return c.edit(after, w.now)
}

func (w nodeEdits) find(name string) *corev1.Node {
	if node, ok := w.touched[name]; ok {
		return node
	}
	for _, node := range w.nodes {
		if node.Name == name {
			return node
		}
	}
	return nil
}

// names are those of the nodes that there are now, sorted.
func (w nodeEdits) names() []string {
	var names []string
	for _, node := range w.nodes {
		if _, ok := w.touched[node.Name]; !ok {
			names = append(names, node.Name)
		}
	}
	for name, node := range w.touched {
		if node != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// getNodes is what helps where there are no nodes.
const getNodes = "the state has no nodes, add the output of kubectl get nodes -o yaml"

func (w nodeEdits) unknown(name string) error {
	names := w.names()
	switch {
	case len(names) == 0:
		return fmt.Errorf("there is no node %s: %s", name, getNodes)
	case len(names) > 5:
		return fmt.Errorf("there is no node %s: there are %s and %d more", name, strings.Join(names[:5], ", "), len(names)-5)
	}
	return fmt.Errorf("there is no node %s: there are %s", name, strings.Join(names, ", "))
}

// add makes a node like another one, in good order.
func (w nodeEdits) add(name, like string) error {
	names := w.names()
	switch {
	case len(names) == 0:
		return fmt.Errorf("there is no node that it could be like: %s", getNodes)
	case like == "":
		like = names[0]
	}
	model := w.find(like)
	if model == nil {
		return w.unknown(like)
	}
	w.touched[name] = joining(name, model, w.now)
	return nil
}

// joining is a node as its kubelet registers it, with the labels and taints of another that
// are not about how that one does.
func joining(name string, like *corev1.Node, now time.Time) *corev1.Node {
	node := &corev1.Node{
		TypeMeta: like.TypeMeta,
		ObjectMeta: metav1.ObjectMeta{
			Name: name, UID: types.UID("node/" + name), CreationTimestamp: stamp(now), Labels: map[string]string{},
		},
		Spec: corev1.NodeSpec{Taints: slices.Clone(like.Spec.Taints)},
	}
	for key, value := range like.Labels {
		node.Labels[key] = value
	}
	if _, ok := node.Labels[corev1.LabelHostname]; ok {
		node.Labels[corev1.LabelHostname] = name
	}
	untaint(node, func(t corev1.Taint) bool { return aboutCondition(t.Key) })
	setReady(node, corev1.ConditionTrue, now)
	return node
}

// edits are the nodes that differ, by name.
func (w nodeEdits) edits() []NodeEdit {
	before := map[string]*corev1.Node{}
	for _, node := range w.nodes {
		before[node.Name] = node
	}
	var edits []NodeEdit
	for name, after := range w.touched {
		if e := (NodeEdit{Before: before[name], After: after}); e.changes() {
			edits = append(edits, e)
		}
	}
	slices.SortFunc(edits, func(a, b NodeEdit) int { return strings.Compare(a.Name(), b.Name()) })
	return edits
}

// Name is that of the node.
func (e NodeEdit) Name() string {
	if e.After != nil {
		return e.After.Name
	}
	return e.Before.Name
}
