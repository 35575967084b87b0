package daemonset

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// TestScripts runs the stories of testdata. Each is about one DaemonSet, log, on the nodes
// n1, n2, n3, …:
//
//	daemonset nodes=3 unavailable=2 version=1.36   a settled one, in a new cluster
//	daemonset nodes=3 pods=0                       one that has no pods yet
//	change image=web:2 selector=disk=ssd           change it
//	node n2 taint=dedicated=gpu:NoSchedule         change a node, or add one
//	node n2 remove                                 or remove it
//	pod n2 broken                                  something happens to the pod of a node
//	revision copy                                  something happens to the newest revision
//	fit                                            which nodes it is for, and why
//	sync                                           the controller works until it is quiet
//	run ready=10s gone=5s                          and so on, while time passes
//
// The trace has a line for each write of the controller, with what it is because of, then
// the pods by node: the number of the image, and ~ not ready, > not available, ! failed,
// + succeeded, x terminating. Pods of the image web:0 never become ready.
// UPDATE_GOLDEN=1 rewrites the traces; read them before you keep them.
func TestScripts(t *testing.T) {
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := flag.Set("rewrite", "true"); err != nil {
			t.Fatal(err)
		}
	}
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		w := &world{t: t}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "daemonset":
				w.begin(newSet(t, d), profileIn(t, d), nodesIn(t, d))
				if !d.HasArg("pods") {
					w.settleSince(24 * time.Hour)
				}
				return w.describePods()
			case "change":
				w.change(func(ds *appsv1.DaemonSet) { edit(t, ds, d.CmdArgs) })
				return ""
			case "node":
				w.changeNode(d.CmdArgs[0].Key, d.CmdArgs[1:])
				return ""
			case "pod":
				w.happens(d.CmdArgs[0].Key, d.CmdArgs[1].Key)
				return w.describePods()
			case "revision":
				w.revisionHappens(d.CmdArgs[0].Key)
				return ""
			case "fit":
				return w.describeFit()
			case "sync":
				return w.run(latencies{-1, -1}, 0)
			case "run":
				return w.run(latencies{duration(t, d, "ready", 10), duration(t, d, "gone", 5)}, duration(t, d, "for", 3600))
			}
			t.Fatalf("%s: unknown command %q", d.Pos, d.Cmd)
			return ""
		})
	})
}

// duration reads an argument as a time; seconds where it is left out.
func duration(t *testing.T, d *datadriven.TestData, key string, seconds int) time.Duration {
	text := fmt.Sprintf("%ds", seconds)
	d.MaybeScanArgs(t, key, &text)
	value, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("%s: %v", d.Pos, err)
	}
	return value
}

func profileIn(t *testing.T, d *datadriven.TestData) kubeversion.Profile {
	text := "1.37"
	d.MaybeScanArgs(t, "version", &text)
	return profileOf(t, text)
}

func profileOf(t testing.TB, text string) kubeversion.Profile {
	t.Helper()
	version, err := kubeversion.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return kubeversion.NewProfile(version)
}

func nodesIn(t *testing.T, d *datadriven.TestData) []*corev1.Node {
	var count int
	d.ScanArgs(t, "nodes", &count)
	return manyNodes(count)
}

func manyNodes(count int) []*corev1.Node {
	width := len(strconv.Itoa(count))
	var nodes []*corev1.Node
	for i := range count {
		nodes = append(nodes, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("n%0*d", width, i+1)}})
	}
	return nodes
}

// newSet is the DaemonSet that a server stores.
func newSet(t *testing.T, d *datadriven.TestData) *appsv1.DaemonSet {
	ds := bareSet()
	edit(t, ds, d.CmdArgs)
	return stored(nil, ds, profileIn(t, d))
}

func bareSet() *appsv1.DaemonSet {
	labels := map[string]string{"app": "log"}
	return &appsv1.DaemonSet{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "log", UID: "set", Generation: 1},
		Spec: appsv1.DaemonSetSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "log", Image: "web:1"}}},
			},
		},
	}
}

func stored(before, after *appsv1.DaemonSet, profile kubeversion.Profile) *appsv1.DaemonSet {
	defaults.DaemonSet(after, profile)
	defaults.CountTemplates(before, after)
	return after
}

// edit gives a DaemonSet fields.
func edit(t *testing.T, ds *appsv1.DaemonSet, args []datadriven.CmdArg) {
	spec := &ds.Spec.Template.Spec
	for _, arg := range args {
		switch arg.Key {
		case "image":
			spec.Containers[0].Image = arg.Vals[0]
		case "type":
			ds.Spec.UpdateStrategy = appsv1.DaemonSetUpdateStrategy{Type: appsv1.DaemonSetUpdateStrategyType(arg.Vals[0])}
		case "unavailable":
			rolling(ds).MaxUnavailable = amount(arg)
		case "surge":
			rolling(ds).MaxSurge = amount(arg)
			rolling(ds).MaxUnavailable = &intstr.IntOrString{}
		case "min-ready":
			ds.Spec.MinReadySeconds = *number(t, arg)
		case "history":
			ds.Spec.RevisionHistoryLimit = number(t, arg)
		case "selector":
			key, value, _ := strings.Cut(arg.Vals[0], "=")
			spec.NodeSelector = map[string]string{key: value}
		case "zones":
			spec.Affinity = inZones(arg.Vals)
		case "tolerate":
			spec.Tolerations = append(spec.Tolerations, corev1.Toleration{Key: arg.Vals[0], Operator: corev1.TolerationOpExists})
		case "nodes", "version", "pods": // of the cluster
		default:
			t.Fatalf("unknown field %q", arg.Key)
		}
	}
}

func rolling(ds *appsv1.DaemonSet) *appsv1.RollingUpdateDaemonSet {
	s := &ds.Spec.UpdateStrategy
	s.Type = appsv1.RollingUpdateDaemonSetStrategyType
	if s.RollingUpdate == nil {
		s.RollingUpdate = &appsv1.RollingUpdateDaemonSet{}
	}
	return s.RollingUpdate
}

// inZones is a required affinity to nodes with a label zone.
func inZones(zones []string) *corev1.Affinity {
	return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
			NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchExpressions: []corev1.NodeSelectorRequirement{{
					Key: "zone", Operator: corev1.NodeSelectorOpIn, Values: zones,
				}},
			}},
		},
	}}
}

// changeNode changes a node, or adds it.
func (w *world) changeNode(name string, args []datadriven.CmdArg) {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if known := w.nodes.Get(name); known != nil {
		node = known.DeepCopy()
	}
	for _, arg := range args {
		switch arg.Key {
		case "remove":
			w.nodes.Remove(name)
			return
		case "label":
			key, value, _ := strings.Cut(arg.Vals[0], "=")
			labels := map[string]string{key: value}
			maps.Copy(labels, node.Labels)
			labels[key] = value
			node.Labels = labels
		case "taint":
			node.Spec.Taints = append(node.Spec.Taints, taint(arg.Vals[0]))
		case "untaint":
			node.Spec.Taints = nil
		default:
			w.t.Fatalf("node %s: unknown %q", name, arg.Key)
		}
	}
	w.nodes.Put(node)
}

// taint reads key=value:effect or key:effect.
func taint(text string) corev1.Taint {
	pair, effect, _ := strings.Cut(text, ":")
	key, value, _ := strings.Cut(pair, "=")
	return corev1.Taint{Key: key, Value: value, Effect: corev1.TaintEffect(effect)}
}

func amount(arg datadriven.CmdArg) *intstr.IntOrString {
	value := intstr.Parse(arg.Vals[0])
	return &value
}

func number(t *testing.T, arg datadriven.CmdArg) *int32 {
	n, err := strconv.ParseInt(arg.Vals[0], 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	value := int32(n)
	return &value
}
