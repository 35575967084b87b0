package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// as lets the script go on as another user, in the namespace of the script: as reader.
func as(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: as admin|reader|writer|nobody")
	}
	path := filepath.Join(ts.Getenv("HOME"), args[0]+".kubeconfig")
	ts.Check(cluster.WriteKubeconfig(path, args[0], ts.Getenv("NAMESPACE")))
	ts.Setenv("KUBECONFIG", path)
}

// settleWithin bounds how long a script waits for a workload. Pods take two seconds to be ready;
// what takes much longer is not going to settle.
const settleWithin = time.Minute

// settled waits until the controllers are done with workloads: settled deployment/web. All of
// their pods are then available and at the newest revision, and none is terminating.
func settled(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: settled deployment/NAME...")
	}
	client, err := kubernetes.NewForConfig(cluster.Config("admin"))
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), settleWithin)
	defer cancel()
	for _, workload := range args {
		name, found := strings.CutPrefix(workload, "deployment/")
		if !found {
			ts.Fatalf("settled knows deployment/NAME, not %s", workload)
		}
		ts.Check(settle(ctx, client, ts.Getenv("NAMESPACE"), name))
	}
}

func settle(ctx context.Context, client kubernetes.Interface, namespace, name string) error {
	for {
		waitsFor, err := unsettled(ctx, client, namespace, name)
		if err != nil || waitsFor == "" {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("deployment/%s does not settle: %s", name, waitsFor)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// unsettled says what a Deployment waits for; nothing if it has settled.
func unsettled(ctx context.Context, client kubernetes.Interface, namespace, name string) (string, error) {
	d, err := client.AppsV1().Deployments(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return "", err
	}
	if s := d.Status; !isComplete(d) {
		return fmt.Sprintf("of %d pods %d are updated, %d exist, %d are available",
			*d.Spec.Replicas, s.UpdatedReplicas, s.Replicas, s.AvailableReplicas), nil
	}
	selector := metav1.FormatLabelSelector(d.Spec.Selector)
	pods, err := client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return "", err
	}
	if terminating := countTerminating(pods.Items); terminating > 0 {
		return fmt.Sprintf("%d pods are terminating", terminating), nil
	}
	return "", nil
}

func isComplete(d *appsv1.Deployment) bool {
	wanted, s := *d.Spec.Replicas, d.Status
	return s.ObservedGeneration >= d.Generation &&
		s.UpdatedReplicas == wanted && s.Replicas == wanted && s.AvailableReplicas == wanted
}

func countTerminating(pods []corev1.Pod) int {
	terminating := 0
	for _, pod := range pods {
		if pod.DeletionTimestamp != nil {
			terminating++
		}
	}
	return terminating
}
