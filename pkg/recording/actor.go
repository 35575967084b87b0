package recording

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// actor tells who wrote, in a cluster where nobody but the controllers, the
// scheduler and the kubelets does: each writes other objects or other parts of
// them.
func actor(before, after cluster.Object) timeline.Actor {
	object := after
	if object == nil {
		object = before
	}
	switch object.(type) {
	case *corev1.Pod:
		return podActor(before, after)
	case *corev1.PersistentVolumeClaim:
		return claimActor(before, after)
	case *corev1.Node:
		return timeline.NodeController
	case *appsv1.StatefulSet:
		return timeline.StatefulSetController
	case *appsv1.DaemonSet:
		return timeline.DaemonSetController
	case *appsv1.ControllerRevision:
		return ownerOf(object)
	case *appsv1.ReplicaSet:
		was, _ := before.(*appsv1.ReplicaSet)
		is, _ := after.(*appsv1.ReplicaSet)
		if was != nil && is != nil && !equality.Semantic.DeepEqual(was.Status, is.Status) {
			return timeline.ReplicaSetController
		}
	}
	return timeline.DeploymentController
}

func podActor(before, after cluster.Object) timeline.Actor {
	was, _ := before.(*corev1.Pod)
	is, _ := after.(*corev1.Pod)
	switch {
	case was == nil:
		return ownerOf(is)
	case was.Status.Phase == corev1.PodFailed, is != nil && is.Status.Phase == corev1.PodFailed:
		// No pod of a recording fails: the garbage collector says so of one whose node is gone
		// before it deletes it.
		return timeline.PodGarbageCollector
	case is == nil && was.DeletionTimestamp != nil:
		return timeline.Kubelet
	case is == nil: // A pod without a node is gone as soon as it is deleted.
		return ownerOf(was)
	case isReady(was) && !isReady(is):
		return timeline.NodeController
	case was.DeletionTimestamp == nil && is.DeletionTimestamp != nil:
		return ownerOf(is)
	case was.Spec.NodeName != is.Spec.NodeName, is.Spec.NodeName == "":
		return Scheduler
	}
	return timeline.Kubelet
}

func isReady(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

// ownerOf is the controller that creates and deletes a pod or a revision.
func ownerOf(object cluster.Object) timeline.Actor {
	kind := ""
	if owner := cluster.ControllerOf(object); owner != nil {
		kind = owner.Kind
	}
	switch kind {
	case "StatefulSet":
		return timeline.StatefulSetController
	case "DaemonSet":
		return timeline.DaemonSetController
	}
	return timeline.ReplicaSetController
}

// claimActor: the controller of StatefulSets creates claims and says who owns them,
// the garbage collector deletes those whose owners are gone.
func claimActor(before, after cluster.Object) timeline.Actor {
	switch {
	case before == nil:
		return timeline.StatefulSetController
	case before.GetDeletionTimestamp() == nil && (after == nil || after.GetDeletionTimestamp() != nil):
		return timeline.GarbageCollector
	case after == nil:
		return VolumeController
	case !sameOwners(before, after):
		return timeline.StatefulSetController
	}
	return VolumeController
}

func sameOwners(a, b metav1.Object) bool {
	return slices.EqualFunc(a.GetOwnerReferences(), b.GetOwnerReferences(),
		func(a, b metav1.OwnerReference) bool { return equality.Semantic.DeepEqual(a, b) })
}
