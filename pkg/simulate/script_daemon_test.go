package simulate_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/environment/kubelet"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/simulate"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// TestDaemonScripts runs the stories of testdata/daemonset. A story begins with
//
//	nodes count=4 not-ready=n4              nodes n1 to n4
//	daemonset unavailable=1 min-ready=5     a settled DaemonSet "logs"
//	create                                  there is none before
//	pod name=logs-x node=n2 failed          its pods are as told, and no others
//
// and goes on with changes, each from where the one before ended:
//
//	change image=logs:2 ready=2s            change it and let time pass
//	change delete=logs-n1-a1                delete a pod
//	change add=n5 remove=n1 taint=(n2,gpu:NoExecute) not-ready=n3    change nodes
//
// Between changes the pods get names as a server gives them: logs-n1-#2 of the first
// change is logs-n1-a2 in the next. A trace has a line for each write of the controller, with what it is because of, a line
// for what it waits for, and after each instant the pods. UPDATE_GOLDEN=1 rewrites the
// traces; read them before you keep them.
func TestDaemonScripts(t *testing.T) {
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := flag.Set("rewrite", "true"); err != nil {
			t.Fatal(err)
		}
	}
	datadriven.Walk(t, "testdata/daemonset", func(t *testing.T, path string) {
		s := &daemonStory{
			now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), state: &cluster.Snapshot{}, version: kubeversion.Latest(),
		}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "nodes":
				return s.nodes(t, d)
			case "daemonset":
				return s.begin(t, d)
			case "pod":
				return s.pod(t, d)
			case "create":
				return s.create(t, d)
			case "change":
				return s.change(t, d)
			}
			t.Fatalf("%s: unknown command %q", d.Pos, d.Cmd)
			return ""
		})
	})
}

// daemonStory is a cluster with one DaemonSet and its clock.
type daemonStory struct {
	state   *cluster.Snapshot
	now     time.Time
	version kubeversion.Profile
	changes int // made so far
}

func (s *daemonStory) nodes(t *testing.T, d *datadriven.TestData) string {
	for _, arg := range d.CmdArgs {
		if arg.Key != "count" {
			continue
		}
		var count int
		arg.Scan(t, 0, &count)
		for i := range count {
			s.state.Nodes = append(s.state.Nodes, daemonNode(fmt.Sprintf("n%d", i+1)))
		}
	}
	for _, arg := range d.CmdArgs {
		if arg.Key != "count" {
			node := s.node(t, arg.Vals[0])
			*node = *changedNode(t, node, arg)
		}
	}
	return fmt.Sprintf("%d nodes", len(s.state.Nodes))
}

func daemonNode(name string) *corev1.Node {
	return &corev1.Node{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"disk": "ssd"}},
		Status:     corev1.NodeStatus{Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}},
	}
}

func (s *daemonStory) node(t *testing.T, name string) *corev1.Node {
	at := slices.IndexFunc(s.state.Nodes, func(n *corev1.Node) bool { return n.Name == name })
	if at < 0 {
		t.Fatalf("there is no node %s", name)
	}
	return s.state.Nodes[at]
}

// changedNode is a node after taint=(n1,key:Effect), label=(n1,disk,hdd), not-ready=n1 or
// mend=n1.
func changedNode(t *testing.T, node *corev1.Node, arg datadriven.CmdArg) *corev1.Node {
	node = node.DeepCopy()
	switch arg.Key {
	case "taint":
		key, effect, _ := strings.Cut(arg.Vals[1], ":")
		node.Spec.Taints = append(node.Spec.Taints, corev1.Taint{Key: key, Effect: corev1.TaintEffect(effect)})
	case "cordon":
		node.Spec.Unschedulable = true
		node.Spec.Taints = append(node.Spec.Taints, corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule})
	case "label":
		node.Labels[arg.Vals[1]] = arg.Vals[2]
	case "not-ready":
		node.Status.Conditions[0].Status = corev1.ConditionUnknown
		node.Spec.Taints = append(node.Spec.Taints, corev1.Taint{Key: corev1.TaintNodeNotReady, Effect: corev1.TaintEffectNoExecute})
	case "mend":
		node.Status.Conditions[0].Status = corev1.ConditionTrue
		node.Spec.Taints = nil
	default:
		t.Fatalf("unknown field %q", arg.Key)
	}
	return node
}

func (s *daemonStory) begin(t *testing.T, d *datadriven.TestData) string {
	logs := benchmarkedDaemon("1")
	for _, arg := range d.CmdArgs {
		if arg.Key == "version" {
			s.version = profile(t, arg)
			continue
		}
		setDaemon(t, logs, arg)
	}
	defaults.DaemonSet(logs, s.version)
	s.state.DaemonSets = []*appsv1.DaemonSet{logs}
	return "ok"
}

// setDaemon gives a DaemonSet a field.
func setDaemon(t *testing.T, logs *appsv1.DaemonSet, arg datadriven.CmdArg) {
	number := func() int32 {
		n, err := strconv.ParseInt(arg.Vals[0], 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		return int32(n)
	}
	value := func() *intstr.IntOrString {
		v := intstr.Parse(arg.Vals[0])
		return &v
	}
	spec := &logs.Spec.Template.Spec
	switch arg.Key {
	case "image":
		spec.Containers[0].Image = arg.Vals[0]
	case "unavailable":
		logs.Spec.UpdateStrategy.RollingUpdate.MaxUnavailable = value()
	case "surge":
		logs.Spec.UpdateStrategy.RollingUpdate.MaxSurge = value()
		logs.Spec.UpdateStrategy.RollingUpdate.MaxUnavailable = &intstr.IntOrString{}
	case "on-delete":
		logs.Spec.UpdateStrategy = appsv1.DaemonSetUpdateStrategy{Type: appsv1.OnDeleteDaemonSetStrategyType}
	case "min-ready":
		logs.Spec.MinReadySeconds = number()
	case "history":
		limit := number()
		logs.Spec.RevisionHistoryLimit = &limit
	case "selector":
		spec.NodeSelector = map[string]string{arg.Vals[0]: arg.Vals[1]}
	case "host-port":
		spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 80, HostPort: number()}}
	case "status": // desired, updated, available
		logs.Status.ObservedGeneration = 1
		for i, n := range []*int32{
			&logs.Status.DesiredNumberScheduled, &logs.Status.UpdatedNumberScheduled, &logs.Status.NumberAvailable,
		} {
			arg.Scan(t, i, n)
		}
	default:
		t.Fatalf("unknown field %q", arg.Key)
	}
}

// pod puts a pod of the template logs:1 into the state, ready since long.
func (s *daemonStory) pod(t *testing.T, d *datadriven.TestData) string {
	logs := s.state.DaemonSets[0]
	logs.UID = "logs"
	logs.Generation = 1
	pod := &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "shop", CreationTimestamp: metav1.NewTime(s.now.Add(-time.Hour)),
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(logs, appsv1.SchemeGroupVersion.WithKind("DaemonSet"))},
			Labels:          map[string]string{"app": "logs", appsv1.DefaultDaemonSetUniqueLabelKey: "6bb7cfcfb8"},
		},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{{
			Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: metav1.NewTime(s.now.Add(-time.Hour)),
		}}},
	}
	for _, arg := range d.CmdArgs {
		switch arg.Key {
		case "name":
			pod.Name, pod.UID = arg.Vals[0], types.UID(arg.Vals[0])
		case "node":
			pod.Spec.NodeName = arg.Vals[0]
		case "hash":
			pod.Labels[appsv1.DefaultDaemonSetUniqueLabelKey] = arg.Vals[0]
		case "failed":
			pod.Status = corev1.PodStatus{Phase: corev1.PodFailed}
		case "broken":
			pod.Status = stuckStatus()
		case "deleted":
			at := metav1.NewTime(s.now)
			pod.DeletionTimestamp = &at
		default:
			t.Fatalf("unknown field %q", arg.Key)
		}
	}
	s.state.Pods = append(s.state.Pods, pod)
	s.state.Sort()
	return "added"
}

func stuckStatus() corev1.PodStatus {
	return corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{{
		State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff"}},
	}}}
}

// create creates the DaemonSet, of which there is none.
func (s *daemonStory) create(t *testing.T, d *datadriven.TestData) string {
	after := benchmarkedDaemon("1")
	config, rest := s.config(t, d)
	for _, arg := range rest {
		setDaemon(t, after, arg)
	}
	return s.run(config, []simulate.Change{{After: after}})
}

// change changes the DaemonSet and the nodes, and lets time pass.
func (s *daemonStory) change(t *testing.T, d *datadriven.TestData) string {
	before := s.state.DaemonSets[0]
	after := before.DeepCopy()
	config, rest := s.config(t, d)
	changes := []simulate.Change{{Before: before, After: after}}
	for _, arg := range rest {
		switch arg.Key {
		case "delete":
			pod := &corev1.Pod{
				TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
				ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: arg.Vals[0]},
			}
			changes = append(changes, simulate.Change{Before: pod})
		case "add":
			changes = append(changes, simulate.Change{After: daemonNode(arg.Vals[0])})
		case "remove":
			changes = append(changes, simulate.Change{Before: s.node(t, arg.Vals[0])})
		case "taint", "cordon", "label", "not-ready", "mend":
			node := s.node(t, arg.Vals[0])
			changes = append(changes, simulate.Change{Before: node, After: changedNode(t, node, arg)})
		default:
			setDaemon(t, after, arg)
		}
	}
	return s.run(config, changes)
}

// config reads what a simulation assumes, and returns the other arguments.
func (s *daemonStory) config(t *testing.T, d *datadriven.TestData) (simulate.Config, []datadriven.CmdArg) {
	latencies := kubelet.Fixed{ReadyAfter: 10 * time.Second, GoneAfter: time.Second}
	config := simulate.Config{Profile: s.version, Now: s.now}
	var rest []datadriven.CmdArg
	for _, arg := range d.CmdArgs {
		switch arg.Key {
		case "ready":
			latencies.NeverReady = arg.Vals[0] == "never"
			if !latencies.NeverReady {
				latencies.ReadyAfter = duration(t, arg)
			}
		case "gone":
			latencies.GoneAfter = duration(t, arg)
		case "horizon":
			config.Horizon = duration(t, arg)
		case "qps":
			arg.Scan(t, 0, &config.Limit.QPS)
		case "burst":
			arg.Scan(t, 0, &config.Limit.Burst)
		default:
			rest = append(rest, arg)
		}
	}
	config.Latencies = latencies
	return config, rest
}

// run prints what happens, and makes its end the next beginning.
func (s *daemonStory) run(config simulate.Config, changes []simulate.Change) string {
	trace := &trace{}
	crew := &crew{
		pods: map[string]*controller.Pod{}, nodes: s.state.Nodes,
		letter: string(rune('a' + s.changes)), broken: config.Latencies.(kubelet.Fixed).NeverReady,
	}
	s.changes++
	config.Waits = trace.waits
	config.Begin, config.Admit = crew.begin, crew.admit
	config.Report = func(e timeline.Event) {
		crew.report(e)
		trace.report(e)
	}
	crew.from(s.state.Pods)
	result, err := simulate.Run(s.state, changes, config)
	if err != nil {
		return "error: " + err.Error()
	}
	trace.count()
	o := result.Outcomes[0]
	trace.lines = append(trace.lines, ending(o))
	if len(o.Except) > 0 {
		trace.add("except %s", strings.Join(o.Except, ", "))
	}
	status := o.DaemonSet.Status
	trace.add("status: %d desired, %d current, %d misscheduled, %d ready, %d updated, %d available; template %s",
		status.DesiredNumberScheduled, status.CurrentNumberScheduled, status.NumberMisscheduled, status.NumberReady,
		status.UpdatedNumberScheduled, status.NumberAvailable, o.DaemonSet.Annotations[appsv1.DeprecatedTemplateGeneration])
	if !config.Limit.None() {
		trace.add("%d requests, %d of them waited", result.Sent, result.Waited)
	}
	s.state.DaemonSets = []*appsv1.DaemonSet{o.DaemonSet}
	s.state.Revisions, s.state.Pods = o.Revisions, crew.objects(o.DaemonSet)
	s.changeNodes(changes)
	s.state.Sort()
	s.now = s.now.Add(max(trace.last.At, config.Horizon))
	return strings.Join(trace.lines, "\n")
}

func (s *daemonStory) changeNodes(changes []simulate.Change) {
	for _, c := range changes {
		if node, ok := c.Before.(*corev1.Node); ok {
			s.state.Nodes = slices.DeleteFunc(s.state.Nodes, func(n *corev1.Node) bool { return n.Name == node.Name })
		}
		if node, ok := c.After.(*corev1.Node); ok {
			s.state.Nodes = append(s.state.Nodes, node)
		}
	}
}

// crew is the pods that a simulation of a DaemonSet leaves.
type crew struct {
	pods   map[string]*controller.Pod
	nodes  []*corev1.Node
	letter string // of this change, in the names of its pods
	broken bool
}

func (c *crew) from(pods []*corev1.Pod) {
	for _, pod := range pods {
		c.pods[pod.Name] = controller.RecordOf(pod)
	}
}

// begin takes over the pods that are made up, logs-n1-#1: ready for long if their node is.
func (c *crew) begin(b simulate.Beginning) {
	if len(c.pods) > 0 {
		return
	}
	for name, hash := range b.Pods {
		_, rest, _ := strings.Cut(name, "-")
		node, _, _ := strings.Cut(rest, "-#")
		at := slices.IndexFunc(c.nodes, func(n *corev1.Node) bool { return n.Name == node })
		c.pods[name] = &controller.Pod{
			Name: name, UID: types.UID(name), Node: node, Phase: controller.Running,
			Ready:  c.nodes[at].Status.Conditions[0].Status == corev1.ConditionTrue,
			Labels: map[string]string{"app": "logs", appsv1.DefaultDaemonSetUniqueLabelKey: hash},
		}
	}
}

func (c *crew) admit(pod *controller.Pod) { c.pods[pod.Name] = pod }

func (c *crew) report(e timeline.Event) {
	if e.Object.Kind != "Pod" {
		return
	}
	switch e.Action {
	case timeline.Delete:
		c.pods[e.Object.Name].Terminating = true
	case timeline.Gone:
		delete(c.pods, e.Object.Name)
	case timeline.Fail:
		c.pods[e.Object.Name].Ready = false
	}
}

// objects are the pods as a server has them.
func (c *crew) objects(logs *appsv1.DaemonSet) []*corev1.Pod {
	var pods []*corev1.Pod
	for name, record := range c.pods {
		pod := &corev1.Pod{
			TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
			ObjectMeta: metav1.ObjectMeta{
				Namespace: "shop", Name: strings.Replace(name, "#", c.letter, 1), UID: record.UID, Labels: record.Labels,
				CreationTimestamp: metav1.NewTime(record.CreatedAt),
				OwnerReferences: []metav1.OwnerReference{
					*metav1.NewControllerRef(logs, appsv1.SchemeGroupVersion.WithKind("DaemonSet"))},
			},
			Spec:   corev1.PodSpec{NodeName: record.Node, Containers: logs.Spec.Template.Spec.Containers},
			Status: corev1.PodStatus{Phase: corev1.PodPending},
		}
		if record.Terminating {
			at := metav1.NewTime(record.CreatedAt)
			pod.DeletionTimestamp = &at
		}
		switch {
		case record.Ready:
			pod.Status = corev1.PodStatus{Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{{
				Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: metav1.NewTime(record.ReadyAt),
			}}}
		case c.broken:
			pod.Status = stuckStatus()
		}
		pods = append(pods, pod)
	}
	return pods
}
