package daemonset

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// term is a term of a required node affinity: all its requirements have to hold.
type term []requirement

// requirement is one of a label, or of a field of the node.
type requirement struct {
	corev1.NodeSelectorRequirement
	field bool
	label *labels.Requirement // nil: it cannot be read, or is one of a field
}

// termsOf reads the terms of a required node affinity; those that are empty match no
// node. Follows k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go
// NewLazyErrorNodeSelector, v0.37.2.
func termsOf(selector *corev1.NodeSelector) []term {
	var terms []term
	for i := range selector.NodeSelectorTerms {
		var t term
		for _, r := range selector.NodeSelectorTerms[i].MatchExpressions {
			t = append(t, requirement{NodeSelectorRequirement: r, label: labelRequirement(r)})
		}
		for _, r := range selector.NodeSelectorTerms[i].MatchFields {
			t = append(t, requirement{NodeSelectorRequirement: r, field: true})
		}
		if len(t) > 0 {
			terms = append(terms, t)
		}
	}
	return terms
}

// labelRequirement returns nil for one that cannot be read.
// Follows k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go
// nodeSelectorRequirementsAsSelector, v0.37.2.
func labelRequirement(r corev1.NodeSelectorRequirement) *labels.Requirement {
	var operator selection.Operator
	switch r.Operator {
	case corev1.NodeSelectorOpIn:
		operator = selection.In
	case corev1.NodeSelectorOpNotIn:
		operator = selection.NotIn
	case corev1.NodeSelectorOpExists:
		operator = selection.Exists
	case corev1.NodeSelectorOpDoesNotExist:
		operator = selection.DoesNotExist
	case corev1.NodeSelectorOpGt:
		operator = selection.GreaterThan
	case corev1.NodeSelectorOpLt:
		operator = selection.LessThan
	}
	parsed, err := labels.NewRequirement(r.Key, operator, r.Values)
	if err != nil {
		return nil
	}
	return parsed
}

// failing returns the requirements of a term that a node does not meet.
func (t term) failing(node *corev1.Node) []requirement {
	return slices.DeleteFunc(slices.Clone(t), func(r requirement) bool { return r.holds(node) })
}

// holds reports whether a node meets a requirement; one that cannot be read never holds.
// Follows k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go
// nodeSelectorRequirementsAsFieldSelector, v0.37.2.
func (r *requirement) holds(node *corev1.Node) bool {
	if !r.field {
		return r.label != nil && r.label.Matches(labels.Set(node.Labels))
	}
	if len(r.Values) != 1 {
		return false
	}
	var value string // of a field that there is not
	if r.Key == metav1.ObjectNameField {
		value = node.Name
	}
	switch r.Operator {
	case corev1.NodeSelectorOpIn:
		return value == r.Values[0]
	case corev1.NodeSelectorOpNotIn:
		return value != r.Values[0]
	}
	return false
}

// String writes a requirement as zone In [a b].
func (r *requirement) String() string {
	if len(r.Values) == 0 {
		return fmt.Sprintf("%s %s", r.Key, r.Operator)
	}
	return fmt.Sprintf("%s %s %v", r.Key, r.Operator, r.Values)
}

// mismatch says why no term matches a node: of each what fails, and what the node has.
//
//	no required affinity term matches: zone In [a b] (it has zone=c), or gpu Exists
func mismatch(terms []term, node *corev1.Node) string {
	if len(terms) == 0 {
		return "the required affinity has no term: it matches no node"
	}
	var ors []string
	for _, t := range terms {
		var ands []string
		for _, r := range t.failing(node) {
			ands = append(ands, r.String()+has(node, r))
		}
		ors = append(ors, strings.Join(ands, " and "))
	}
	return "no required affinity term matches: " + strings.Join(ors, ", or ")
}

func has(node *corev1.Node, r requirement) string {
	if value, ok := node.Labels[r.Key]; ok && !r.field {
		return fmt.Sprintf(" (it has %s=%s)", r.Key, value)
	}
	return ""
}
