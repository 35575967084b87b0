package change

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// someNodes are n1 to n3, of which n2 is cordoned and n3 has a taint of its own.
func someNodes() []*corev1.Node {
	var nodes []*corev1.Node
	for _, name := range []string{"n3", "n1", "n2"} {
		nodes = append(nodes, &corev1.Node{
			TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
			ObjectMeta: metav1.ObjectMeta{
				Name: name, Labels: map[string]string{corev1.LabelHostname: name, "disk": "ssd"},
				Annotations: map[string]string{"seen": "today"},
			},
			Status: corev1.NodeStatus{Conditions: []corev1.NodeCondition{
				{Type: corev1.NodeDiskPressure, Status: corev1.ConditionFalse},
				{Type: corev1.NodeReady, Status: corev1.ConditionTrue},
			}},
		})
	}
	nodes[2].Spec = corev1.NodeSpec{Unschedulable: true, Taints: []corev1.Taint{{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule}}}
	nodes[0].Spec.Taints = []corev1.Taint{
		{Key: "dedicated", Value: "gpu", Effect: corev1.TaintEffectNoSchedule},
		{Key: "dedicated", Value: "gpu", Effect: corev1.TaintEffectNoExecute},
	}
	return nodes
}

// editNodes is what the changes make of someNodes: "n1: cordoned, taints a, labels b, Ready True".
func editNodes(t *testing.T, changes ...string) (string, error) {
	t.Helper()
	var parsed []NodeChange
	for _, text := range changes {
		c, err := ParseNodeChange(text)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, c)
	}
	nodes, same := someNodes(), someNodes()
	edits, err := EditNodes(nodes, time.Unix(100, 5), parsed...)
	if diff := cmp.Diff(same, nodes); diff != "" {
		t.Errorf("%s changes the nodes: %s", changes, diff)
	}
	var lines []string
	for _, e := range edits {
		switch {
		case e.After == nil:
			lines = append(lines, e.Before.Name+" leaves")
		case e.Before == nil:
			lines = append(lines, "joins "+describeNode(e.After))
		default:
			lines = append(lines, describeNode(e.After))
		}
	}
	return strings.Join(lines, "; "), err
}

func describeNode(node *corev1.Node) string {
	text := fmt.Sprintf("%s %v [%s]", node.Name, node.Labels, describeTaints(node.Spec.Taints))
	if node.Spec.Unschedulable {
		text += " cordoned"
	}
	for _, c := range node.Status.Conditions {
		if c.Type == corev1.NodeReady {
			text += fmt.Sprintf(" ready %s", c.Status)
		}
		if !c.LastTransitionTime.IsZero() {
			text += fmt.Sprintf(" since %d", c.LastTransitionTime.Unix())
		}
	}
	return text
}

func TestNodesAreAsTheChangesMakeThem(t *testing.T) {
	const ssd = "map[disk:ssd kubernetes.io/hostname:%s]"
	labels := func(name string) string { return fmt.Sprintf(ssd, name) }
	const gpu = "dedicated=gpu:NoSchedule, dedicated=gpu:NoExecute"
	const broken = "node.kubernetes.io/not-ready:NoSchedule, node.kubernetes.io/not-ready:NoExecute"
	for _, c := range []struct {
		changes string
		want    string
	}{
		{"cordon:n1", "n1 " + labels("n1") + " [node.kubernetes.io/unschedulable:NoSchedule] cordoned ready True"},
		{"uncordon:n2", "n2 " + labels("n2") + " [none] ready True"},
		{"taint:n1=a/b=c:NoExecute", "n1 " + labels("n1") + " [a/b=c:NoExecute] ready True"},
		{"taint:n1=a:PreferNoSchedule", "n1 " + labels("n1") + " [a:PreferNoSchedule] ready True"},
		{"taint:n3=dedicated=cpu:NoSchedule", "n3 " + labels("n3") + " [dedicated=cpu:NoSchedule, dedicated=gpu:NoExecute] ready True"},
		{"untaint:n3=dedicated", "n3 " + labels("n3") + " [none] ready True"},
		{"untaint:n3=dedicated:NoSchedule-", "n3 " + labels("n3") + " [dedicated=gpu:NoExecute] ready True"},
		{"label:n1=disk=hdd", "n1 map[disk:hdd kubernetes.io/hostname:n1] [none] ready True"},
		{"label:n1=example.com/zone=", "n1 map[disk:ssd example.com/zone: kubernetes.io/hostname:n1] [none] ready True"},
		{"label:n1=disk-", "n1 map[kubernetes.io/hostname:n1] [none] ready True"},
		{"not-ready:n1", "n1 " + labels("n1") + " [" + broken + "] ready False since 100"},
		{"not-ready:n1 ready:n1", "n1 " + labels("n1") + " [none] ready True since 100"},
		{"remove:n2", "n2 leaves"},
		{"add:n9", "joins n9 " + labels("n9") + " [none] ready True since 100"},
		{"add:n9=n3", "joins n9 " + labels("n9") + " [" + gpu + "] ready True since 100"},
		{"add:n9=n2", "joins n9 " + labels("n9") + " [none] ready True since 100"},
		{"not-ready:n1 add:n9=n1 remove:n1", "n1 leaves; joins n9 " + labels("n9") + " [none] ready True since 100"},
		{"add:n9 cordon:n9", "joins n9 " + labels("n9") + " [node.kubernetes.io/unschedulable:NoSchedule] cordoned ready True since 100"},
		{"remove:n2 add:n2=n1", "n2 " + labels("n2") + " [none] ready True since 100"},
		{"add:n9 remove:n9", ""},
		{"cordon:n2", ""},
		{"ready:n1", ""},
		{"label:n1=disk=ssd", ""},
		{"uncordon:n1", ""},
	} {
		got, err := editNodes(t, strings.Fields(c.changes)...)
		if err != nil || got != c.want {
			t.Errorf("%s:\n got %s %v\nwant %s", c.changes, got, err, c.want)
		}
	}
}

func TestNodeChangesThatCannotBe(t *testing.T) {
	for changes, want := range map[string]string{
		"cordon:n7":          "node change cordon:n7: there is no node n7: there are n1, n2, n3",
		"remove:n1 ready:n1": "node change ready:n1: there is no node n1: there are n2, n3",
		"add:n1":             "node change add:n1: there is a node n1 already: it has to have another name",
		"add:n7=n8":          "node change add:n7: there is no node n8: there are n1, n2, n3",
		"untaint:n1=x":       "node change untaint:n1: it has no taint x: it has none",
		"untaint:n3=x:NoSchedule": "node change untaint:n3: it has no taint x:NoSchedule: " +
			"it has dedicated=gpu:NoSchedule, dedicated=gpu:NoExecute",
		"add:n4 add:n5 add:n6 add:n7 cordon:n8":    "node change cordon:n8: there is no node n8: there are n1, n2, n3, n4, n5 and 2 more",
		"remove:n1 remove:n2 remove:n3 add:n1":     "node change add:n1: there is no node that it could be like: " + getNodes,
		"remove:n1 remove:n2 remove:n3 ready:n1":   "node change ready:n1: there is no node n1: " + getNodes,
		"remove:n1 remove:n2 remove:n3 add:n1=n2":  "node change add:n1: there is no node that it could be like: " + getNodes,
		"remove:n1 remove:n2 remove:n3 remove:n3 ": "node change remove:n3: there is no node n3: " + getNodes,
	} {
		if got, err := editNodes(t, strings.Fields(changes)...); err == nil || err.Error() != want {
			t.Errorf("%s: got %s %v\nwant %s", changes, got, err, want)
		}
	}
}

func TestNodeChangesThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"":                    "write it as VERB:NODE or VERB:NODE=VALUE, as in cordon:n1",
		"cordon":              "write it as VERB:NODE or VERB:NODE=VALUE, as in cordon:n1",
		":n1":                 "write it as VERB:NODE or VERB:NODE=VALUE, as in cordon:n1",
		"cordon:":             "write it as VERB:NODE or VERB:NODE=VALUE, as in cordon:n1",
		"cordon:N 1":          `"N 1" is no name of a node`,
		"cordon:n1=yes":       "cordon takes no value: write it as cordon:n1",
		"add:n1=":             "add takes no value: write it as add:n1, or add:NODE=LIKE for a node like LIKE",
		"drain:n1":            `"drain" is not known: it can be add, remove, cordon, uncordon, taint, untaint, label, not-ready or ready`,
		"taint:n1":            "what is to be done? write it as taint:n1=dedicated=gpu:NoSchedule",
		"taint:n1=a=b":        `the taint "a=b" has no effect: write it as a=b:NoSchedule`,
		"taint:n1=a:Never":    `the effect "Never" is not known: it can be NoSchedule, PreferNoSchedule or NoExecute`,
		"taint:n1=:NoExecute": `the key "" cannot be: `,
		"untaint:n1=-a":       `the key "-a" cannot be: `,
		"label:n1=disk":       `"disk" is no label: write it as disk=VALUE, or as disk- to take it away`,
		"label:n1=disk=a b":   `the value "a b" cannot be: `,
	} {
		if _, err := ParseNodeChange(text); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), fmt.Sprintf("node change %q: ", text)) {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

func FuzzNodeChangesNeverPanic(f *testing.F) {
	for _, seed := range []string{"add:n9=n1", "taint:n1=a=b:NoExecute", "label:n2=disk-", "untaint:n3=dedicated", "remove:n1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseNodeChange(text)
		if err == nil {
			_, _ = EditNodes(someNodes(), time.Unix(1, 0), c, c)
		}
	})
}
