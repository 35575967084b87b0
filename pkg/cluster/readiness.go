package cluster

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Readiness is how long the pods of one workload took from creation to Ready.
type Readiness struct {
	Workload Ref
	Pods     int // that were measured
	Median   time.Duration
	Least    time.Duration
	Most     time.Duration
}

// MeasureReadiness takes from each workload's own pods how long they took, sorted by
// workload. Pods that restarted may have become ready again later and do not count.
func (s *Snapshot) MeasureReadiness() []Readiness {
	owners := s.workloadsOfOwners()
	samples := map[Ref][]time.Duration{}
	for _, pod := range s.Pods {
		owner := ControllerOf(pod)
		if owner == nil || pod.CreationTimestamp.IsZero() || restarted(pod) {
			continue
		}
		ref, known := owners[owner.UID]
		if took, ok := readyAfter(pod); ok && known {
			samples[ref] = append(samples[ref], took)
		}
	}
	measured := []Readiness{}
	for ref, times := range samples {
		slices.Sort(times)
		measured = append(measured, Readiness{
			Workload: ref, Pods: len(times),
			Median: times[len(times)/2], Least: times[0], Most: times[len(times)-1],
		})
	}
	slices.SortFunc(measured, func(a, b Readiness) int { return a.Workload.Compare(b.Workload) })
	return measured
}

// workloadsOfOwners finds the workload of whatever owns pods: the Deployment of a
// ReplicaSet; itself of a StatefulSet, a DaemonSet, and of a ReplicaSet that has none.
func (s *Snapshot) workloadsOfOwners() map[types.UID]Ref {
	deployments := map[types.UID]Ref{}
	for _, d := range s.Deployments {
		deployments[d.UID] = RefOf(d)
	}
	owners := map[types.UID]Ref{}
	for _, set := range s.StatefulSets {
		owners[set.UID] = RefOf(set)
	}
	for _, set := range s.DaemonSets {
		owners[set.UID] = RefOf(set)
	}
	for _, rs := range s.ReplicaSets {
		owners[rs.UID] = RefOf(rs)
		if owner := ControllerOf(rs); owner != nil {
			if ref, ok := deployments[owner.UID]; ok {
				owners[rs.UID] = ref
			}
		}
	}
	return owners
}

func restarted(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.ContainerStatuses, func(s corev1.ContainerStatus) bool {
		return s.RestartCount > 0
	})
}

func readyAfter(pod *corev1.Pod) (time.Duration, bool) {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
			took := c.LastTransitionTime.Sub(pod.CreationTimestamp.Time)
			return took, took >= 0
		}
	}
	return 0, false
}
