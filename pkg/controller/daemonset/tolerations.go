package daemonset

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/validate/content"
)

// automatic are the tolerations that every pod of a DaemonSet has: it stays on a node
// that is not ready or not reachable, and goes to one that is cordoned or short of
// something. Follows daemonset_util.go AddOrUpdateDaemonPodTolerations, v1.37.0.
func automatic(hostNetwork bool) []corev1.Toleration {
	list := []corev1.Toleration{
		always(corev1.TaintNodeNotReady, corev1.TaintEffectNoExecute),
		always(corev1.TaintNodeUnreachable, corev1.TaintEffectNoExecute),
		always(corev1.TaintNodeDiskPressure, corev1.TaintEffectNoSchedule),
		always(corev1.TaintNodeMemoryPressure, corev1.TaintEffectNoSchedule),
		always(corev1.TaintNodePIDPressure, corev1.TaintEffectNoSchedule),
		always(corev1.TaintNodeUnschedulable, corev1.TaintEffectNoSchedule),
	}
	if hostNetwork {
		list = append(list, always(corev1.TaintNodeNetworkUnavailable, corev1.TaintEffectNoSchedule))
	}
	return list
}

func always(key string, effect corev1.TaintEffect) corev1.Toleration {
	return corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists, Effect: effect}
}

// tolerationsOf returns the tolerations of a DaemonSet's pods: those of the template, then
// the automatic ones. One of the template that matches an automatic one, but ends after
// some seconds, is replaced by it.
// Follows pkg/apis/core/v1/helper AddOrUpdateTolerationInPodSpec, v1.37.0.
func tolerationsOf(template *corev1.PodSpec) []corev1.Toleration {
	added := automatic(template.HostNetwork)
	list := make([]corev1.Toleration, 0, len(template.Tolerations)+len(added))
	list = append(list, template.Tolerations...)
	for _, toleration := range added {
		replaced := false
		for i := range list {
			if toleration.MatchToleration(&list[i]) {
				list[i], replaced = toleration, true
			}
		}
		if !replaced {
			list = append(list, toleration)
		}
	}
	return list
}

// tolerates reports whether one of the tolerations is for the taint. Lt and Gt count only
// where their feature gate is on.
// Follows k8s.io/api/core/v1/toleration.go ToleratesTaint, v0.37.2.
func tolerates(list []corev1.Toleration, taint *corev1.Taint, comparisons bool) bool {
	for i := range list {
		t := &list[i]
		if t.Effect != "" && t.Effect != taint.Effect || t.Key != "" && t.Key != taint.Key {
			continue
		}
		switch t.Operator {
		case "", corev1.TolerationOpEqual:
			if t.Value == taint.Value {
				return true
			}
		case corev1.TolerationOpExists:
			return true
		case corev1.TolerationOpLt, corev1.TolerationOpGt:
			if comparisons && compares(t, taint.Value) {
				return true
			}
		}
	}
	return false
}

// compares follows k8s.io/api/core/v1/toleration.go compareNumericValues, v0.37.2.
func compares(t *corev1.Toleration, value string) bool {
	bound, ok := decimal(t.Value)
	actual, ok2 := decimal(value)
	if !ok || !ok2 {
		return false
	}
	if t.Operator == corev1.TolerationOpLt {
		return actual < bound
	}
	return actual > bound
}

func decimal(text string) (int64, bool) {
	if len(content.IsDecimalInteger(text)) > 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}
