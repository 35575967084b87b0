package recording

import (
	"encoding/json"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// followed lists the objects of a state whose writes are recorded.
func followed(state *cluster.Snapshot) []cluster.Object {
	var objects []cluster.Object
	for _, d := range state.Deployments {
		objects = append(objects, d)
	}
	for _, rs := range state.ReplicaSets {
		objects = append(objects, rs)
	}
	for _, set := range state.StatefulSets {
		objects = append(objects, set)
	}
	for _, set := range state.DaemonSets {
		objects = append(objects, set)
	}
	for _, revision := range state.Revisions {
		objects = append(objects, revision)
	}
	for _, pod := range state.Pods {
		objects = append(objects, pod)
	}
	for _, claim := range state.Claims {
		objects = append(objects, claim)
	}
	if followsNodes(state) {
		objects = append(objects, nodesOf(state)...)
	}
	return objects
}

// followsNodes: what happens to nodes matters to DaemonSets.
func followsNodes(state *cluster.Snapshot) bool { return len(state.DaemonSets) > 0 }

func nodesOf(state *cluster.Snapshot) []cluster.Object {
	var objects []cluster.Object
	for _, node := range state.Nodes {
		objects = append(objects, node)
	}
	return objects
}

// around lists the objects of a state that are only there.
func around(state *cluster.Snapshot) []cluster.Object {
	var objects []cluster.Object
	for _, service := range state.Services {
		objects = append(objects, service)
	}
	if !followsNodes(state) {
		objects = append(objects, nodesOf(state)...)
	}
	for _, other := range state.Others {
		objects = append(objects, other)
	}
	return objects
}

// Put adds an object to a state, as a recording keeps it. The caller sorts.
func Put(state *cluster.Snapshot, object cluster.Object) { put(state, reduced(object)) }

func put(state *cluster.Snapshot, object cluster.Object) {
	switch o := object.(type) {
	case *appsv1.Deployment:
		state.Deployments = append(state.Deployments, o)
	case *appsv1.ReplicaSet:
		state.ReplicaSets = append(state.ReplicaSets, o)
	case *appsv1.StatefulSet:
		state.StatefulSets = append(state.StatefulSets, o)
	case *appsv1.DaemonSet:
		state.DaemonSets = append(state.DaemonSets, o)
	case *appsv1.ControllerRevision:
		state.Revisions = append(state.Revisions, o)
	case *corev1.Pod:
		state.Pods = append(state.Pods, o)
	case *corev1.PersistentVolumeClaim:
		state.Claims = append(state.Claims, o)
	case *corev1.Service:
		state.Services = append(state.Services, o)
	case *corev1.Node:
		state.Nodes = append(state.Nodes, o)
	case *unstructured.Unstructured:
		state.Others = append(state.Others, o)
	}
}

// reduced is an object without what no controller reads: of most the managed fields,
// of pods, claims and nodes most of it.
func reduced(object cluster.Object) cluster.Object {
	switch o := object.(type) {
	case *corev1.Pod:
		return reducedPod(o)
	case *corev1.PersistentVolumeClaim:
		return reducedClaim(o)
	case *corev1.Node:
		return reducedNode(o)
	}
	kept := object.DeepCopyObject().(cluster.Object)
	kept.SetManagedFields(nil)
	switch o := kept.(type) {
	case *appsv1.Deployment:
		o.TypeMeta = metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}
	case *appsv1.ReplicaSet:
		o.TypeMeta = metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ReplicaSet"}
	case *appsv1.StatefulSet:
		o.TypeMeta = metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"}
	case *appsv1.DaemonSet:
		o.TypeMeta = metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSet"}
	case *appsv1.ControllerRevision:
		o.TypeMeta = metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ControllerRevision"}
	case *corev1.Service:
		o.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}
	}
	return kept
}

func reducedPod(pod *corev1.Pod) *corev1.Pod {
	kept := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: *pod.ObjectMeta.DeepCopy(),
		Spec: corev1.PodSpec{
			NodeName: pod.Spec.NodeName, Hostname: pod.Spec.Hostname, Subdomain: pod.Spec.Subdomain,
		},
		Status: corev1.PodStatus{Phase: pod.Status.Phase},
	}
	kept.ManagedFields = nil
	if owner := cluster.ControllerOf(pod); owner != nil && owner.Kind == "DaemonSet" {
		kept.Spec.Affinity, kept.Spec.Tolerations = pod.Spec.Affinity, pod.Spec.Tolerations
	}
	for _, volume := range pod.Spec.Volumes {
		if volume.PersistentVolumeClaim != nil {
			kept.Spec.Volumes = append(kept.Spec.Volumes, volume)
		}
	}
	for _, c := range pod.Spec.Containers {
		kept.Spec.Containers = append(kept.Spec.Containers, corev1.Container{Name: c.Name, Image: c.Image})
	}
	for _, c := range pod.Status.Conditions {
		unplaced := c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse
		if c.Type == corev1.PodReady || unplaced {
			kept.Status.Conditions = append(kept.Status.Conditions, corev1.PodCondition{
				Type: c.Type, Status: c.Status, Reason: c.Reason, LastTransitionTime: c.LastTransitionTime})
		}
	}
	return kept
}

// reducedClaim leaves out what a binder notes for itself.
func reducedClaim(claim *corev1.PersistentVolumeClaim) *corev1.PersistentVolumeClaim {
	kept := &corev1.PersistentVolumeClaim{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: *claim.ObjectMeta.DeepCopy(),
		Spec:       *claim.Spec.DeepCopy(),
		Status:     corev1.PersistentVolumeClaimStatus{Phase: claim.Status.Phase},
	}
	kept.ManagedFields, kept.Annotations = nil, nil
	return kept
}

// reducedNode leaves out heartbeats, and what else a kubelet tells.
func reducedNode(node *corev1.Node) *corev1.Node {
	kept := &corev1.Node{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
		ObjectMeta: metav1.ObjectMeta{Name: node.Name, UID: node.UID, ResourceVersion: node.ResourceVersion,
			CreationTimestamp: node.CreationTimestamp, Labels: node.Labels},
		Spec:   corev1.NodeSpec{Taints: node.Spec.Taints, Unschedulable: node.Spec.Unschedulable},
		Status: corev1.NodeStatus{Allocatable: node.Status.Allocatable},
	}
	for _, c := range node.Status.Conditions {
		if c.Type == corev1.NodeReady {
			kept.Status.Conditions = append(kept.Status.Conditions, corev1.NodeCondition{
				Type: c.Type, Status: c.Status, Reason: c.Reason, LastTransitionTime: c.LastTransitionTime})
		}
	}
	return kept
}

// decoded is an object of any kind from its JSON.
func decoded(data []byte) (cluster.Object, error) {
	var kind metav1.TypeMeta
	if err := json.Unmarshal(data, &kind); err != nil {
		return nil, err
	}
	object := newOf(kind.Kind)
	return object, json.Unmarshal(data, object)
}

func newOf(kind string) cluster.Object {
	switch kind {
	case "Deployment":
		return &appsv1.Deployment{}
	case "ReplicaSet":
		return &appsv1.ReplicaSet{}
	case "StatefulSet":
		return &appsv1.StatefulSet{}
	case "DaemonSet":
		return &appsv1.DaemonSet{}
	case "ControllerRevision":
		return &appsv1.ControllerRevision{}
	case "Pod":
		return &corev1.Pod{}
	case "PersistentVolumeClaim":
		return &corev1.PersistentVolumeClaim{}
	case "Service":
		return &corev1.Service{}
	case "Node":
		return &corev1.Node{}
	}
	return &unstructured.Unstructured{}
}
