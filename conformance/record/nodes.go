package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

func (r *recorder) makeDaemon(ctx context.Context) error {
	var base appsv1.DaemonSet
	if err := yaml.UnmarshalStrict([]byte(r.base), &base); err != nil {
		return err
	}
	r.workload = base.Name
	_, err := r.client.AppsV1().DaemonSets(r.name).Create(ctx, &base, metav1.CreateOptions{})
	return err
}

// deletePodOn deletes the one pod on a node.
func (r *recorder) deletePodOn(ctx context.Context, node string) (cluster.Object, error) {
	pods, err := r.podsOn(ctx, node)
	if err != nil {
		return nil, err
	}
	if len(pods) != 1 {
		return nil, fmt.Errorf("%d pods are on node %s: which is to be deleted?", len(pods), node)
	}
	return r.deletePod(ctx, pods[0].Name)
}

func (r *recorder) podsOn(ctx context.Context, node string) ([]corev1.Pod, error) {
	pods, err := r.client.CoreV1().Pods(r.name).List(ctx, metav1.ListOptions{FieldSelector: "spec.nodeName=" + node})
	if err != nil {
		return nil, err
	}
	return pods.Items, nil
}

// changeNode does what a change of --node-change says, and returns the node as that left
// it.
func (r *recorder) changeNode(ctx context.Context, text string) (cluster.Object, error) {
	what, err := change.ParseNodeChange(text)
	if err != nil {
		return nil, err
	}
	state, err := r.state(ctx)
	if err != nil {
		return nil, err
	}
	edits, err := change.EditNodes(state.Nodes, time.Now(), what)
	if err != nil {
		return nil, err
	}
	switch e := edits[0]; {
	case e.Before == nil:
		e.After.UID = ""
		return r.client.CoreV1().Nodes().Create(ctx, e.After, metav1.CreateOptions{})
	case e.After == nil:
		return r.removeNode(ctx, e.Before.Name)
	case isUp(e.Before) != isUp(e.After):
		return r.turn(ctx, e.After)
	default:
		return r.updateNode(ctx, e.After)
	}
}

// removeNode returns the node with the version of its deletion, which only a watch tells.
func (r *recorder) removeNode(ctx context.Context, name string) (cluster.Object, error) {
	if err := r.client.CoreV1().Nodes().Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
		return nil, err
	}
	for range 100 {
		for _, heard := range r.watch.all() {
			if node, ok := heard.Object.(*corev1.Node); ok && heard.Type == watch.Deleted && node.Name == name {
				return node, nil
			}
		}
		if err := r.watch.wait(ctx, 50*time.Millisecond); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("nobody tells that node %s is deleted", name)
}

// updateNode gives a node the labels and taints of another one.
func (r *recorder) updateNode(ctx context.Context, like *corev1.Node) (*corev1.Node, error) {
	var updated *corev1.Node
	err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
		node, err := r.client.CoreV1().Nodes().Get(ctx, like.Name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		node.Labels, node.Spec.Taints, node.Spec.Unschedulable = like.Labels, like.Spec.Taints, like.Spec.Unschedulable
		updated, err = r.client.CoreV1().Nodes().Update(ctx, node, metav1.UpdateOptions{})
		return err
	})
	return updated, err
}

// turn lets a kubelet fail, or work again: it tells of no pod then that it has stopped. One
// that works again makes its pods ready, see readiness.
func (r *recorder) turn(ctx context.Context, node *corev1.Node) (cluster.Object, error) {
	broken := any("true")
	if isUp(node) {
		broken = nil
	}
	if broken != nil {
		if err := r.annotateNode(ctx, node.Name, broken); err != nil {
			return nil, err
		}
	}
	status, err := json.Marshal(map[string]any{"status": corev1.NodeStatus{Conditions: node.Status.Conditions}})
	if err != nil {
		return nil, err
	}
	turned, err := r.client.CoreV1().Nodes().Patch(ctx, node.Name, types.StrategicMergePatchType, status,
		metav1.PatchOptions{}, "status")
	if err != nil {
		return nil, err
	}
	if broken == nil {
		if err := r.annotateNode(ctx, node.Name, nil); err != nil {
			return nil, err
		}
	}
	return turned, r.turnPods(ctx, turned, broken)
}

// annotateNode keeps kwok from saying that a node is ready, for as long as that is not
// said by the recorder.
func (r *recorder) annotateNode(ctx context.Context, name string, broken any) error {
	patch := annotating("test/broken", broken)
	_, err := r.client.CoreV1().Nodes().Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

// turnPods keeps the pods of a node that fails from ending, and says that they are not
// ready, as the node controller does when it hears nothing of a kubelet for a while.
// Follows pkg/controller/util/node/controller_utils.go MarkPodsNotReady, v1.37.0.
func (r *recorder) turnPods(ctx context.Context, node *corev1.Node, stuck any) error {
	pods, err := r.podsOn(ctx, node.Name)
	if err != nil {
		return err
	}
	for i := range pods {
		patch := annotating("test/stuck", stuck)
		pod, err := r.client.CoreV1().Pods(r.name).Patch(ctx, pods[i].Name, types.MergePatchType, patch, metav1.PatchOptions{})
		if err != nil {
			return err
		}
		if isUp(node) {
			continue
		}
		if err := setStatus(ctx, r.client, pod, unreadyStatus(metav1.Now())); err != nil {
			return err
		}
	}
	return nil
}

func annotating(key string, value any) []byte {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": map[string]any{key: value}}})
	if err != nil {
		panic(err)
	}
	return patch
}

func isUp(node *corev1.Node) bool {
	for _, c := range node.Status.Conditions {
		if c.Type == corev1.NodeReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// restore leaves the nodes as they were for the next scenario, and takes the DaemonSet
// away, which would otherwise go on with them.
func (r *recorder) restore(nodes []corev1.Node) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := r.client.AppsV1().DaemonSets(r.name).Delete(ctx, r.workload, metav1.DeleteOptions{})
	if err == nil {
		err = r.restoreNodes(ctx, nodes)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "  the nodes are not as they were before %s: %v\n", r.name, err)
	}
}

func (r *recorder) restoreNodes(ctx context.Context, nodes []corev1.Node) error {
	there, err := r.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	were := map[string]bool{}
	for i := range nodes {
		were[nodes[i].Name] = true
		if err := r.restoreNode(ctx, &nodes[i]); err != nil {
			return err
		}
	}
	for _, node := range there.Items {
		if !were[node.Name] {
			if err := r.client.CoreV1().Nodes().Delete(ctx, node.Name, metav1.DeleteOptions{}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *recorder) restoreNode(ctx context.Context, node *corev1.Node) error {
	_, err := r.turn(ctx, node)
	if apierrors.IsNotFound(err) {
		again := node.DeepCopy()
		again.ResourceVersion, again.UID = "", ""
		_, err = r.client.CoreV1().Nodes().Create(ctx, again, metav1.CreateOptions{})
		return err
	}
	if err != nil {
		return err
	}
	_, err = r.updateNode(ctx, node)
	return err
}
