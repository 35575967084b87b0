package recording_test

import (
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/replicaset"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// deploymentSyncs are the writes of the Deployment controller.
func (h *history) deploymentSyncs() *syncs {
	s := &syncs{history: h, decide: h.decideDeployment}
	s.attempts = func(least sight, n int) []attempt { return h.deploymentAttempts(least, s.own[n]) }
	for n, e := range h.Events {
		if e.By == timeline.DeploymentController {
			s.own = append(s.own, n)
		}
	}
	return s
}

// deploymentAttempts: what the caches can hold after most events. Only Recreate
// looks at pods.
func (h *history) deploymentAttempts(least sight, most int) []attempt {
	var attempts []attempt
	for _, deployments := range h.moments("Deployment", least.workloads, most) {
		pods := []int{least.pods}
		if h.states[deployments].Deployments[0].Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
			pods = h.moments("Pod", least.pods, most)
		}
		for _, sets := range h.moments("ReplicaSet", least.sets, most) {
			for _, heard := range pods {
				attempts = append(attempts, attempt{sight: sight{workloads: deployments, sets: sets, pods: heard}})
			}
		}
	}
	return attempts
}

func (h *history) decideDeployment(at attempt, api *server) {
	deployment.Decide(deployment.View{
		Deployment:  h.states[at.workloads].Deployments[0],
		ReplicaSets: slices.Clone(h.states[at.sets].ReplicaSets),
		HasPods:     func(set types.UID) bool { return hasPods(h.states[at.pods], set) },
		Lookup:      func(name string) *appsv1.ReplicaSet { return h.replicaSet(name, at.sets) },
		Profile:     kubeversion.Latest(),
		API:         api,
	}, at.now)
}

func hasPods(state *cluster.Snapshot, set types.UID) bool {
	return slices.ContainsFunc(state.Pods, func(pod *corev1.Pod) bool {
		owner := cluster.ControllerOf(pod)
		return owner != nil && owner.UID == set &&
			pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed
	})
}

// replicaSetSyncs are the writes of the ReplicaSet controller for one ReplicaSet.
func (h *history) replicaSetSyncs(name string) *syncs {
	s := &syncs{history: h, anyPod: true}
	s.attempts = s.replicaSetAttempts
	s.decide = func(at attempt, api *server) {
		if rs := h.replicaSet(name, at.sets); rs != nil {
			replicaset.Decide(replicaSetView(rs, h.states[at.pods].Pods, at.now, api), at.now)
		}
	}
	for n, e := range h.Events {
		if e.By != timeline.ReplicaSetController {
			continue
		}
		owner := cluster.ControllerOf(e.Object())
		itself := e.Ref().Kind == "ReplicaSet" && e.Ref().Name == name
		if itself || owner.Kind == "ReplicaSet" && owner.Name == name {
			s.own = append(s.own, n)
		}
	}
	return s
}

// replicaSetAttempts: this controller does not begin before its caches have its own
// last status and the pods that it created, and leaves its pods alone until it has
// heard of those that it deleted.
// Follows replica_set.go syncReplicaSet, v1.37.0, for the consistency store and the
// expectations.
func (s *syncs) replicaSetAttempts(least sight, n int) []attempt {
	deleted := 0
	for _, event := range s.own[:n] {
		switch e := s.Events[event]; {
		case e.Ref().Kind == "ReplicaSet":
			least.sets = max(least.sets, event+1)
		case e.Before == nil:
			least.pods = max(least.pods, event+1)
		default:
			deleted = event + 1
		}
	}
	var attempts []attempt
	for _, sets := range s.moments("ReplicaSet", least.sets, s.own[n]) {
		for _, pods := range s.moments("Pod", least.pods, s.own[n]) {
			attempts = append(attempts,
				attempt{sight: sight{sets: sets, pods: pods}, ignoresPods: pods < deleted})
		}
	}
	return attempts
}

func replicaSetView(
	rs *appsv1.ReplicaSet, pods []*corev1.Pod, now time.Time, api controller.API,
) replicaset.View {
	profile := kubeversion.Latest()
	view := replicaset.View{
		ReplicaSet: rs,
		Neighbours: func(string) int { return 0 },
		Profile:    profile,
		API:        api,
	}
	selector, _ := metav1.LabelSelectorAsSelector(rs.Spec.Selector)
	var owned []*controller.Pod
	for _, pod := range pods {
		record, owner := controller.RecordOf(pod), cluster.ControllerOf(pod)
		switch matches := selector.Matches(labels.Set(pod.Labels)); {
		case owner == nil:
			view.Orphans = append(view.Orphans, record)
		case owner.UID == rs.UID && matches:
			owned = append(owned, record)
		case owner.UID == rs.UID:
			view.Strays = append(view.Strays, record)
		}
	}
	view.Owned = controller.NewPodSet(controller.Counting{
		MinReady:       time.Duration(rs.Spec.MinReadySeconds) * time.Second,
		AtBoundary:     profile.AvailableAtBoundary(),
		TemplateLabels: rs.Spec.Template.Labels,
	}, owned, now)
	return view
}
