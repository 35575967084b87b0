package load

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

func stateOf(t *testing.T, content, namespace string) (*cluster.Snapshot, []string, error) {
	t.Helper()
	documents, err := read(t, content)
	if err != nil {
		t.Fatal(err)
	}
	return State(documents, StateOptions{Namespace: namespace, Profile: kubeversion.Latest()})
}

func TestARecordedStateIsRead(t *testing.T) {
	tests := []struct {
		file        string
		replicaSets int
		pods        int
	}{
		{"settled.yaml", 1, 3},
		{"broken-image.yaml", 1, 6},
	}
	for _, test := range tests {
		documents, err := Documents(Input{Files: []string{"testdata/" + test.file}})
		if err != nil {
			t.Fatal(err)
		}
		snapshot, warnings, err := State(documents, StateOptions{Profile: kubeversion.Latest()})
		if err != nil || len(warnings) > 0 {
			t.Fatalf("%s: %v, %v", test.file, warnings, err)
		}
		got := []int{len(snapshot.Deployments), len(snapshot.ReplicaSets), len(snapshot.Pods), len(snapshot.Others)}
		if diff := cmp.Diff([]int{1, test.replicaSets, test.pods, 0}, got); diff != "" {
			t.Errorf("%s: %s", test.file, diff)
		}
		for _, pod := range snapshot.Pods {
			if pod.Kind != "Pod" || pod.APIVersion != "v1" || pod.UID == "" {
				t.Errorf("%s: %s has no type or uid", test.file, pod.Name)
			}
		}
	}
}

func TestTheSameDocumentsInAnotherOrderAreAnEqualState(t *testing.T) {
	documents, err := Documents(Input{Files: []string{"testdata/settled.yaml"}})
	if err != nil {
		t.Fatal(err)
	}
	want, _, err := State(documents, StateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(documents)
	got, _, err := State(documents, StateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAManifestInAStateIsWhatAServerWouldStore(t *testing.T) {
	snapshot, _, err := stateOf(t, web, "")
	if err != nil {
		t.Fatal(err)
	}
	d := snapshot.Deployments[0]
	if d.Namespace != "default" || d.Spec.Strategy.RollingUpdate == nil || *d.Spec.RevisionHistoryLimit != 10 {
		t.Errorf("no defaults: %+v", d)
	}
}

func TestUnqualifiedObjectsOfAStateTakeItsOnlyNamespace(t *testing.T) {
	const other = "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\n---\n"
	const node = "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n---\n"
	for _, test := range []struct{ content, namespace, want string }{
		{other + node + web, "", "shop"},
		{other + web, "n", "n"},
		{other + strings.ReplaceAll(other, "shop", "b") + web, "", "default"},
	} {
		snapshot, _, err := stateOf(t, test.content, test.namespace)
		if err != nil {
			t.Fatal(err)
		}
		if got := snapshot.Deployments[0].Namespace; got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestASecretIsKeptByNameOnly(t *testing.T) {
	snapshot, _, err := stateOf(t, `apiVersion: v1
kind: Secret
metadata:
  name: a
  uid: u
  namespace: shop
  annotations: {kubectl.kubernetes.io/last-applied-configuration: hidden}
type: Opaque
data: {password: aGlkZGVu}
stringData: {token: hidden}
`, "")
	if err != nil {
		t.Fatal(err)
	}
	want := []*unstructured.Unstructured{{Object: map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "a", "namespace": "shop"}}}}
	if diff := cmp.Diff(want, snapshot.Others); diff != "" {
		t.Error(diff)
	}
}

func TestStateRefuses(t *testing.T) {
	const zero = "replicas: 3\n  strategy:\n    rollingUpdate:\n      maxSurge: 0\n      maxUnavailable: 0"
	tests := []struct{ claim, content, want string }{
		{"negative replicas", replaced("replicas: 3", "replicas: -3"), "-:6: deployment default/web: spec.replicas: "},
		{"no room to roll", replaced("replicas: 3", zero), "-:10: deployment default/web: spec.strategy.rollingUpdate.maxUnavailable: "},
		{"a selector that does not match", replaced("labels: {app: web}", "labels: {app: x}"), "-:10: deployment default/web: spec.template.metadata.labels: "},
		{"two objects of one identity in any version", "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\n---\n" +
			"apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\n", "-:5: horizontalpodautoscaler default/a stands twice: also at -:1"},
		{"a wrong type in what a server wrote", "apiVersion: v1\nkind: Pod\nmetadata: {name: a, uid: u}\nspec: {hostNetwork: 3}\n",
			"-:1: pod default/a: spec.hostNetwork: must be true or false, not 3"},
	}
	for _, test := range tests {
		t.Run(test.claim, func(t *testing.T) {
			_, _, err := stateOf(t, test.content, "")
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %v", err, test.want)
			}
		})
	}
}
