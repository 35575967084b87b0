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
	case *appsv1.StatefulSet, *appsv1.ControllerRevision:
		return timeline.StatefulSetController
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
	case is == nil && was.DeletionTimestamp != nil:
		return timeline.Kubelet
	case is == nil: // A pod without a node is gone as soon as it is deleted.
		return ownerOf(was)
	case was.DeletionTimestamp == nil && is.DeletionTimestamp != nil:
		return ownerOf(is)
	case was.Spec.NodeName != is.Spec.NodeName, is.Spec.NodeName == "":
		return Scheduler
	}
	return timeline.Kubelet
}

// ownerOf is the controller that creates and deletes a pod.
func ownerOf(pod *corev1.Pod) timeline.Actor {
	if owner := cluster.ControllerOf(pod); owner != nil && owner.Kind == "StatefulSet" {
		return timeline.StatefulSetController
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
