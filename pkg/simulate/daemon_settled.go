package simulate

import (
	"fmt"
	"maps"
	"time"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// assumeEverywhere gives a DaemonSet without pods in the state what it has when it is
// settled: one pod on each node that it is for, available since an age unless the node is
// not ready. A status that tells otherwise is an error: the rest of the state is missing.
func (w *world) assumeEverywhere(f foundDaemon) error {
	set := f.set.DeepCopy()
	if set.UID == "" {
		set.UID = predictedUID(cluster.RefOf(set))
	}
	set.Generation = max(set.Generation, 1)
	if set.Annotations[appsv1.DeprecatedTemplateGeneration] == "" {
		defaults.CountTemplates(nil, set)
	}
	if len(f.revisions) == 0 {
		made, err := w.madeUpDaemonRevision(set)
		if err != nil {
			return err
		}
		f.revisions = append(f.revisions, made)
	}
	s := w.newDaemon(set, nil)
	for _, r := range f.revisions {
		s.remember(w, r)
	}
	s.pods = daemonset.NewPodSet(s.madeUpPods(w))
	s.follow(w)
	status := s.settledStatus(w)
	if err := mustLookEverywhere(set, status); err != nil {
		return err
	}
	w.note("%s has no pods in the state: taken as settled, with one on each of %d nodes",
		cluster.RefOf(set), status.DesiredNumberScheduled)
	status.Conditions, status.CollisionCount = set.Status.Conditions, set.Status.CollisionCount
	set.Status = status
	return nil
}

// madeUpPods are pods at the revision of the template, one on each node that should have
// one.
func (s *daemon) madeUpPods(w *world) []*controller.Pod {
	labels := s.madeUpLabels(w)
	long := w.now.Add(-age - s.minReady()).Truncate(time.Second)
	placement := daemonset.PlacementOf(s.set, w.cfg.Profile)
	var pods []*controller.Pod
	for _, node := range w.nodes.All() {
		if !placement.Fit(node).Should {
			continue
		}
		s.serial[node.Name] = 1
		pod := &controller.Pod{
			Name: s.placeholder(node.Name), UID: uidOf(s.set.UID, len(pods)+1), Node: node.Name, Labels: labels,
			CreatedAt: long, Phase: controller.Running,
		}
		if isReady(node) {
			pod.Ready, pod.ReadyAt = true, long
		}
		pods = append(pods, pod)
	}
	return pods
}

func (s *daemon) madeUpLabels(w *world) map[string]string {
	labels := maps.Clone(s.set.Spec.Template.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels[appsv1.DefaultDaemonSetUniqueLabelKey] = daemonset.HashOf(s.view(w, nil))
	return labels
}

// settledStatus is the status with the pods that are made up.
func (s *daemon) settledStatus(w *world) appsv1.DaemonSetStatus {
	counts := s.pods.Counts(w.now)
	return appsv1.DaemonSetStatus{
		ObservedGeneration:     s.set.Generation,
		DesiredNumberScheduled: counts.Desired,
		CurrentNumberScheduled: counts.Total,
		UpdatedNumberScheduled: counts.Updated,
		NumberReady:            counts.Ready,
		NumberAvailable:        counts.Available,
		NumberUnavailable:      counts.Desired - counts.Available,
	}
}

// mustLookEverywhere refuses a DaemonSet whose own status says that it is rolling, that it
// has pods that are not available, or that it sees other nodes.
func mustLookEverywhere(set *appsv1.DaemonSet, settled appsv1.DaemonSetStatus) error {
	status := set.Status
	if status.ObservedGeneration == 0 && status.DesiredNumberScheduled == 0 {
		return nil
	}
	if status.DesiredNumberScheduled != settled.DesiredNumberScheduled {
		return fmt.Errorf("%s -n %s: its status says that %d nodes should have a pod, but %d of the nodes in the state "+
			"should: add all nodes as they are now (kubectl get nodes -o yaml)", cluster.RefOf(set), set.Namespace,
			status.DesiredNumberScheduled, settled.DesiredNumberScheduled)
	}
	if status.ObservedGeneration >= set.Generation && status.NumberMisscheduled == 0 &&
		status.UpdatedNumberScheduled == status.DesiredNumberScheduled &&
		status.NumberAvailable >= settled.NumberAvailable {
		return nil
	}
	return fmt.Errorf("%s -n %s: its status says %d of %d nodes updated, %d available, %d with a pod that should have none, "+
		"but the state has none of its pods: add them and the revisions (%s)", cluster.RefOf(set), set.Namespace,
		status.UpdatedNumberScheduled, status.DesiredNumberScheduled, status.NumberAvailable, status.NumberMisscheduled,
		getAllOfDaemon(set))
}

// madeUpDaemonRevision is the revision of the template. One whose hash cannot be known is
// told from the one that a change creates.
func (w *world) madeUpDaemonRevision(set *appsv1.DaemonSet) (*appsv1.ControllerRevision, error) {
	data, err := revision.DaemonData(&set.Spec.Template, w.cfg.Profile)
	if err != nil {
		return nil, fmt.Errorf("%s -n %s: %w", cluster.RefOf(set), set.Namespace, err)
	}
	made := revision.NewDaemonRevision(set, 1, data)
	if cluster.HasRedacted(&set.Spec.Template) || !w.cfg.Profile.SharesAPITypes() {
		made.Name = set.Name + "-<current>"
		made.Labels[appsv1.DefaultDaemonSetUniqueLabelKey] = "current"
	}
	made.Namespace = set.Namespace
	made.UID = predictedUID(cluster.RefOf(made))
	return made, nil
}
