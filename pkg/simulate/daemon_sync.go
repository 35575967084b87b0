package simulate

import (
	"encoding/json"
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// syncDaemon runs one sync of the DaemonSet controller.
func (w *world) syncDaemon(s *daemon) {
	tx := w.begin()
	decision := daemonset.Decide(s.view(w, tx), w.now)
	if w.limited() {
		w.startDaemon(s, decision)
		return
	}
	did := false
	for _, write := range decision.Writes {
		if write.Err != nil {
			continue
		}
		did = true
		var stored cluster.Object
		if write.Object.Kind != "Pod" {
			stored = tx.take()
		}
		s.apply(w, write, stored)
	}
	s.conclude(w, decision, did)
}

// conclude plans what follows a sync that is over. One that failed is tried again without
// end, ever later. After a sync that did nothing, the next look alone is nothing to wait
// for, unless failed pods are left alone only for a while.
// Follows daemon_controller.go processNextWorkItem, v1.37.0.
func (s *daemon) conclude(w *world, decision controller.Decision, did bool) {
	s.lastErr = decision.Err
	s.tellWait(w, decision.Waits)
	at := w.reacted(decision.WakeAt)
	if decision.Err == nil {
		s.failures = 0
	} else {
		at = w.now.Add(backOff(s.failures))
		s.failures++
	}
	if did || decision.Err == nil && s.failed > 0 {
		w.plan(&s.look, at)
	} else {
		w.planInVain(&s.look, at)
	}
}

// apply does what a write of the controller does.
func (s *daemon) apply(w *world, write controller.Write, stored cluster.Object) {
	w.happened++
	w.progress++
	switch write.Object.Kind {
	case "Pod":
		s.applyToPods(w, write)
	case "ControllerRevision":
		s.applyToRevision(w, write, stored)
	default:
		s.set = stored.(*appsv1.DaemonSet)
		w.daemonSets.add(s)
	}
}

func (s *daemon) applyToPods(w *world, write controller.Write) {
	switch {
	case write.Verb == controller.Create:
		for _, node := range write.Nodes {
			s.createPod(w, node, write)
		}
	case write.Verb == controller.Delete:
		for _, pod := range write.Pods {
			s.deletePod(w, pod, write)
		}
	case write.Reason == controller.AdoptOrphan:
		s.adoptPod(w, write)
	case write.Reason == controller.ReleaseMismatch:
		s.releasePod(w, write)
	default:
		s.relabelPod(w, write)
	}
}

func (s *daemon) adoptPod(w *world, write controller.Write) {
	pod := write.Pods[0]
	orphans := w.orphans[s.set.Namespace]
	w.orphans[s.set.Namespace] = slices.DeleteFunc(orphans, func(p *controller.Pod) bool { return p == pod })
	s.pods.Add(pod)
	if pod.Failed {
		s.failed++
	}
	w.changed(s)
	s.tellPod(w, pod, timeline.Patch, write)
	s.expect(w, pod, pod.Object)
	w.daemonSets.add(s)
}

func (s *daemon) releasePod(w *world, write controller.Write) {
	pod := write.Pods[0]
	s.strays = slices.DeleteFunc(s.strays, func(p *controller.Pod) bool { return p == pod })
	w.orphans[s.set.Namespace] = append(w.orphans[s.set.Namespace], pod)
	w.changed(s)
	s.tellPod(w, pod, timeline.Patch, write)
	w.orphaned(s.set.Namespace)
}

// relabelPod gives a pod the labels of a patch.
func (s *daemon) relabelPod(w *world, write controller.Write) {
	var patch struct {
		Metadata struct{ Labels map[string]string }
	}
	// The patch is our own.
	_ = json.Unmarshal(write.Patch, &patch)
	pod := write.Pods[0]
	s.pods.Remove(pod)
	labels := maps.Clone(pod.Labels)
	maps.Copy(labels, patch.Metadata.Labels)
	pod.Labels = labels
	s.pods.Add(pod)
	w.changed(s)
	s.tellPod(w, pod, timeline.Patch, write)
	w.daemonSets.add(s)
}

func (s *daemon) applyToRevision(w *world, write controller.Write, stored cluster.Object) {
	key := types.NamespacedName{Namespace: write.Object.Namespace, Name: write.Object.Name}
	s.forget(w, w.revisions[key])
	if stored != nil {
		s.remember(w, stored.(*appsv1.ControllerRevision))
	}
	s.tellOf(w, actionOf(write), write)
}
