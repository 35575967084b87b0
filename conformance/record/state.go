package main

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
)

// lister lists one kind.
type lister func(context.Context, metav1.ListOptions) (runtime.Object, error)

// of makes a lister of a method of a typed client.
func of[L runtime.Object](list func(context.Context, metav1.ListOptions) (L, error)) lister {
	return func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) { return list(ctx, o) }
}

// state is what there is now.
func (r *recorder) state(ctx context.Context) (*cluster.Snapshot, error) {
	apps, core := r.client.AppsV1(), r.client.CoreV1()
	kinds := []lister{
		of(apps.Deployments(r.name).List), of(apps.ReplicaSets(r.name).List),
		of(apps.StatefulSets(r.name).List), of(apps.DaemonSets(r.name).List), of(apps.ControllerRevisions(r.name).List),
		of(core.Pods(r.name).List), of(core.PersistentVolumeClaims(r.name).List),
		of(core.Services(r.name).List),
	}
	if r.nodes || r.isDaemon() {
		kinds = append(kinds, of(core.Nodes().List))
	}
	state := &cluster.Snapshot{}
	for _, list := range kinds {
		found, err := list(ctx, metav1.ListOptions{})
		if err != nil {
			return nil, err
		}
		if err := putAll(state, found); err != nil {
			return nil, err
		}
	}
	if err := r.putQuotas(ctx, state); err != nil {
		return nil, err
	}
	state.Sort()
	return state, nil
}

func putAll(state *cluster.Snapshot, list runtime.Object) error {
	return meta.EachListItem(list, func(item runtime.Object) error {
		object, ok := item.(cluster.Object)
		if !ok {
			return fmt.Errorf("%T is no object", item)
		}
		recording.Put(state, object)
		return nil
	})
}

func (r *recorder) putQuotas(ctx context.Context, state *cluster.Snapshot) error {
	quotas, err := r.client.CoreV1().ResourceQuotas(r.name).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range quotas.Items {
		fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&quotas.Items[i])
		if err != nil {
			return err
		}
		quota := &unstructured.Unstructured{Object: fields}
		quota.SetAPIVersion("v1")
		quota.SetKind("ResourceQuota")
		recording.Put(state, quota)
	}
	return nil
}
