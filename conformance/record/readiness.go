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
	planned map[types.UID]bool
	// on are the pods by node; idle are the nodes that are not ready.
	on   map[string]map[types.UID]*corev1.Pod
	idle map[string]bool
}

// run makes pods ready until the context ends.
func (r *readiness) run(ctx context.Context) {
	r.planned, r.idle = map[types.UID]bool{}, map[string]bool{}
	r.on = map[string]map[types.UID]*corev1.Pod{}
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-r.watch.told:
			switch object := event.Object.(type) {
			case *corev1.Node:
				r.seeNode(ctx, object)
			case *corev1.Pod:
				if event.Type == watch.Deleted {
					delete(r.on[object.Spec.NodeName], object.UID)
				} else if object.Spec.NodeName != "" {
					r.seePod(ctx, object, event.Heard)
				}
			}
		}
	}
}

// seePod plans when a pod becomes ready, but on a node that does nothing.
func (r *readiness) seePod(ctx context.Context, pod *corev1.Pod, heard time.Time) {
	node := pod.Spec.NodeName
	if r.on[node] == nil {
		r.on[node] = map[types.UID]*corev1.Pod{}
	}
	r.on[node][pod.UID] = pod
	if r.planned[pod.UID] || r.idle[node] || pod.Annotations["test/broken"] == "true" {
		return
	}
	r.planned[pod.UID] = true
	at := later(heard.Add(usual), r.next)
	r.next = at.Add(time.Duration(r.stagger.Load()))
	go r.makeReady(ctx, pod, at)
}

// seeNode lets the pods go on of a node that works again.
func (r *readiness) seeNode(ctx context.Context, node *corev1.Node) {
	was := r.idle[node.Name]
	r.idle[node.Name] = !isUp(node)
	if !was || !isUp(node) {
		return
	}
	for _, pod := range r.on[node.Name] {
		delete(r.planned, pod.UID)
		r.seePod(ctx, pod, time.Now())
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
