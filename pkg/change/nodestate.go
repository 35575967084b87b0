package change

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// changes is false where a node comes and goes, or stays as it is.
func (e NodeEdit) changes() bool {
	if e.Before == nil || e.After == nil {
		return e.Before != e.After
	}
	return !equality.Semantic.DeepEqual(e.Before, e.After)
}

func stamp(now time.Time) metav1.Time { return metav1.NewTime(now.Truncate(time.Second)) }

// cordon is kubectl cordon, and the taint that the node lifecycle controller adds then.
func cordon(node *corev1.Node, now time.Time) error {
	node.Spec.Unschedulable = true
	taint(node, now, corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule})
	return nil
}

func uncordon(node *corev1.Node, _ time.Time) error {
	node.Spec.Unschedulable = false
	untaint(node, func(t corev1.Taint) bool { return t.Key == corev1.TaintNodeUnschedulable })
	return nil
}

// notReady is what a kubelet reports that cannot run pods, and the taints of the node
// lifecycle controller for it.
// Follows nodelifecycle/node_lifecycle_controller.go doNoScheduleTaintingPass and
// doNoExecuteTaintingPass, v1.37.0.
func notReady(node *corev1.Node, now time.Time) error {
	setReady(node, corev1.ConditionFalse, now)
	untaint(node, func(t corev1.Taint) bool { return t.Key == corev1.TaintNodeUnreachable })
	for _, effect := range []corev1.TaintEffect{corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute} {
		taint(node, now, corev1.Taint{Key: corev1.TaintNodeNotReady, Effect: effect})
	}
	return nil
}

func ready(node *corev1.Node, now time.Time) error {
	setReady(node, corev1.ConditionTrue, now)
	untaint(node, func(t corev1.Taint) bool {
		return t.Key == corev1.TaintNodeNotReady || t.Key == corev1.TaintNodeUnreachable
	})
	return nil
}

// setReady sets the condition Ready, and when it became so.
func setReady(node *corev1.Node, status corev1.ConditionStatus, now time.Time) {
	is := corev1.NodeCondition{
		Type: corev1.NodeReady, Status: status, LastTransitionTime: stamp(now), Reason: "KubeletReady",
	}
	if status != corev1.ConditionTrue {
		is.Reason = "KubeletNotReady"
	}
	for i, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			if condition.Status != status {
				node.Status.Conditions[i] = is
			}
			return
		}
	}
	node.Status.Conditions = append(node.Status.Conditions, is)
}

// aboutCondition holds for the taints that tell how a node does, and not what it is for.
func aboutCondition(key string) bool {
	switch key {
	case corev1.TaintNodeUnschedulable, corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable,
		corev1.TaintNodeMemoryPressure, corev1.TaintNodeDiskPressure, corev1.TaintNodePIDPressure,
		corev1.TaintNodeNetworkUnavailable, corev1.TaintNodeOutOfService:
		return true
	}
	return false
}

// taint adds a taint; one of the same key and effect gets another value.
func taint(node *corev1.Node, now time.Time, with corev1.Taint) {
	at := slices.IndexFunc(node.Spec.Taints, func(t corev1.Taint) bool { return t.MatchTaint(&with) })
	if at >= 0 {
		node.Spec.Taints[at].Value = with.Value
		return
	}
	added := stamp(now)
	with.TimeAdded = &added
	node.Spec.Taints = append(node.Spec.Taints, with)
}

// untaint removes the taints that fit, and reports whether there was one.
func untaint(node *corev1.Node, fits func(corev1.Taint) bool) bool {
	had := len(node.Spec.Taints)
	node.Spec.Taints = slices.DeleteFunc(node.Spec.Taints, fits)
	return len(node.Spec.Taints) < had
}

// tainting reads KEY=VALUE:EFFECT or KEY:EFFECT.
func tainting(text string) (func(*corev1.Node, time.Time) error, error) {
	t, err := parseTaint(text)
	if err != nil {
		return nil, err
	}
	if t.Effect == "" {
		return nil, fmt.Errorf("the taint %q has no effect: write it as %s:NoSchedule", text, text)
	}
	return func(node *corev1.Node, now time.Time) error {
		taint(node, now, t)
		return nil
	}, nil
}

// untainting reads the same, or a KEY alone; a value does not matter.
func untainting(text string) (func(*corev1.Node, time.Time) error, error) {
	off, err := parseTaint(strings.TrimSuffix(text, "-"))
	if err != nil {
		return nil, err
	}
	fits := func(t corev1.Taint) bool {
		return t.Key == off.Key && (off.Effect == "" || t.Effect == off.Effect)
	}
	return func(node *corev1.Node, _ time.Time) error {
		had := describeTaints(node.Spec.Taints)
		if !untaint(node, fits) {
			return fmt.Errorf("it has no taint %s: it has %s", text, had)
		}
		return nil
	}, nil
}

func parseTaint(text string) (corev1.Taint, error) {
	name, effect, _ := strings.Cut(text, ":")
	key, value, _ := strings.Cut(name, "=")
	t := corev1.Taint{Key: key, Value: value, Effect: corev1.TaintEffect(effect)}
	if err := keyAndValue(key, value); err != nil {
		return t, err
	}
	switch t.Effect {
	case corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute, "":
		return t, nil
	}
	return t, fmt.Errorf("the effect %q is not known: it can be NoSchedule, PreferNoSchedule or NoExecute", effect)
}

// describeTaints lists taints as kubectl writes them.
func describeTaints(taints []corev1.Taint) string {
	var list []string
	for _, t := range taints {
		list = append(list, t.ToString())
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

// labelling reads KEY=VALUE, or KEY- for no such label.
func labelling(text string) (func(*corev1.Node, time.Time) error, error) {
	key, value, sets := strings.Cut(text, "=")
	if !sets {
		removed, ok := strings.CutSuffix(text, "-")
		if !ok {
			return nil, fmt.Errorf("%q is no label: write it as %s=VALUE, or as %s- to take it away", text, text, text)
		}
		key = removed
	}
	if err := keyAndValue(key, value); err != nil {
		return nil, err
	}
	return func(node *corev1.Node, _ time.Time) error {
		labels := maps.Clone(node.Labels)
		if labels == nil {
			labels = map[string]string{}
		}
		delete(labels, key)
		if sets {
			labels[key] = value
		}
		node.Labels = labels
		return nil
	}, nil
}

// keyAndValue is the rule for labels and for taints.
func keyAndValue(key, value string) error {
	if wrong := validation.IsQualifiedName(key); len(wrong) > 0 {
		return fmt.Errorf("the key %q cannot be: %s", key, wrong[0])
	}
	if wrong := validation.IsValidLabelValue(value); len(wrong) > 0 {
		return fmt.Errorf("the value %q cannot be: %s", value, wrong[0])
	}
	return nil
}
