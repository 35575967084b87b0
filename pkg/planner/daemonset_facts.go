package planner

import (
	"math"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/check"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

func (d daemonSetKind) facts(around surroundings) check.WorkloadFacts {
	f := check.WorkloadFacts{HistoryLimit: math.MaxInt32}
	if limit := d.Spec.RevisionHistoryLimit; limit != nil {
		f.HistoryLimit = *limit
	}
	for _, entry := range revision.OfDaemonSet(d.DaemonSet, around.state.Revisions) {
		f.Revisions = append(f.Revisions, check.Revision{Name: entry.ControllerRevision.Name, Number: entry.Number})
	}
	set := &check.DaemonSet{Rolls: d.rollsPods(), HostPorts: hostPorts(&d.Spec.Template.Spec)}
	placement := daemonset.PlacementOf(d.DaemonSet, around.profile)
	has := nodesWithPods(around.state.Pods, d.DaemonSet)
	for _, node := range around.nodes {
		if n := node.Before; n != nil && !isReady(n) && (placement.Fit(n).Should || has[n.Name]) {
			set.NotReady = append(set.NotReady, n.Name)
		}
		if n := node.After; n != nil && n.Spec.Unschedulable && (placement.Fit(n).Should || has[n.Name]) {
			set.Cordoned = append(set.Cordoned, n.Name)
		}
	}
	f.DaemonSet = set
	return f
}

// isReady reports whether a node says that it is, or says nothing.
func isReady(node *corev1.Node) bool {
	for _, c := range node.Status.Conditions {
		if c.Type == corev1.NodeReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return true
}

// hostPorts are the ports of the node that the pods take.
func hostPorts(spec *corev1.PodSpec) []int32 {
	var ports []int32
	for i := range spec.Containers {
		for _, port := range spec.Containers[i].Ports {
			if port.HostPort != 0 {
				ports = append(ports, port.HostPort)
			}
		}
	}
	return ports
}
