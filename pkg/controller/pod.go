package controller

import (
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Phase is a pod's phase in the order in which pods are deleted. It follows
// controller_utils.go podPhaseToOrdinal, v1.37.0, where Pending and Unknown
// differ and every other phase counts as Pending.
type Phase uint8

// The phases. Finished pods are Succeeded or Failed.
const (
	Pending Phase = iota
	Unknown
	Running
	Finished
)

// Pod is the record of a pod: only what controllers read of it.
type Pod struct {
	Name   string // empty while predicted; see Ordinal
	UID    types.UID
	Node   string // empty: not assigned
	Target string // of a pod that is not assigned: the node that it asks for by name
	Labels map[string]string

	CreatedAt time.Time // whole seconds, as the API stores it
	ReadyAt   time.Time // last transition of the Ready condition; whole seconds

	Cost            int32 // controller.kubernetes.io/pod-deletion-cost
	Restarts        int32 // most of any container
	SidecarRestarts int32 // most of any restartable init container
	Ordinal         int32 // the n-th pod that its owner creates in a forecast, from 1
	Phase           Phase
	Ready           bool
	Failed          bool // Finished, and did not succeed
	Terminating     bool // has a deletionTimestamp
	available       bool // counted as available by its PodSet

	// Object is the pod as stored, for who updates it; nil for a pod of a forecast.
	Object *corev1.Pod
}

// Active reports whether the pod counts for its controller.
// Follows controller_utils.go IsPodActive, v1.37.0.
func (p *Pod) Active() bool {
	return p.Phase != Finished && !p.Terminating
}

// RecordOf returns the record of an API pod.
func RecordOf(pod *corev1.Pod) *Pod {
	regular, sidecar := maxRestarts(pod)
	record := &Pod{
		Name:            pod.Name,
		UID:             pod.UID,
		Node:            pod.Spec.NodeName,
		Labels:          pod.Labels,
		CreatedAt:       pod.CreationTimestamp.Time,
		Cost:            deletionCost(pod.Annotations),
		Restarts:        regular,
		SidecarRestarts: sidecar,
		Phase:           phaseOf(pod.Status.Phase),
		Failed:          pod.Status.Phase == corev1.PodFailed,
		Terminating:     pod.DeletionTimestamp != nil,
		Object:          pod,
	}
	if pod.Spec.NodeName == "" {
		record.Target = targetOf(pod.Spec.Affinity)
	}
	if ready := readyCondition(pod); ready != nil && ready.Status == corev1.ConditionTrue {
		record.Ready = true
		record.ReadyAt = ready.LastTransitionTime.Time
	}
	return record
}

// NodeOf is the node that a pod is on, or on its way to; empty where that is open.
func NodeOf(pod *corev1.Pod) string {
	if pod.Spec.NodeName != "" {
		return pod.Spec.NodeName
	}
	return targetOf(pod.Spec.Affinity)
}

// targetOf returns the node that a required affinity asks for by name, as the pods of
// DaemonSets do; empty where there is none or more than one.
// Follows daemonset_util.go GetTargetNodeName, v1.37.0.
func targetOf(affinity *corev1.Affinity) string {
	if affinity == nil || affinity.NodeAffinity == nil ||
		affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return ""
	}
	for _, term := range affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
		for _, field := range term.MatchFields {
			if field.Key != metav1.ObjectNameField || field.Operator != corev1.NodeSelectorOpIn {
				continue
			}
			if len(field.Values) != 1 {
				return ""
			}
			return field.Values[0]
		}
	}
	return ""
}

func phaseOf(phase corev1.PodPhase) Phase {
	switch phase {
	case corev1.PodRunning:
		return Running
	case corev1.PodUnknown:
		return Unknown
	case corev1.PodSucceeded, corev1.PodFailed:
		return Finished
	}
	return Pending
}

// readyCondition returns the first Ready condition, as
// pkg/api/v1/pod/util.go GetPodReadyCondition, v1.37.0, does.
func readyCondition(pod *corev1.Pod) *corev1.PodCondition {
	for i := range pod.Status.Conditions {
		if pod.Status.Conditions[i].Type == corev1.PodReady {
			return &pod.Status.Conditions[i]
		}
	}
	return nil
}

// deletionCost follows pkg/apis/core/helper GetDeletionCostFromPodAnnotations,
// v1.37.0: an int32 without plus sign or leading zeros, else 0.
func deletionCost(annotations map[string]string) int32 {
	text := annotations[corev1.PodDeletionCost]
	cost, err := strconv.ParseInt(text, 10, 32)
	if err != nil || text[0] == '+' || (len(text) > 1 && text[0] == '0') {
		return 0
	}
	return int32(cost)
}

// maxRestarts follows controller_utils.go maxContainerRestarts, v1.37.0.
func maxRestarts(pod *corev1.Pod) (regular, sidecar int32) {
	for _, status := range pod.Status.ContainerStatuses {
		regular = max(regular, status.RestartCount)
	}
	restartable := map[string]bool{}
	for _, c := range pod.Spec.InitContainers {
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			restartable[c.Name] = true
		}
	}
	for _, status := range pod.Status.InitContainerStatuses {
		if restartable[status.Name] {
			sidecar = max(sidecar, status.RestartCount)
		}
	}
	return regular, sidecar
}
