package rollouts

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

const daemonSetName = "logs"

// newDaemonSet is a DaemonSet of one container, as an API server stores it.
func newDaemonSet(adjust ...edit) *appsv1.DaemonSet {
	set := &appsv1.DaemonSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSet"},
		ObjectMeta: metav1.ObjectMeta{Name: daemonSetName, Namespace: namespace, Labels: map[string]string{"team": "shop"}},
		Spec: appsv1.DaemonSetSpec{
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}},
			Template: template(),
		},
	}
	for _, e := range adjust {
		e.apply(set)
	}
	defaults.DaemonSet(set, kubeversion.Latest())
	return set
}

func describeDaemonSet(set *appsv1.DaemonSet) string {
	return fmt.Sprintf("DaemonSet %s, on %v, tolerates %v, minReadySeconds %d, history %s", flat(set.Spec.UpdateStrategy),
		set.Spec.Template.Spec.NodeSelector, set.Spec.Template.Spec.Tolerations, set.Spec.MinReadySeconds,
		show(set.Spec.RevisionHistoryLimit))
}

// The edits of a DaemonSet only.

func onDaemonSet(name string, apply func(*appsv1.DaemonSet)) edit {
	return edit{name: name, apply: func(object cluster.Object) { apply(object.(*appsv1.DaemonSet)) }}
}

// rollsNodes lets so many nodes be without a pod, and so many have two.
func rollsNodes(surge, unavailable string) edit {
	return onDaemonSet("rolling "+surge+"/"+unavailable, func(set *appsv1.DaemonSet) {
		up, down := intstr.Parse(surge), intstr.Parse(unavailable)
		set.Spec.UpdateStrategy = appsv1.DaemonSetUpdateStrategy{
			Type:          appsv1.RollingUpdateDaemonSetStrategyType,
			RollingUpdate: &appsv1.RollingUpdateDaemonSet{MaxSurge: &up, MaxUnavailable: &down},
		}
	})
}

func onDelete() edit {
	return onDaemonSet("OnDelete", func(set *appsv1.DaemonSet) {
		set.Spec.UpdateStrategy = appsv1.DaemonSetUpdateStrategy{Type: appsv1.OnDeleteDaemonSetStrategyType}
	})
}

// onDisk has the pods on nodes with a kind of disk only; empty: on all.
func onDisk(kind string) edit {
	return onDaemonSet("on disk "+kind, func(set *appsv1.DaemonSet) {
		set.Spec.Template.Spec.NodeSelector = nil
		if kind != "" {
			set.Spec.Template.Spec.NodeSelector = map[string]string{"disk": kind}
		}
	})
}

// tolerates lets the pods be on nodes that are set apart.
func tolerates(is bool) edit {
	return onDaemonSet(fmt.Sprintf("tolerates %v", is), func(set *appsv1.DaemonSet) {
		set.Spec.Template.Spec.Tolerations = nil
		if is {
			set.Spec.Template.Spec.Tolerations = []corev1.Toleration{{Key: "dedicated", Operator: corev1.TolerationOpExists}}
		}
	})
}

// newMachine is a node that works.
func newMachine(name, disk string) *corev1.Node {
	return &corev1.Node{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
		ObjectMeta: metav1.ObjectMeta{Name: name, ResourceVersion: "1", Labels: map[string]string{"disk": disk, corev1.LabelHostname: name}},
		Status: corev1.NodeStatus{
			Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}},
		},
	}
}
