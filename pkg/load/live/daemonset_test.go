package live

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

func TestADaemonSetIsReadWithItsNodes(t *testing.T) {
	a := &api{objects: slices.Concat(everywhere("shop", "logs", 2), everywhere("shop", "other", 2), rolled("shop", "web", 1), someNodes(3),
		[]cluster.Object{pod(nil, "shop", "free", "logs"), controllerRevision(nil, "shop", "free", "logs")})}
	s := start(t, a)
	for name, c := range map[string]struct {
		question Question
		want     string
	}{
		"by name":   {with(Question{}, "DaemonSet", "logs"), "ds/logs rev/free rev/logs-a pod/free pod/logs-0 pod/logs-1 node/n0 node/n1 node/n2"},
		"by labels": {labelled("shop", "team=logs"), "ds/logs rev/free rev/logs-a pod/free pod/logs-0 pod/logs-1 node/n0 node/n1 node/n2"},
		"all": {Question{Namespace: "shop", Kinds: []string{"DaemonSet"}},
			"ds/logs ds/other rev/free rev/logs-a rev/other-a pod/free pod/logs-0 pod/logs-1 pod/other-0 pod/other-1 node/n0 node/n1 node/n2"},
		"another kind": {named("shop", "web"), "deploy/web rs/web-1 pod/web-1-0"},
		"no such":      {with(Question{}, "DaemonSet", "none"), ""},
	} {
		if got := strings.Join(contents(read(t, s, c.question)), " "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

func TestOfNodesThereIsWhatAPlanLooksAt(t *testing.T) {
	a := &api{objects: append(everywhere("shop", "logs", 1), someNodes(1)...)}
	want := &corev1.Node{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
		ObjectMeta: metav1.ObjectMeta{Name: "n0", UID: "Node//n0", Labels: map[string]string{
			"kubernetes.io/hostname": "n0", "kubernetes.io/os": "linux", "topology.kubernetes.io/zone": "z0",
		}},
		Spec:   corev1.NodeSpec{Taints: []corev1.Taint{{Key: "a", Effect: corev1.TaintEffectNoSchedule}}},
		Status: corev1.NodeStatus{Conditions: []corev1.NodeCondition{{Type: "Ready", Status: "True", Reason: "KubeletReady"}}},
	}
	if diff := cmp.Diff([]*corev1.Node{want}, read(t, start(t, a), with(Question{}, "DaemonSet", "logs")).Nodes); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutNodesThereIsNoPlanOfADaemonSet(t *testing.T) {
	a := &api{objects: append(everywhere("shop", "logs", 2), rolled("shop", "web", 1)...), before: forbid("nodes")}
	s := start(t, a)
	for _, q := range []Question{with(Question{}, "DaemonSet", "logs"), everything("shop")} {
		_, err := s.State(context.Background(), q)
		says(t, "nodes", err, "user reader may not list nodes of the cluster, and a DaemonSet cannot be planned without",
			"ClusterRoleBinding")
	}
	if state := read(t, s, named("shop", "web")); len(state.Deployments) != 1 {
		t.Errorf("got %v", contents(state))
	}
}

func TestWhatANewDaemonSetWouldUseIsRead(t *testing.T) {
	a := &api{objects: append(someNodes(2), pod(nil, "shop", "stray", "logs"))}
	q := with(Question{}, "DaemonSet", "logs")
	q.Named[0].Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"app": "logs"}}
	if got := strings.Join(contents(read(t, start(t, a), q)), " "); got != "pod/stray node/n0 node/n1" {
		t.Errorf("got %s", got)
	}
}

// While its pods are listed a node joins, and again while they are listed once more.
func TestADaemonSetThatMovesOnIsReadAgain(t *testing.T) {
	for warnings, nth := range [][]int{{1}, {1, 2}} {
		a := &api{objects: append(everywhere("shop", "logs", 2), someNodes(3)...)}
		a.before = func(a *api, _ http.ResponseWriter, r *http.Request, n int) bool {
			if strings.HasSuffix(r.URL.Path, "/controllerrevisions") && slices.Contains(nth, n) {
				ds := find[*appsv1.DaemonSet](a, "logs")
				ds.Status.DesiredNumberScheduled++
				a.objects = append(a.objects, pod(ds, "shop", fmt.Sprint("logs-new-", n), "logs"))
			}
			return false
		}
		s := start(t, a)
		if state := read(t, s, with(Question{}, "DaemonSet", "logs")); len(state.Pods) != 3 {
			t.Errorf("got %v", contents(state))
		}
		if got := s.Warnings(); len(got) != warnings {
			t.Errorf("warnings %v, want %d", got, warnings)
		}
	}
}

func TestADaemonSetIsTriedOnTheServer(t *testing.T) {
	a := &api{objects: append(everywhere("shop", "logs", 1), someNodes(1)...)}
	s := start(t, a)
	ds := read(t, s, with(Question{}, "DaemonSet", "logs")).DaemonSets[0]
	answers, err := s.DryRun(context.Background(), []Write{
		{Ref: refOf("DaemonSet", ds), Before: ds, Body: []byte(`{"spec":{"minReadySeconds":4}}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := answers[0].Object.(*appsv1.DaemonSet); !ok || got.Spec.MinReadySeconds != 4 || got.Kind != "DaemonSet" {
		t.Errorf("got %+v", answers[0])
	}
	if want := "PATCH /apis/apps/v1/namespaces/shop/daemonsets/logs?dryRun=All"; !strings.HasPrefix(a.writes[0], want) {
		t.Errorf("sent %v", a.writes)
	}
}

// What is kept of 65,000 nodes and their pods takes some 200 MiB. With what the garbage
// collector has not got to yet that is far below a GiB.
func TestNodesAndTheirPodsTakeLittleMemory(t *testing.T) {
	const number, most = 3_000, 250 << 20 / 65_000
	a := &api{objects: append(everywhere("shop", "logs", number), someNodes(number)...)}
	s := start(t, a)
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	state := read(t, s, with(Question{}, "DaemonSet", "logs"))
	each := (heap() - before) / number
	if len(state.Nodes) != number || len(state.Pods) != number || each > most {
		t.Errorf("%d nodes and %d pods, of %d bytes together", len(state.Nodes), len(state.Pods), each)
	}
	t.Logf("%d bytes for a node and its pod", each)
	runtime.KeepAlive(a)
}
