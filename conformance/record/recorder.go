package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/deployment"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
)

// calm is for how long nothing is written once a rollout is over: longer than pods
// take to become ready or to go.
const calm = 3 * time.Second

// recorder plays one scenario in a namespace of its own.
type recorder struct {
	scenario
	client    kubernetes.Interface
	watch     *watcher
	readiness *readiness
	byUser    []int64 // the versions that the changes got
}

func newRecorder(client kubernetes.Interface, s scenario) *recorder {
	s.quiet = max(s.quiet, calm)
	return &recorder{scenario: s, client: client}
}

func (r *recorder) record(ctx context.Context) (*recording.Recording, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := r.settle(ctx); err != nil {
		return nil, fmt.Errorf("settling the base: %w", err)
	}
	made, err := r.begin(ctx)
	if err != nil {
		return nil, err
	}
	r.readiness.stagger.Store(int64(r.stagger))
	before := len(r.watch.all())
	for n, s := range r.changes {
		if err := r.watch.wait(ctx, s.after); err != nil {
			return nil, err
		}
		if err := r.make(ctx, s.change); err != nil {
			return nil, fmt.Errorf("change %d: %w", n+1, err)
		}
	}
	if err := r.watch.untilQuiet(ctx, r.quiet); err != nil {
		return nil, err
	}
	heard := r.watch.all()[before:]
	made.Start = whenHeard(heard, r.byUser[0])
	return made, made.Follow(heard, r.byUser)
}

// settle makes the base in a namespace of its own and lets it settle.
func (r *recorder) settle(ctx context.Context) error {
	if err := r.makeRoom(ctx); err != nil {
		return err
	}
	var err error
	if r.watch, err = newWatcher(ctx, r.client, r.name); err != nil {
		return err
	}
	r.readiness = &readiness{client: r.client, watch: r.watch}
	go r.readiness.run(ctx)
	var base appsv1.Deployment
	if err := yaml.UnmarshalStrict([]byte(r.base), &base); err != nil {
		return err
	}
	if _, err := r.client.AppsV1().Deployments(r.name).Create(ctx, &base, metav1.CreateOptions{}); err != nil {
		return err
	}
	for _, first := range r.first {
		if err := r.watch.untilQuiet(ctx, r.quiet); err != nil {
			return err
		}
		if err := r.make(ctx, first); err != nil {
			return err
		}
	}
	r.byUser = nil
	return r.watch.untilQuiet(ctx, r.quiet)
}

// makeRoom makes the namespace and what else there must be first.
func (r *recorder) makeRoom(ctx context.Context) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: r.name}}
	if _, err := r.client.CoreV1().Namespaces().Create(ctx, namespace, metav1.CreateOptions{}); err != nil {
		return err
	}
	if r.quota == "" {
		return nil
	}
	var quota corev1.ResourceQuota
	if err := yaml.UnmarshalStrict([]byte(r.quota), &quota); err != nil {
		return err
	}
	_, err := r.client.CoreV1().ResourceQuotas(r.name).Create(ctx, &quota, metav1.CreateOptions{})
	return err
}

// begin is the recording with the state before the changes.
func (r *recorder) begin(ctx context.Context) (*recording.Recording, error) {
	version, err := r.client.Discovery().ServerVersion()
	if err != nil {
		return nil, err
	}
	made := &recording.Recording{Name: r.name, Header: recording.Header{
		About: r.about, Kubernetes: version.GitVersion, Later: r.later,
	}}
	for _, s := range r.changes {
		made.Changes = append(made.Changes, s.change)
	}
	if made.State, err = r.state(ctx); err != nil {
		return nil, err
	}
	if d := made.Deployment(); !deployment.IsComplete(d, &d.Status) {
		return nil, fmt.Errorf("the base has not settled: %+v", d.Status)
	}
	return made, nil
}

// state is what there is now.
func (r *recorder) state(ctx context.Context) (*cluster.Snapshot, error) {
	state := &cluster.Snapshot{}
	deployments, err := r.client.AppsV1().Deployments(r.name).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	sets, err := r.client.AppsV1().ReplicaSets(r.name).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	pods, err := r.client.CoreV1().Pods(r.name).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	for i := range deployments.Items {
		recording.Put(state, &deployments.Items[i])
	}
	for i := range sets.Items {
		recording.Put(state, &sets.Items[i])
	}
	for i := range pods.Items {
		recording.Put(state, &pods.Items[i])
	}
	if err := r.around(ctx, state); err != nil {
		return nil, err
	}
	state.Sort()
	return state, nil
}

// around adds the quotas, and the nodes where they matter.
func (r *recorder) around(ctx context.Context, state *cluster.Snapshot) error {
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
	if !r.nodes {
		return nil
	}
	nodes, err := r.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range nodes.Items {
		recording.Put(state, &nodes.Items[i])
	}
	return nil
}

// make sends the request that a plan has for a change.
func (r *recorder) make(ctx context.Context, c recording.Change) error {
	state, err := r.state(ctx)
	if err != nil {
		return err
	}
	edit, err := c.Intent().Apply(change.Target{
		Object: state.Deployments[0], State: state, Now: time.Now(), Profile: kubeversion.Latest(),
	})
	if err != nil {
		return err
	}
	body, err := json.Marshal(edit.Body)
	if err != nil {
		return err
	}
	changed, err := r.client.AppsV1().Deployments(r.name).Patch(ctx, edit.Ref.Name,
		types.PatchType(edit.PatchType), body, metav1.PatchOptions{FieldManager: "record"})
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(changed.ResourceVersion, 10, 64)
	r.byUser = append(r.byUser, version)
	return err
}
