package decisions

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	upstream "k8s.io/kubernetes/pkg/controller"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// checkDeletions compares which pods are deleted as far as that is determined.
// The real order is not transitive and starts from the order of a map, so:
// where the ranking is a total order of the pods, the names must be equal; else
// no pod may stay that goes before a deleted one by node, phase, readiness, cost
// or neighbours, the rules that are transitive.
func checkDeletions(world *World, real, ours Outcome) string {
	realNames, ourNames := deleted(real), deleted(ours)
	if len(realNames) == 0 || slices.Equal(realNames, ourNames) {
		return ""
	}
	ranking := rankingOf(world)
	if totalOrder(ranking) {
		return fmt.Sprintf("real %v\nours %v\n", realNames, ourNames)
	}
	for side, names := range map[string][]string{"real": realNames, "ours": ourNames} {
		if pod := overlooked(ranking, names); pod != "" {
			return fmt.Sprintf("%s keeps %s, which goes before one of %v\n", side, pod, names)
		}
	}
	return ""
}

func deleted(outcome Outcome) []string {
	var names []string
	for _, s := range outcome.Sent {
		if s.Verb == controller.Delete && s.Resource == "pods" {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names
}

// rankingOf is the ranking of the pods that the ReplicaSet may delete: its own
// active ones and those that it adopts.
func rankingOf(world *World) upstream.ActivePodsWithRanks {
	rs := world.ReplicaSets[0]
	selects := selectorOf(rs)
	ranking := upstream.ActivePodsWithRanks{Now: metav1.NewTime(world.Now())}
	for _, pod := range world.Pods {
		orphan := metav1.GetControllerOf(pod) == nil && pod.Namespace == rs.Namespace
		if active(pod) && selects(pod) && (controls(rs, pod) || orphan && rs.DeletionTimestamp == nil) {
			ranking.Pods = append(ranking.Pods, pod)
			ranking.Rank = append(ranking.Rank, neighbours(world, pod.Spec.NodeName))
		}
	}
	return ranking
}

// totalOrder reports whether each pod goes before another number of pods than
// every other pod does: then there is one order, whatever the start.
func totalOrder(ranking upstream.ActivePodsWithRanks) bool {
	seen := map[int]bool{}
	for i := range ranking.Pods {
		wins := 0
		for j := range ranking.Pods {
			if ranking.Less(i, j) {
				wins++
			}
		}
		seen[wins] = true
	}
	return len(seen) == ranking.Len()
}

// overlooked returns a pod that stays although a transitive rule puts it before
// one that is deleted.
func overlooked(ranking upstream.ActivePodsWithRanks, names []string) string {
	for i, kept := range ranking.Pods {
		if slices.Contains(names, kept.Name) {
			continue
		}
		for j, gone := range ranking.Pods {
			if slices.Contains(names, gone.Name) && certainlyBefore(ranking, i, j) {
				return kept.Name
			}
		}
	}
	return ""
}

// certainlyBefore asks the real ranking about two pods that are alike in what
// its rules about time and restarts look at.
func certainlyBefore(ranking upstream.ActivePodsWithRanks, i, j int) bool {
	pair := upstream.ActivePodsWithRanks{
		Pods: []*corev1.Pod{timeless(ranking.Pods[i]), timeless(ranking.Pods[j])},
		Rank: []int{ranking.Rank[i], ranking.Rank[j]},
		Now:  ranking.Now,
	}
	return pair.Less(0, 1)
}

func timeless(pod *corev1.Pod) *corev1.Pod {
	alike := pod.DeepCopy()
	alike.CreationTimestamp = metav1.Time{}
	alike.Status.ContainerStatuses = nil
	alike.Status.InitContainerStatuses = nil
	for i := range alike.Status.Conditions {
		alike.Status.Conditions[i].LastTransitionTime = metav1.Time{}
	}
	return alike
}
