package decisions

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// taintKeys are those of taints: of somebody's own, and those that pods of a DaemonSet
// tolerate by themselves, one of them only in the network of the node.
func taintKeys() []string {
	return []string{
		"dedicated", "dedicated", "gpu", corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable,
		corev1.TaintNodeUnschedulable, corev1.TaintNodeNetworkUnavailable, corev1.TaintNodeDiskPressure,
		corev1.TaintNodeMemoryPressure, corev1.TaintNodePIDPressure,
	}
}

func taintEffects() []corev1.TaintEffect {
	return []corev1.TaintEffect{
		corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute, corev1.TaintEffectPreferNoSchedule,
	}
}

func (d dice) taint() corev1.Taint {
	return corev1.Taint{Key: oneOf(d, taintKeys()...), Value: oneOf(d, "", "", "web", "5"),
		Effect: oneOf(d, taintEffects()...)}
}

func (d dice) toleration() corev1.Toleration {
	toleration := corev1.Toleration{
		Key: oneOf(d, append(taintKeys(), "")...), Value: oneOf(d, "", "web", "3", "5", "7", "05"),
		Operator: oneOf(d, corev1.TolerationOpExists, corev1.TolerationOpExists, corev1.TolerationOpEqual, "",
			corev1.TolerationOpLt, corev1.TolerationOpGt, "Like"),
		Effect: oneOf(d, append(taintEffects(), "", "")...),
	}
	if toleration.Operator == corev1.TolerationOpExists && d.percent(80) {
		toleration.Value = ""
	}
	if d.percent(25) {
		toleration.TolerationSeconds = ptr.To(int64(d.between(0, 300)))
	}
	return toleration
}

// nodeAffinity is an affinity with or without a part that is required, or about nodes.
func (d dice) nodeAffinity() *corev1.Affinity {
	affinity := &corev1.Affinity{}
	if d.percent(8) {
		affinity.PodAntiAffinity = &corev1.PodAntiAffinity{}
		return affinity
	}
	affinity.NodeAffinity = &corev1.NodeAffinity{}
	if d.percent(15) {
		affinity.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution = []corev1.PreferredSchedulingTerm{{
			Weight: 1, Preference: d.selectorTerm(),
		}}
	}
	if d.percent(8) {
		return affinity
	}
	required := &corev1.NodeSelector{}
	for range oneOf(d, 0, 1, 1, 1, 1, 1, 2, 3) {
		required.NodeSelectorTerms = append(required.NodeSelectorTerms, d.selectorTerm())
	}
	affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = required
	return affinity
}

func (d dice) selectorTerm() corev1.NodeSelectorTerm {
	var term corev1.NodeSelectorTerm
	for range oneOf(d, 0, 1, 1, 1, 2) {
		term.MatchExpressions = append(term.MatchExpressions, d.labelRequirement())
	}
	if d.percent(20) {
		term.MatchFields = append(term.MatchFields, d.fieldRequirement())
	}
	return term
}

func (d dice) labelRequirement() corev1.NodeSelectorRequirement {
	switch roll := d.IntN(100); {
	case roll < 40:
		return corev1.NodeSelectorRequirement{Key: "zone", Operator: corev1.NodeSelectorOpIn,
			Values: oneOf(d, []string{"a"}, []string{"a", "b"}, []string{"c"})}
	case roll < 55:
		return corev1.NodeSelectorRequirement{Key: "cpus", Values: []string{oneOf(d, "2", "4", "8")},
			Operator: oneOf(d, corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt)}
	case roll < 75:
		return corev1.NodeSelectorRequirement{Key: oneOf(d, "zone", "gpu", "disk"),
			Operator: oneOf(d, corev1.NodeSelectorOpExists, corev1.NodeSelectorOpDoesNotExist)}
	case roll < 90:
		return corev1.NodeSelectorRequirement{Key: oneOf(d, "zone", "gpu", "disk"),
			Operator: corev1.NodeSelectorOpNotIn, Values: oneOf(d, []string{"b"}, []string{"hdd", "a"})}
	}
	// The API takes few of these.
	return corev1.NodeSelectorRequirement{
		Key: oneOf(d, "zone", "cpus", "no key!"),
		Operator: oneOf(d, corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn, corev1.NodeSelectorOpExists,
			corev1.NodeSelectorOpGt, "Like", ""),
		Values: oneOf(d, nil, []string{""}, []string{"a"}, []string{"4", "5"}, []string{"not valid!"}),
	}
}

func (d dice) fieldRequirement() corev1.NodeSelectorRequirement {
	return corev1.NodeSelectorRequirement{
		Key: oneOf(d, metav1.ObjectNameField, metav1.ObjectNameField, metav1.ObjectNameField, "metadata.uid"),
		Operator: oneOf(d, corev1.NodeSelectorOpIn, corev1.NodeSelectorOpNotIn, corev1.NodeSelectorOpNotIn,
			corev1.NodeSelectorOpExists),
		Values: oneOf(d, []string{"n-1"}, []string{"n-1"}, []string{"n-2"}, nil, []string{"n-1", "n-2"}, []string{""}),
	}
}
