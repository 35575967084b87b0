package load

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// FuzzDocuments checks on any input that nothing panics, that errors are lines
// for people, and that what is read is what kubectl reads.
func FuzzDocuments(f *testing.F) {
	for _, seed := range seeds(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		if len(content) > 64<<10 {
			t.Skip("long inputs find nothing that short ones do not")
		}
		documents, err := read(t, content)
		checkError(t, err)
		if err != nil {
			return
		}
		checkLikeKubectl(t, content, documents)
		_, _, err = Manifests(documents, ManifestOptions{Namespace: "a"})
		checkError(t, err)
		checkOrder(t, documents)
	})
}

func seeds(f *testing.F) []string {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	list := []string{
		web, web + "---\n" + replaced("name: web", "name: n2"), replaced("replicas: 3", "replicas: 0x1_0"), db + around,
		"{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}}]}",
		"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: &m {name: a}\n- kind: Pod\n  apiVersion: v1\n  metadata:\n    <<: *m\n    name: b\n",
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |\n    ---\n    x\n  b: >-\n    y\n  1: yes\n  2.5: .5\n  ~x: !!binary aGk=\n  on: 1e3\n",
		"%YAML 1.1\n--- # c\n\ufeff? a\n: b\n...\n", "a: &a [*a]\n", "- - - [[[{", "\x00", "\xff\xfe", "{", "[", "!!int x", "*",
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		list = append(list, string(content))
	}
	return list
}

// checkError holds an error to one line for each problem.
func checkError(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) > maxShown+1 || slices.Contains(lines, "") {
		t.Errorf("not one line for each problem: %q", err)
	}
}

// checkLikeKubectl compares with the parser that kubectl uses, where that gives
// one object. The tag "!" alone makes text of a value there, and nothing here.
func checkLikeKubectl(t *testing.T, content string, documents []cluster.Document) {
	t.Helper()
	encoded, err := yaml.YAMLToJSONStrict([]byte(content))
	if err != nil || strings.Contains(content, "!") || len(documents) != 1 || len(split(text{bytes: []byte(content)})) > 1 {
		return
	}
	var want map[string]any
	if json.Unmarshal(encoded, &want) != nil || typeIn(want).isList() {
		return
	}
	var got map[string]any
	if encoded, err = json.Marshal(documents[0].Object.DeepCopy().Object); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encoded, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kubectl reads something else (-kubectl +here):\n%s", diff)
	}
}

// checkOrder reads the documents in both directions into states.
func checkOrder(t *testing.T, documents []cluster.Document) {
	t.Helper()
	o := StateOptions{Profile: kubeversion.Latest()}
	forward, _, err := State(documents, o)
	checkError(t, err)
	slices.Reverse(documents)
	backward, _, second := State(documents, o)
	if (err == nil) != (second == nil) {
		t.Errorf("the order decides: %v, %v", err, second)
	}
	if diff := cmp.Diff(forward, backward); diff != "" {
		t.Error(diff)
	}
}
