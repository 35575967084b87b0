package rollouts

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/kubernetes/pkg/controller/daemon/util"
)

// checkDaemonBounds says where a journal leaves the bounds of a rolling update, whichever
// nodes come first: a node has one pod that stays, or two with a surge; and of the nodes
// that should have a pod no more are without a ready one than maxUnavailable, or than were
// so at the start. What is available is known where minReadySeconds is 0.
func (s starting) checkDaemonBounds(entries []entry) string {
	set := s.state.DaemonSets[0]
	if after, ok := s.after.(*appsv1.DaemonSet); ok {
		set = after
	}
	rolling := set.Spec.UpdateStrategy.RollingUpdate
	if rolling == nil {
		return ""
	}
	desired := 0
	for _, wanted := range s.wanted {
		if wanted {
			desired++
		}
	}
	down, err := util.UnavailableCount(set, desired)
	if err != nil {
		return err.Error()
	}
	up, err := util.SurgeCount(set, desired)
	if err != nil {
		return err.Error()
	}
	text := s.checkMostOnNodes(entries, min(up, 1)+1)
	if set.Spec.MinReadySeconds == 0 && s.killed == nil && len(s.nodes) == 0 {
		text += s.checkLeastOfNodes(entries, desired-down)
	}
	return text
}

// checkMostOnNodes: where a pod is created, no more than so many stay on its node.
func (s starting) checkMostOnNodes(entries []entry, most int) string {
	alive := map[string]map[string]bool{}
	put := func(node, pod string) {
		if alive[node] == nil {
			alive[node] = map[string]bool{}
		}
		alive[node][pod] = true
	}
	for _, pod := range s.state.Pods {
		if isAlive(pod) {
			put(pod.Spec.NodeName, pod.Name)
		}
	}
	for i, e := range entries {
		switch e.what {
		case created:
			put(e.node, e.pod)
			if goesOn := i+1 < len(entries) && entries[i+1].at == e.at; !goesOn && len(alive[e.node]) > most {
				return fmt.Sprintf("%d pods on %s at %v, %d allowed\n", len(alive[e.node]), e.node, e.at, most)
			}
		case deleted, gone:
			delete(alive[e.node], e.pod)
		}
	}
	return ""
}

// checkLeastOfNodes: no fewer nodes have a ready pod than so many, or than at the start.
func (s starting) checkLeastOfNodes(entries []entry, least int) string {
	on := map[string]string{} // the node of each ready pod
	for _, pod := range s.state.Pods {
		if isAlive(pod) && isReady(pod) && s.wanted[pod.Spec.NodeName] {
			on[pod.Name] = pod.Spec.NodeName
		}
	}
	count := func() int {
		nodes := map[string]bool{}
		for _, node := range on {
			nodes[node] = true
		}
		return len(nodes)
	}
	least = min(least, count())
	for _, e := range entries {
		switch {
		case e.what == ready && s.wanted[e.node]:
			on[e.pod] = e.node
		case e.what == deleted:
			delete(on, e.pod)
		}
		if now := count(); now < least {
			return fmt.Sprintf("%d nodes with a ready pod at %v, %d guaranteed\n", now, e.at, least)
		}
	}
	return ""
}
