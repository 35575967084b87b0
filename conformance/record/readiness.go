package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
)

// usual is how long after it was bound a pod becomes ready.
const usual = 2 * time.Second

// readiness is the part of a kubelet that makes pods ready. It can keep them apart, so
// that a controller is done with one before the next; kwok, which does the rest,
// cannot.
type readiness struct {
	client  kubernetes.Interface
	watch   *watcher
	stagger atomic.Int64 // nanoseconds between two pods; 0: none is kept waiting
	next    time.Time    // not before this
}

// run makes pods ready until the context ends.
func (r *readiness) run(ctx context.Context) {
	planned := map[types.UID]bool{}
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-r.watch.told:
			pod, ok := event.Object.(*corev1.Pod)
			if !ok || event.Type == watch.Deleted || pod.Spec.NodeName == "" || planned[pod.UID] ||
				pod.Annotations["test/broken"] == "true" {
				continue
			}
			planned[pod.UID] = true
			at := later(event.Heard.Add(usual), r.next)
			r.next = at.Add(time.Duration(r.stagger.Load()))
			go r.makeReady(ctx, pod, at)
		}
	}
}

func (r *readiness) makeReady(ctx context.Context, pod *corev1.Pod, at time.Time) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(time.Until(at)):
	}
	pods := r.client.CoreV1().Pods(pod.Namespace)
	current, err := pods.Get(ctx, pod.Name, metav1.GetOptions{})
	if err != nil || current.UID != pod.UID || current.DeletionTimestamp != nil {
		return // A rollout may end a pod before it is ready, and make another of its name.
	}
	// What comes of it shows in the recording.
	if err := setStatus(ctx, r.client, pod, readyStatus(pod, metav1.NewTime(at))); err != nil && ctx.Err() == nil {
		fmt.Fprintf(os.Stderr, "  pod %s does not become ready: %v\n", pod.Name, err)
	}
}

func setStatus(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod, status corev1.PodStatus) error {
	patch, err := json.Marshal(map[string]any{"status": status})
	if err != nil {
		return err
	}
	_, err = client.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.StrategicMergePatchType, patch,
		metav1.PatchOptions{FieldManager: "kubelet"}, "status")
	return err
}

// unreadyStatus is of a pod whose probe fails.
func unreadyStatus(now metav1.Time) corev1.PodStatus {
	var status corev1.PodStatus
	for _, kind := range []corev1.PodConditionType{corev1.ContainersReady, corev1.PodReady} {
		status.Conditions = append(status.Conditions, corev1.PodCondition{
			Type: kind, Status: corev1.ConditionFalse, Reason: "ContainersNotReady", LastTransitionTime: now})
	}
	return status
}

func readyStatus(pod *corev1.Pod, now metav1.Time) corev1.PodStatus {
	status := corev1.PodStatus{Phase: corev1.PodRunning, StartTime: &now}
	for _, kind := range []corev1.PodConditionType{
		corev1.PodInitialized, corev1.ContainersReady, corev1.PodReady,
	} {
		status.Conditions = append(status.Conditions, corev1.PodCondition{
			Type: kind, Status: corev1.ConditionTrue, LastTransitionTime: now})
	}
	for _, c := range pod.Spec.Containers {
		status.ContainerStatuses = append(status.ContainerStatuses, corev1.ContainerStatus{
			Name: c.Name, Image: c.Image, Ready: true,
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}},
		})
	}
	return status
}
