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
	workload  string  // its name
	byUser    []int64 // the versions that the changes got
}

func newRecorder(client kubernetes.Interface, s scenario) *recorder {
	s.quiet = max(s.quiet, calm)
	return &recorder{scenario: s, client: client}
}

func (r *recorder) record(ctx context.Context) (*recording.Recording, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if r.isDaemon() {
		nodes, err := r.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
		if err != nil {
			return nil, err
		}
		defer r.restore(nodes.Items)
	}
	if err := r.settle(ctx); err != nil {
		return nil, fmt.Errorf("settling the base: %w", err)
	}
	made, err := r.begin(ctx)
	if err != nil {
		return nil, err
	}
	r.readiness.stagger.Store(int64(r.stagger))
	before := len(r.watch.all())
	if err := r.watch.wait(ctx, untilFresh(time.Now())); err != nil {
		return nil, err
	}
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

// untilFresh is how long it is until a second has just begun: what is cut to seconds is
// then the same whether it happens a little sooner or later.
func untilFresh(now time.Time) time.Duration {
	return now.Truncate(time.Second).Add(1100 * time.Millisecond).Sub(now)
}

// settle makes the base in a namespace of its own and lets it settle.
func (r *recorder) settle(ctx context.Context) error {
	if err := r.makeRoom(ctx); err != nil {
		return err
	}
	quiet := min(r.quiet, stuck) // Nothing is yet to come that takes longer.
	var err error
	if r.watch, err = newWatcher(ctx, r.client, r.scenario); err != nil {
		return err
	}
	r.readiness = &readiness{client: r.client, watch: r.watch}
	go r.readiness.run(ctx)
	if err := r.makeBase(ctx); err != nil {
		return err
	}
	for _, first := range r.first {
		if err := r.watch.untilQuiet(ctx, quiet); err != nil {
			return err
		}
		if err := r.make(ctx, first); err != nil {
			return err
		}
	}
	r.byUser = nil
	if err := r.watch.untilQuiet(ctx, quiet); err != nil || r.unready == nil && r.doomed == nil {
		return err
	}
	if err := r.spoil(ctx); err != nil {
		return err
	}
	return r.watch.untilQuiet(ctx, quiet)
}

// spoil does to pods and claims what the scenario begins with.
func (r *recorder) spoil(ctx context.Context) error {
	for _, name := range r.unready {
		pod, err := r.client.CoreV1().Pods(r.name).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		if err := setStatus(ctx, r.client, pod, unreadyStatus(metav1.Now())); err != nil {
			return err
		}
	}
	for _, name := range r.doomed {
		claims := r.client.CoreV1().PersistentVolumeClaims(r.name)
		if err := claims.Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// makeBase makes the workload: a Deployment, a StatefulSet and its Service, or a DaemonSet.
func (r *recorder) makeBase(ctx context.Context) error {
	switch {
	case r.isStateful():
		return r.makeStateful(ctx)
	case r.isDaemon():
		return r.makeDaemon(ctx)
	}
	var base appsv1.Deployment
	if err := yaml.UnmarshalStrict([]byte(r.base), &base); err != nil {
		return err
	}
	r.workload = base.Name
	_, err := r.client.AppsV1().Deployments(r.name).Create(ctx, &base, metav1.CreateOptions{})
	return err
}

func (r *recorder) makeStateful(ctx context.Context) error {
	var base appsv1.StatefulSet
	if err := yaml.UnmarshalStrict([]byte(r.base), &base); err != nil {
		return err
	}
	r.workload = base.Name
	headless := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: base.Spec.ServiceName},
		Spec: corev1.ServiceSpec{
			ClusterIP: corev1.ClusterIPNone, Selector: base.Spec.Selector.MatchLabels,
			Ports: []corev1.ServicePort{{Port: 80}},
		},
	}
	if _, err := r.client.CoreV1().Services(r.name).Create(ctx, headless, metav1.CreateOptions{}); err != nil {
		return err
	}
	_, err := r.client.AppsV1().StatefulSets(r.name).Create(ctx, &base, metav1.CreateOptions{})
	return err
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
	if r.unready != nil || r.doomed != nil || r.upset {
		return made, nil
	}
	return made, checkSettled(made.Workload())
}

func checkSettled(workload cluster.Object) error {
	switch w := workload.(type) {
	case *appsv1.Deployment:
		if !deployment.IsComplete(w, &w.Status) {
			return fmt.Errorf("the base has not settled: %+v", w.Status)
		}
	case *appsv1.StatefulSet:
		wanted, s := *w.Spec.Replicas, w.Status
		if s.Replicas != wanted || s.AvailableReplicas != wanted || s.CurrentRevision != s.UpdateRevision {
			return fmt.Errorf("the base has not settled: %+v", s)
		}
	case *appsv1.DaemonSet:
		if s := w.Status; s.NumberAvailable == 0 || s.NumberAvailable != s.DesiredNumberScheduled ||
			s.UpdatedNumberScheduled != s.DesiredNumberScheduled || s.NumberMisscheduled != 0 {
			return fmt.Errorf("the base has not settled: %+v", s)
		}
	}
	return nil
}

// make makes a change, and remembers the version that it got.
func (r *recorder) make(ctx context.Context, c recording.Change) error {
	changed, err := r.send(ctx, c)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(changed.GetResourceVersion(), 10, 64)
	r.byUser = append(r.byUser, version)
	return err
}

// send sends the request of a change: a patch as it is written, and what a plan would
// send to go back to a revision.
func (r *recorder) send(ctx context.Context, c recording.Change) (cluster.Object, error) {
	switch {
	case c.DeletePod != "":
		return r.deletePod(ctx, c.DeletePod)
	case c.DeletePodOn != "":
		return r.deletePodOn(ctx, c.DeletePodOn)
	case c.Node != "":
		return r.changeNode(ctx, c.Node)
	case c.Undo != 0:
		return r.undo(ctx, c)
	}
	return r.patch(ctx, types.StrategicMergePatchType, c.Patch)
}

func (r *recorder) deletePod(ctx context.Context, name string) (cluster.Object, error) {
	var deleted corev1.Pod // as its deletion left it, which the typed client does not tell
	return &deleted, r.client.CoreV1().RESTClient().Delete().Namespace(r.name).
		Resource("pods").Name(name).Do(ctx).Into(&deleted)
}

func (r *recorder) undo(ctx context.Context, c recording.Change) (cluster.Object, error) {
	state, err := r.state(ctx)
	if err != nil {
		return nil, err
	}
	edit, err := c.Intent().Apply(change.Target{
		Object: recording.WorkloadOf(state), State: state, Now: time.Now(), Profile: kubeversion.Latest(),
	})
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(edit.Body)
	if err != nil {
		return nil, err
	}
	return r.patch(ctx, types.PatchType(edit.PatchType), body)
}

func (r *recorder) patch(ctx context.Context, kind types.PatchType, body []byte) (cluster.Object, error) {
	options := metav1.PatchOptions{FieldManager: "record"}
	if r.isStateful() {
		return r.client.AppsV1().StatefulSets(r.name).Patch(ctx, r.workload, kind, body, options)
	}
	if r.isDaemon() {
		return r.client.AppsV1().DaemonSets(r.name).Patch(ctx, r.workload, kind, body, options)
	}
	return r.client.AppsV1().Deployments(r.name).Patch(ctx, r.workload, kind, body, options)
}
