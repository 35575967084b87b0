package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
)

// watcher hears of all writes to workloads and what they own in a namespace: their
// ReplicaSets or revisions, pods and claims. Of a DaemonSet it also hears of nodes.
type watcher struct {
	mu    sync.Mutex
	heard []recording.Watched
	last  time.Time
	told  chan recording.Watched // the same, for one who listens
	ended chan error             // why a watch ended
}

func newWatcher(ctx context.Context, client kubernetes.Interface, s scenario) (*watcher, error) {
	namespace := s.name
	w := &watcher{
		last: time.Now(),
		told: make(chan recording.Watched, 10_000), // more than any scenario has
	}
	kinds := []func(context.Context, metav1.ListOptions) (watch.Interface, error){
		client.AppsV1().Deployments(namespace).Watch,
		client.AppsV1().ReplicaSets(namespace).Watch,
		client.AppsV1().StatefulSets(namespace).Watch,
		client.AppsV1().DaemonSets(namespace).Watch,
		client.AppsV1().ControllerRevisions(namespace).Watch,
		client.CoreV1().Pods(namespace).Watch,
		client.CoreV1().PersistentVolumeClaims(namespace).Watch,
	}
	if s.isDaemon() {
		kinds = append(kinds, client.CoreV1().Nodes().Watch)
	}
	w.ended = make(chan error, len(kinds))
	for _, start := range kinds {
		stream, err := start(ctx, metav1.ListOptions{})
		if err != nil {
			return nil, err
		}
		go w.follow(stream)
	}
	return w, nil
}

func (w *watcher) follow(stream watch.Interface) {
	defer stream.Stop()
	for event := range stream.ResultChan() {
		heard := recording.Watched{Event: event, Heard: time.Now()}
		if event.Type == watch.Error {
			w.ended <- fmt.Errorf("a watch failed: %v", event.Object)
			return
		}
		w.add(heard)
	}
	w.ended <- errors.New("a watch ended")
}

func (w *watcher) add(heard recording.Watched) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard = append(w.heard, heard)
	if _, node := heard.Object.(*corev1.Node); !node { // which tells that it is alive again and again
		w.last = heard.Heard
	}
	w.told <- heard
}

// all is what was heard until now.
func (w *watcher) all() []recording.Watched {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.heard[:len(w.heard):len(w.heard)]
}

// wait lets some time pass.
func (w *watcher) wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case err := <-w.ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// untilQuiet waits until nothing was heard for a while.
func (w *watcher) untilQuiet(ctx context.Context, quiet time.Duration) error {
	begin := time.Now()
	for {
		w.mu.Lock()
		since := time.Since(later(w.last, begin))
		w.mu.Unlock()
		if since >= quiet {
			return nil
		}
		if err := w.wait(ctx, quiet-since); err != nil {
			return fmt.Errorf("it does not become quiet: %w", err)
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// whenHeard is when a version was heard of.
func whenHeard(heard []recording.Watched, version int64) time.Time {
	for _, h := range heard {
		object, ok := h.Object.(cluster.Object)
		if ok && object.GetResourceVersion() == strconv.FormatInt(version, 10) {
			return h.Heard
		}
	}
	return time.Time{}
}
