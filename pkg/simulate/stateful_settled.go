package simulate

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// assumeCalm gives a StatefulSet without pods in the state what it has when it is
// settled: it is created in a world of its own, long ago, and left to its controller
// until that comes to rest. A status that tells otherwise is an error: the rest of the
// state is missing.
func (w *world) assumeCalm(f found) error {
	if err := mustLookCalm(f.set); err != nil {
		return err
	}
	set := f.set.DeepCopy()
	if set.UID == "" {
		set.UID = predictedUID(cluster.RefOf(set))
	}
	set.Generation = max(set.Generation, 1)
	if len(f.revisions) == 0 {
		made, err := w.madeUpRevision(set)
		if err != nil {
			return err
		}
		f.revisions = append(f.revisions, made)
	}
	w.note("%s has no pods in the state: taken as settled", cluster.RefOf(set))
	past, err := w.longAgo(set, f.revisions)
	if err != nil {
		return err
	}
	w.takeOver(set, past)
	return nil
}

// takeOver gives a StatefulSet what it has in a world of the past.
func (w *world) takeOver(set *appsv1.StatefulSet, past *world) {
	then := past.workloads[cluster.RefOf(set)].(*stateful)
	conditions := set.Status.Conditions
	set.Status = then.set.Status
	set.Status.Conditions = conditions
	pods := then.pods.All()
	for _, pod := range pods {
		pod.Ordinal = 0 // it is not of the forecast
	}
	for _, claim := range past.claims.of(set) {
		if w.claims.find(keyOf(claim)) == nil {
			w.claims.put(claim)
		}
	}
	s := w.newStateful(set, pods)
	s.memory = then.memory
	s.updateTo(w, then.newest)
	for _, r := range then.revisions {
		s.remember(w, r)
	}
}

// mustLookCalm refuses a StatefulSet whose own status says that it is rolling or has
// pods that are not available.
func mustLookCalm(set *appsv1.StatefulSet) error {
	status := set.Status
	if status.ObservedGeneration == 0 && status.Replicas == 0 {
		return nil
	}
	if statefulset.Complete(set) && status.AvailableReplicas == *set.Spec.Replicas {
		return nil
	}
	return fmt.Errorf("%s -n %s: its status says %d of %d replicas updated, %d ready, %d available, but the state has none "+
		"of its pods: add them and the revisions (%s)", cluster.RefOf(set), set.Namespace, status.UpdatedReplicas,
		*set.Spec.Replicas, status.ReadyReplicas, status.AvailableReplicas, getAll(set))
}

// madeUpRevision is the revision of the template, by the name that the status says. One
// whose hash cannot be known is told from the one that a change creates.
func (w *world) madeUpRevision(set *appsv1.StatefulSet) (*appsv1.ControllerRevision, error) {
	made, err := revision.NewControllerRevision(set, 1, w.cfg.Profile)
	if err != nil {
		return nil, err
	}
	switch {
	case set.Status.UpdateRevision != "":
		made.Name = set.Status.UpdateRevision
	case cluster.HasRedacted(&set.Spec.Template):
		made.Name = set.Name + "-<current>"
	}
	made.UID = predictedUID(cluster.RefOf(made))
	return made, nil
}

// longAgo is a world in which a StatefulSet was created and has come to rest by now,
// with all its pods available since an age. How it came there, one by one or by which
// strategy, plays no part.
func (w *world) longAgo(set *appsv1.StatefulSet, revisions []*appsv1.ControllerRevision) (*world, error) {
	fresh := set.DeepCopy()
	fresh.DeletionTimestamp = nil
	fresh.Status = appsv1.StatefulSetStatus{CollisionCount: set.Status.CollisionCount}
	fresh.Spec.PodManagementPolicy = appsv1.ParallelPodManagement
	fresh.Spec.UpdateStrategy = appsv1.StatefulSetUpdateStrategy{Type: appsv1.OnDeleteStatefulSetStrategyType}
	minReady := time.Duration(set.Spec.MinReadySeconds) * time.Second
	var claims []*corev1.PersistentVolumeClaim
	for _, claim := range w.claims.of(set) {
		then := *claim
		then.DeletionTimestamp = nil
		claims = append(claims, &then)
	}
	past, err := newWorld(&cluster.Snapshot{
		Version:      "long ago", // so that nothing is made up in it
		StatefulSets: []*appsv1.StatefulSet{fresh},
		Revisions:    revisions,
		Claims:       claims,
	}, Config{
		Profile:   w.cfg.Profile,
		Now:       w.now.Add(-age - minReady),
		Latencies: kubelet.Fixed{},
	})
	if err != nil {
		return nil, err
	}
	past.run()
	return past, nil
}
