package recording_test

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// statefulSetSyncs are the writes of the StatefulSet controller.
func (h *history) statefulSetSyncs() *syncs {
	s := &syncs{history: h, decide: h.decideStatefulSet}
	s.attempts = s.statefulSetAttempts
	for n, e := range h.Events {
		if e.By == timeline.StatefulSetController {
			s.own = append(s.own, n)
		}
	}
	return s
}

// statefulSetAttempts: this controller does not begin before its caches have what it
// wrote last of the status, of pods and of claims, but for pods that it deleted.
// Follows stateful_set.go sync, v1.37.0, for the consistency store.
func (s *syncs) statefulSetAttempts(least sight, n int) []attempt {
	for _, event := range s.own[:n] {
		switch e := s.Events[event]; {
		case e.Ref().Kind == "StatefulSet":
			least.workloads = max(least.workloads, event+1)
		case e.Ref().Kind == "Pod" && e.Before == nil:
			least.pods = max(least.pods, event+1)
		case e.Ref().Kind == "PersistentVolumeClaim":
			least.claims = max(least.claims, event+1)
		}
	}
	most := s.own[n]
	var attempts []attempt
	for _, workloads := range s.moments("StatefulSet", least.workloads, most) {
		parallel := s.states[workloads].StatefulSets[0].Spec.PodManagementPolicy == appsv1.ParallelPodManagement
		for _, revisions := range s.moments("ControllerRevision", least.revisions, most) {
			for _, claims := range s.moments("PersistentVolumeClaim", least.claims, most) {
				for _, pods := range s.moments("Pod", least.pods, most) {
					seen := sight{workloads: workloads, revisions: revisions, pods: pods, claims: claims}
					attempts = append(attempts, attempt{sight: seen, parallel: parallel})
				}
			}
		}
	}
	return attempts
}

func (h *history) decideStatefulSet(at attempt, api *server) {
	set := h.states[at.workloads].StatefulSets[0]
	revisions, claims := h.states[at.revisions].Revisions, h.states[at.claims].Claims
	statefulset.Decide(statefulset.View{
		StatefulSet: set,
		Pods:        statefulset.NewPodSet(members(set, h.states[at.pods].Pods)),
		Revisions:   slices.Clone(revisions),
		Lookup: func(name string) *appsv1.ControllerRevision {
			revision, _ := named(revisions, name)
			return revision
		},
		Claim: func(name string) *corev1.PersistentVolumeClaim {
			claim, _ := named(claims, name)
			return claim
		},
		Profile: kubeversion.Latest(),
		API:     api,
	}, at.now)
}

// members are the pods of a StatefulSet; there are no others in a recording.
func members(set *appsv1.StatefulSet, pods []*corev1.Pod) []*controller.Pod {
	var owned []*controller.Pod
	for _, pod := range pods {
		if metav1.IsControlledBy(pod, set) {
			owned = append(owned, controller.RecordOf(pod))
		}
	}
	return owned
}
