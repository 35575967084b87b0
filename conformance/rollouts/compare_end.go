package rollouts

import (
	"fmt"
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// stateOf is a line for every fact about the workloads of a snapshot, and about their
// ReplicaSets, revisions and claims.
func stateOf(snapshot *cluster.Snapshot) []string {
	var lines []string
	for _, d := range snapshot.Deployments {
		lines = append(lines, deploymentLines(d)...)
	}
	for _, rs := range snapshot.ReplicaSets {
		lines = append(lines, replicaSetLines(rs)...)
	}
	for _, set := range snapshot.StatefulSets {
		lines = append(lines, statefulSetLines(set)...)
	}
	for _, set := range snapshot.DaemonSets {
		lines = append(lines, append(metaLines(set),
			fmt.Sprintf("%s spec %s", set.Name, flat(set.Spec)),
			fmt.Sprintf("%s status %s", set.Name, flat(set.Status)))...)
	}
	for _, revision := range snapshot.Revisions {
		lines = append(lines, append(metaLines(revision),
			fmt.Sprintf("%s number %d", revision.Name, revision.Revision),
			fmt.Sprintf("%s data %s", revision.Name, revision.Data.Raw))...)
	}
	for _, claim := range snapshot.Claims {
		lines = append(lines, append(metaLines(claim),
			fmt.Sprintf("%s %s, deleting %v", claim.Name, claim.Status.Phase, claim.DeletionTimestamp != nil),
			fmt.Sprintf("%s asks for %s", claim.Name, flat(claim.Spec.Resources)))...)
	}
	return lines
}

func statefulSetLines(set *appsv1.StatefulSet) []string {
	status := set.Status.DeepCopy()
	status.Conditions = nil
	lines := append(metaLines(set),
		fmt.Sprintf("%s spec %s", set.Name, flat(set.Spec)),
		fmt.Sprintf("%s status %s", set.Name, flat(status)))
	for _, c := range set.Status.Conditions {
		lines = append(lines, fmt.Sprintf("%s is %s=%s %s %q since %v", set.Name, c.Type, c.Status, c.Reason,
			c.Message, second(c.LastTransitionTime)))
	}
	return lines
}

func deploymentLines(d *appsv1.Deployment) []string {
	status := d.Status.DeepCopy()
	status.Conditions = nil
	lines := append(metaLines(d),
		fmt.Sprintf("%s replicas %d", d.Name, *d.Spec.Replicas),
		fmt.Sprintf("%s status %s", d.Name, flat(status)))
	for _, c := range d.Status.Conditions {
		lines = append(lines, fmt.Sprintf("%s is %s=%s %s %q since %v, updated %v", d.Name, c.Type, c.Status, c.Reason,
			c.Message, second(c.LastTransitionTime), second(c.LastUpdateTime)))
	}
	return lines
}

func replicaSetLines(rs *appsv1.ReplicaSet) []string {
	status := rs.Status.DeepCopy()
	status.Conditions = nil
	lines := append(metaLines(rs),
		fmt.Sprintf("%s replicas %d, minReadySeconds %d", rs.Name, *rs.Spec.Replicas, rs.Spec.MinReadySeconds),
		fmt.Sprintf("%s selects %s", rs.Name, metav1.FormatLabelSelector(rs.Spec.Selector)),
		fmt.Sprintf("%s template %s", rs.Name, flat(rs.Spec.Template)),
		fmt.Sprintf("%s status %s", rs.Name, flat(status)))
	for _, c := range rs.Status.Conditions {
		lines = append(lines, fmt.Sprintf("%s is %s=%s %s %q since %v", rs.Name, c.Type, c.Status, c.Reason,
			c.Message, second(c.LastTransitionTime)))
	}
	return lines
}

func metaLines(object cluster.Object) []string {
	name := object.GetName()
	lines := []string{
		fmt.Sprintf("%s generation %d", name, object.GetGeneration()),
		fmt.Sprintf("%s created at %s", name, second(object.GetCreationTimestamp())),
		fmt.Sprintf("%s labels %s", name, flat(object.GetLabels())),
	}
	if owner := cluster.ControllerOf(object); owner != nil {
		lines = append(lines, fmt.Sprintf("%s is owned by %s %s", name, owner.Kind, owner.Name))
	}
	annotations := object.GetAnnotations()
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		lines = append(lines, fmt.Sprintf("%s annotation %s: %s", name, key, annotations[key]))
	}
	return lines
}

func second(t metav1.Time) string { return t.UTC().Format("15:04:05") }

// flat is a value as JSON on one line.
func flat(value any) string {
	return string(encode(value))
}
