package load

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

const logs = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: logs, namespace: shop, uid: s}
spec:
  selector: {matchLabels: {app: logs}}
  updateStrategy: {type: RollingUpdate}
  template:
    metadata: {labels: {app: logs}}
    spec: {containers: [{name: logs, image: "logs:1", env: [{name: A, value: secret}]}]}
`

const below = `---
apiVersion: apps/v1
kind: ControllerRevision
metadata:
  {name: logs-a, namespace: shop, labels: {app: logs}, ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: logs, uid: s, controller: true}]}
data: {spec: {template: {$patch: replace}}}
revision: 3
---
apiVersion: v1
kind: Node
metadata: {name: n1, labels: {disk: ssd}}
spec: {unschedulable: true, taints: [{key: node.kubernetes.io/unschedulable, effect: NoSchedule}]}
`

func TestADaemonSetIsReadWithItsRevisionsAndNodes(t *testing.T) {
	s, warnings, err := stateOf(t, logs+below, "")
	if err != nil || len(warnings) > 0 {
		t.Fatal(warnings, err)
	}
	if got := []int{len(s.DaemonSets), len(s.Revisions), len(s.Nodes), len(s.Others)}; cmp.Diff([]int{1, 1, 1, 0}, got) != "" {
		t.Fatalf("got %v", got)
	}
	ds := s.DaemonSets[0]
	if *ds.Spec.RevisionHistoryLimit != 10 || ds.Spec.UpdateStrategy.RollingUpdate.MaxUnavailable.IntValue() != 1 {
		t.Errorf("no defaults: %+v", ds.Spec)
	}
	if node := s.Nodes[0]; node.Labels["disk"] != "ssd" || !node.Spec.Unschedulable || len(node.Spec.Taints) != 1 || node.Namespace != "" {
		t.Errorf("got %+v", node)
	}
}

// The number is in the labels of pods, which a controller compares. A server writes it;
// a manifest has none.
func TestTheTemplateOfAManifestIsTheFirst(t *testing.T) {
	for uid, want := range map[string]string{"uid: s": "", "labels: {}": "1"} {
		s, _, err := stateOf(t, strings.Replace(logs, "uid: s", uid, 1), "")
		if err != nil {
			t.Fatal(err)
		}
		if got := s.DaemonSets[0].Annotations[appsv1.DeprecatedTemplateGeneration]; got != want {
			t.Errorf("%s: got %q", uid, got)
		}
	}
}

func TestWhatDoesNotFitADaemonSetIsNamedWithItsLine(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"uid: s, controller", "uid: t, controller",
			`x.yaml:14: controllerrevision shop/logs-a is of a DaemonSet logs with uid "t", and the one in the state has "s": read both at the same time`},
		{"matchLabels: {app: logs}", "matchLabels: {app: web}",
			"x.yaml:8: daemonset shop/logs: spec.template.metadata.labels: the selector does not match them"},
		{"type: RollingUpdate", "type: Recreate",
			`x.yaml:6: daemonset shop/logs: spec.updateStrategy: type is "Recreate": it can be RollingUpdate or OnDelete`},
		{"type: RollingUpdate", "type: RollingUpdate, rollingUpdate: {maxSurge: 1}",
			"x.yaml:6: daemonset shop/logs: spec.updateStrategy.rollingUpdate.maxSurge: must be 0 unless maxUnavailable is 0, which is 1 by default"},
		{"uid: s", "annotations: {deprecated.daemonset.template.generation: x}",
			`x.yaml:3: daemonset shop/logs: metadata.annotations[deprecated.daemonset.template.generation]: "x" is not a number: leave the annotation out, the server counts by itself`},
		{"uid: s}\nspec:\n", "labels: {}}\nspec:\n  replicas: 3\n", `x.yaml:5: daemonset shop/logs: unknown field "spec.replicas"`},
		{"unschedulable: true", "unschedulable: maybe", `x.yaml:21: node n1: spec.unschedulable: must be true or false, not the text "maybe"`},
		{"apps/v1\nkind: DaemonSet", "extensions/v1beta1\nkind: DaemonSet", "x.yaml:1: daemonset shop/logs: extensions/v1beta1 is not served: use apps/v1"},
	} {
		t.Chdir(t.TempDir())
		content := strings.Replace(logs+below, c.from, c.to, 1)
		if err := os.WriteFile("x.yaml", []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		documents, err := Documents(Input{Files: []string{"x.yaml"}})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = State(documents, StateOptions{Profile: kubeversion.Latest()})
		if err == nil || !strings.Contains(err.Error()+"\n", c.want+"\n") {
			t.Errorf("%s: got %v\nwant %s", c.to, err, c.want)
		}
	}
}

func TestADaemonSetReadsBackFromASnapshot(t *testing.T) {
	s, _, err := stateOf(t, logs+below, "")
	if err != nil {
		t.Fatal(err)
	}
	ds := s.DaemonSets[0]
	data, err := revision.DaemonData(&ds.Spec.Template, kubeversion.Latest())
	if err != nil {
		t.Fatal(err)
	}
	s.Revisions[0] = revision.NewDaemonRevision(ds, 1, data)
	s.Revisions[0].UID = "r"
	back := readBack(t, saved(t, s, SnapshotOptions{}))
	if diff := cmp.Diff(s.DaemonSets, back.DaemonSets) + cmp.Diff(s.Revisions, back.Revisions) + cmp.Diff(s.Nodes, back.Nodes); diff != "" {
		t.Error(diff)
	}
	content := saved(t, s, SnapshotOptions{RedactEnv: true})
	if strings.Contains(content, "nodeInfo") || strings.Contains(content, "daemonEndpoints") {
		t.Errorf("nodes have more than is known of them:\n%s", content)
	}
	if strings.Contains(content, "secret") {
		t.Errorf("the snapshot tells a value:\n%s", content)
	}
	back = readBack(t, content)
	now, err := revision.DaemonData(&back.DaemonSets[0].Spec.Template, kubeversion.Latest())
	if err != nil || !bytes.Equal(now, back.Revisions[0].Data.Raw) {
		t.Errorf("%v\n%s\n%s", err, now, back.Revisions[0].Data.Raw)
	}
}

// Both ways to read a node must say the same; the faster one leaves the odd to the other.
func TestNodesOfServersAreReadAsTheGeneralWayReadsThem(t *testing.T) {
	const full = `apiVersion: v1
kind: Node
metadata: {name: n1, uid: u, creationTimestamp: "2026-01-31T10:00:00Z", labels: {a: b, empty: ""}, annotations: {x: z}}
spec: {podCIDR: 10.0.0.0/24, unschedulable: true, taints: [{key: a, value: b, effect: NoExecute, timeAdded: "2026-01-31T10:00:00Z"}, {key: c, effect: NoSchedule}]}
status:
  images: [{names: [x], sizeBytes: 7}]
  conditions:
  - {type: DiskPressure, status: "False", reason: x}
  - {type: Ready, status: "True", reason: KubeletReady, message: m, lastHeartbeatTime: null, lastTransitionTime: "2026-01-31T10:00:00Z"}
`
	for _, c := range []struct {
		from, to string
		fast     bool
	}{
		{"", "", true},
		{"uid: u, ", "", false},
		{`, labels: {a: b, empty: ""}`, "", true},
		{`labels: {a: b, empty: ""}`, "labels: null", true},
		{`labels: {a: b, empty: ""}`, "labels: {}", true},
		{`empty: ""`, "empty: 3", false},
		{"unschedulable: true", "unschedulable: 1", false},
		{"[{key: a, ", "[7, {key: a, ", false},
		{"- {type: DiskPressure", "- {type: Ready", false},
		{`"2026-01-31T10:00:00Z", labels`, `"yesterday", labels`, false},
		{`annotations: {x: z}`, `deletionTimestamp: "2026-01-31T10:00:00Z"`, false},
	} {
		documents, err := read(t, strings.Replace(full, c.from, c.to, 1))
		if err != nil {
			t.Fatal(err)
		}
		node, ok := serverNode(documents[0])
		if ok != c.fast {
			t.Errorf("%s: fast %v", c.to, ok)
		}
		want := &corev1.Node{}
		err = runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(documents[0].Object.Object, want, true)
		if diff := cmp.Diff(cluster.PlannedNode(want), node, cmpopts.EquateEmpty()); ok && (err != nil || diff != "") {
			t.Errorf("%s: %v %s", c.to, err, diff)
		}
	}
}
