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
	ranking := rankingOf(world, adopted(real))
	if totalOrder(ranking) {
		return fmt.Sprintf("real %v\nours %v\n", realNames, ourNames)
	}
	ranking = timeless(ranking)
	if pod := overlooked(ranking, realNames); pod != "" {
		return fmt.Sprintf("real keeps %s, which goes before one of %v\n", pod, realNames)
	}
	if pod := overlooked(ranking, ourNames); pod != "" {
		return fmt.Sprintf("ours keeps %s, which goes before one of %v\n", pod, ourNames)
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

// adopted are the pods whose patch was accepted: among orphans those that the
// ReplicaSet got. One that is gone when it is to be adopted is none.
func adopted(real Outcome) map[string]bool { return patched(real, "pods") }

func patched(real Outcome, resource string) map[string]bool {
	names := map[string]bool{}
	for _, s := range real.Sent {
		if s.Verb == controller.Patch && s.Resource == resource && s.Refused == "" {
			names[s.Name] = true
		}
	}
	return names
}

// rankingOf is the ranking of the pods that the ReplicaSet may delete: its own
// active ones and those that it adopts.
func rankingOf(world *World, adopted map[string]bool) upstream.ActivePodsWithRanks {
	rs := world.ReplicaSets[0]
	selects, onNode := selectorOf(rs), neighboursIn(world)
	ranking := upstream.ActivePodsWithRanks{Now: metav1.NewTime(world.Now())}
	for _, pod := range world.Pods {
		orphan := metav1.GetControllerOf(pod) == nil && pod.Namespace == rs.Namespace
		mine := controls(rs, pod) || orphan && adopted[pod.Name]
		if mine && active(pod) && selects(pod) {
			ranking.Pods = append(ranking.Pods, pod)
			ranking.Rank = append(ranking.Rank, onNode[pod.Spec.NodeName])
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

// overlooked returns a pod that stays although the ranking puts it before one
// that is deleted.
func overlooked(ranking upstream.ActivePodsWithRanks, names []string) string {
	last := -1
	for i, pod := range ranking.Pods {
		_, gone := slices.BinarySearch(names, pod.Name)
		if gone && (last < 0 || ranking.Less(last, i)) {
			last = i
		}
	}
	for i, pod := range ranking.Pods {
		if _, gone := slices.BinarySearch(names, pod.Name); !gone && ranking.Less(i, last) {
			return pod.Name
		}
	}
	return ""
}

// timeless is the same ranking of pods that are alike in what the rules about
// time and restarts look at; the rules that are left are transitive.
func timeless(ranking upstream.ActivePodsWithRanks) upstream.ActivePodsWithRanks {
	alike := ranking
	alike.Pods = make([]*corev1.Pod, ranking.Len())
	for i, pod := range ranking.Pods {
		bare := &corev1.Pod{}
		bare.Name, bare.Annotations = pod.Name, pod.Annotations
		bare.Spec.NodeName = pod.Spec.NodeName
		bare.Status.Phase = pod.Status.Phase
		for _, c := range pod.Status.Conditions {
			bare.Status.Conditions = append(bare.Status.Conditions,
				corev1.PodCondition{Type: c.Type, Status: c.Status})
		}
		alike.Pods[i] = bare
	}
	return alike
}
