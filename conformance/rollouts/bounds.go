package rollouts

import (
	"fmt"

	"github.com/go-logr/logr"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/kubernetes/pkg/controller/deployment/util"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// checkBounds says where a journal leaves the bounds that hold at any moment,
// whatever the controllers' caches held; empty: nowhere.
func (s starting) checkBounds(entries []entry) string {
	if len(s.state.DaemonSets) > 0 {
		return s.checkDaemonBounds(entries)
	}
	d := s.planned()
	if d == nil {
		return ""
	}
	return s.checkMost(d, entries) + s.checkLeast(d, entries)
}

// planned is the Deployment as it was changed; nil where there was none before.
func (s starting) planned() *appsv1.Deployment {
	if len(s.state.Deployments) == 0 {
		return nil
	}
	if d, ok := s.after.(*appsv1.Deployment); ok {
		return d
	}
	return s.state.Deployments[0]
}

// checkMost: after each instant the ReplicaSets together ask for no more than replicas
// + maxSurge, or than they did at the start. Within one they may: a sync that shares
// out a new size writes the ReplicaSets one by one, those that grow with those that shrink.
func (s starting) checkMost(d *appsv1.Deployment, entries []entry) string {
	sizes := map[string]int32{}
	for _, rs := range s.state.ReplicaSets {
		sizes[rs.Name] = *rs.Spec.Replicas
	}
	most := max(sum(sizes), *d.Spec.Replicas+util.MaxSurge(*d))
	for i, e := range entries {
		switch e.what {
		case sized:
			sizes[e.set] = e.size
		case removed:
			delete(sizes, e.set)
		}
		if goesOn := i+1 < len(entries) && entries[i+1].at == e.at; goesOn {
			continue
		}
		if total := sum(sizes); total > most {
			return fmt.Sprintf("%d replicas at %v, %d allowed\n", total, e.at, most)
		}
	}
	return ""
}

// checkLeast: where the size stays, available pods never get fewer than replicas -
// maxUnavailable, or than they were at the start. What is available is known where
// minReadySeconds is 0.
func (s starting) checkLeast(d *appsv1.Deployment, entries []entry) string {
	if d.Spec.Strategy.Type != appsv1.RollingUpdateDeploymentStrategyType || !s.keepsSize(d) {
		return ""
	}
	available := map[string]bool{}
	for _, pod := range s.state.Pods {
		if isReady(pod) && pod.DeletionTimestamp == nil && cluster.ControllerOf(pod) != nil {
			available[pod.Name] = true
		}
	}
	least := min(int32(len(available)), *d.Spec.Replicas-util.MaxUnavailable(*d))
	for _, e := range entries {
		switch e.what {
		case ready:
			available[e.pod] = true
		case deleted:
			delete(available, e.pod)
		}
		if now := int32(len(available)); now < least {
			return fmt.Sprintf("%d pods available at %v, %d guaranteed\n", now, e.at, least)
		}
	}
	return ""
}

// keepsSize reports whether nobody scales: every ReplicaSet with pods remembers the
// size that the Deployment has.
func (s starting) keepsSize(d *appsv1.Deployment) bool {
	for _, rs := range s.state.ReplicaSets {
		desired, ok := util.GetDesiredReplicasAnnotation(logr.Discard(), rs)
		if rs.Spec.MinReadySeconds > 0 || *rs.Spec.Replicas > 0 && (!ok || desired != *d.Spec.Replicas) {
			return false
		}
	}
	return d.Spec.MinReadySeconds == 0
}

func sum(sizes map[string]int32) int32 {
	var total int32
	for _, size := range sizes {
		total += size
	}
	return total
}
