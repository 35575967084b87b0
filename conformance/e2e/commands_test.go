package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	appsclient "k8s.io/client-go/kubernetes/typed/apps/v1"
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

// settled waits until the controllers are done with workloads: settled deployment/web,
// settled statefulset/db daemonset/agent. All of their pods are then available and at the
// newest revision, and none is terminating.
func settled(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: settled deployment/NAME|statefulset/NAME|daemonset/NAME...")
	}
	client, err := kubernetes.NewForConfig(cluster.Config("admin"))
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), settleWithin)
	defer cancel()
	for _, workload := range args {
		ts.Check(settle(ctx, client, ts.Getenv("NAMESPACE"), workload))
	}
}

func settle(ctx context.Context, client kubernetes.Interface, namespace, workload string) error {
	for {
		waitsFor, err := unsettled(ctx, client, namespace, workload)
		if err != nil || waitsFor == "" {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not settle: %s", workload, waitsFor)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// unsettled says what a workload waits for; nothing if it has settled.
func unsettled(ctx context.Context, client kubernetes.Interface, namespace, workload string) (string, error) {
	now, err := read(ctx, client.AppsV1(), namespace, workload)
	if err != nil {
		return "", err
	}
	if now.wanted != now.updated || now.wanted != now.existing || now.wanted != now.available || !now.current {
		return fmt.Sprintf("of %d pods %d are updated, %d exist, %d are available",
			now.wanted, now.updated, now.existing, now.available), nil
	}
	selector := metav1.FormatLabelSelector(now.selector)
	pods, err := client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return "", err
	}
	if terminating := countTerminating(pods.Items); terminating > 0 {
		return fmt.Sprintf("%d pods are terminating", terminating), nil
	}
	return "", nil
}

// progress is how far a workload says that it is.
type progress struct {
	selector                             *metav1.LabelSelector
	wanted, updated, existing, available int32
	current                              bool // the controller has seen the latest change, and is through with it
}

func read(ctx context.Context, client appsclient.AppsV1Interface, namespace, workload string) (progress, error) {
	kind, name, _ := strings.Cut(workload, "/")
	switch kind {
	case "deployment":
		d, err := client.Deployments(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return progress{}, err
		}
		s := d.Status
		return progress{d.Spec.Selector, *d.Spec.Replicas, s.UpdatedReplicas, s.Replicas, s.AvailableReplicas,
			s.ObservedGeneration >= d.Generation}, nil
	case "statefulset":
		set, err := client.StatefulSets(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return progress{}, err
		}
		s := set.Status
		return progress{set.Spec.Selector, *set.Spec.Replicas, s.UpdatedReplicas, s.Replicas, s.AvailableReplicas,
			s.ObservedGeneration >= set.Generation && s.CurrentRevision == s.UpdateRevision}, nil
	case "daemonset":
		set, err := client.DaemonSets(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return progress{}, err
		}
		s := set.Status
		return progress{set.Spec.Selector, s.DesiredNumberScheduled, s.UpdatedNumberScheduled,
			s.CurrentNumberScheduled + s.NumberMisscheduled, s.NumberAvailable, s.ObservedGeneration >= set.Generation}, nil
	}
	return progress{}, fmt.Errorf("settled knows deployment/NAME, statefulset/NAME and daemonset/NAME, not %s", workload)
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
