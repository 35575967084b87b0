package load

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// read reads a text as if it came from standard input.
func read(t *testing.T, content string) ([]cluster.Document, error) {
	t.Helper()
	return Documents(Input{Files: []string{"-"}, Stdin: strings.NewReader(content)})
}

// places is what a test says about documents: "3 Pod/a".
func places(documents []cluster.Document) []string {
	var list []string
	for _, d := range documents {
		list = append(list, strings.TrimPrefix(d.Source.String(), "-:")+" "+d.Object.GetKind()+"/"+d.Object.GetName())
	}
	return list
}

func TestDocuments(t *testing.T) {
	const pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: "
	tests := []struct {
		claim   string
		content string
		want    []string
	}{
		{"one document", pod + "a\n", []string{"1 Pod/a"}},
		{"a stream of documents", pod + "a\n---\n" + pod + "b\n", []string{"1 Pod/a", "6 Pod/b"}},
		{"comments and empty documents are passed over",
			"# first\n---\n---\n# second\n\n" + pod + "a\n---\n---\n", []string{"6 Pod/a"}},
		{"a document can begin on the line of its separator", "--- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n", []string{"1 Pod/a"}},
		{"three dots end a document", pod + "a\n...\n---\n" + pod + "b\n", []string{"1 Pod/a", "7 Pod/b"}},
		{"a directive belongs to the document after it", "%YAML 1.1\n---\n" + pod + "a\n", []string{"3 Pod/a"}},
		{"dashes inside a text separate nothing", pod + "a\n  annotations:\n    x: |\n      ---\n      y\n", []string{"1 Pod/a"}},
		{"a byte order mark is passed over", "\ufeff" + pod + "a\n", []string{"1 Pod/a"}},
		{"line ends of Windows", strings.ReplaceAll(pod+"a\n---\n"+pod+"b\n", "\n", "\r\n"), []string{"1 Pod/a", "6 Pod/b"}},
		{"JSON", `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}`, []string{"1 Pod/a"}},
		{"JSON values that follow each other", "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}}\n" +
			"{\"apiVersion\": \"v1\", \"kind\": \"Pod\",\n\"metadata\": {\"name\": \"b\"}}", []string{"1 Pod/a", "2 Pod/b"}},
		{"JSON in a YAML stream", "---\n{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}}\n---\n" + pod + "b",
			[]string{"2 Pod/a", "4 Pod/b"}},
		{"YAML in braces", "{apiVersion: v1, kind: Pod, metadata: {name: a}}", []string{"1 Pod/a"}},
		{"YAML in braces with quotes and a comma too many", "{\"apiVersion\": v1, kind: Pod, metadata: {name: a},}", []string{"1 Pod/a"}},
		{"a List", "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n" +
			"- apiVersion: v1\n  kind: Pod\n  metadata: {name: b}\nkind: List\n", []string{"3 Pod/a", "6 Pod/b"}},
		{"an indented List", "kind: List\napiVersion: v1\nitems:\n  # first\n  - kind: Pod\n    apiVersion: v1\n    metadata: {name: a}\n\n" +
			"  - kind: Pod\n    apiVersion: v1\n    metadata: {name: b}\n", []string{"5 Pod/a", "9 Pod/b"}},
		{"a List whose items share an anchor", "kind: List\napiVersion: v1\nitems:\n- kind: Pod\n  apiVersion: v1\n  metadata: &m {name: a}\n" +
			"- kind: Pod\n  apiVersion: v1\n  metadata: *m\n", []string{"4 Pod/a", "7 Pod/a"}},
		{"a List as JSON", "{\"items\": [\n{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}},\n" +
			"{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"b\"}}], \"kind\": \"List\", \"apiVersion\": \"v1\"}",
			[]string{"2 Pod/a", "3 Pod/b"}},
		{"a List in a List", "kind: List\napiVersion: v1\nitems:\n- kind: List\n  apiVersion: v1\n  items:\n  - kind: Pod\n    apiVersion: v1\n    metadata: {name: a}\n",
			[]string{"7 Pod/a"}},
		{"items take their type from a DeploymentList", "kind: DeploymentList\napiVersion: apps/v1\nitems:\n- metadata: {name: a}\n", []string{"4 Deployment/a"}},
		{"a List without items says that there is nothing", "kind: List\napiVersion: v1\nitems: []\n", nil},
		{"a kind that ends in List is not one without items", "kind: AllowList\napiVersion: example.com/v1\nmetadata: {name: a}\n", []string{"1 AllowList/a"}},
	}
	for _, test := range tests {
		t.Run(test.claim, func(t *testing.T) {
			documents, err := read(t, test.content)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, places(documents)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDocumentsRefuses(t *testing.T) {
	const pod = "apiVersion: v1\nkind: Pod\n"
	tests := []struct {
		claim   string
		content string
		want    string
	}{
		{"nothing", "", "no objects in standard input"},
		{"only comments", "# nothing\n---\n# here\n", "no objects in standard input"},
		{"a key that stands twice", pod + "metadata:\n  name: a\n  name: b\n", `-:5: key "name" stands twice: also on line 4`},
		{"a key that stands twice in JSON", "{\"apiVersion\": \"v1\", \"kind\": \"Pod\",\n\"kind\": \"Pod\", \"metadata\": {}}", `-:2: key "kind" stands twice: also on line 1`},
		{"a key that stands twice in the second document", pod + "metadata: {name: a}\n---\n" + pod + "kind: Pod\n", `-:7: key "kind" stands twice: also on line 6`},
		{"a key that stands twice in an item", "kind: List\napiVersion: v1\nitems:\n- kind: Pod\n  apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n", `-:6: key "kind" stands twice: also on line 4`},
		{"broken YAML", pod + "metadata:\n  name: a\n bad\n", "-:5: invalid YAML: did not find expected key"},
		{"broken YAML after a separator", pod + "metadata: {name: a}\n---\n" + pod + "metadata: [\n", "-:7: invalid YAML: did not find expected node content"},
		{"broken JSON", "{\"apiVersion\": \"v1\",\n\"kind\" \"Pod\"}", "-:2: invalid JSON: invalid character '\"' after object key"},
		{"JSON that ends too early", "{\"apiVersion\": \"v1\",\n\"kind\": ", "-:2: invalid JSON: it ends too early"},
		{"a NUL byte", pod + "a: \x00\n", "-:3: control character 0x0 is not allowed"},
		{"a DEL character in YAML", pod + "a: \x7f\n", "-:3: invalid YAML: control characters are not allowed"},
		{"bytes that are not UTF-8", pod + "a: \xff\n", "-:3: is not valid UTF-8: byte 0xff"},
		{"UTF-16", "\xff\xfea\x00", "-:1: is UTF-16: save it as UTF-8"},
		{"a document that is a list", "- a\n", "-:1: is a list, not an object with apiVersion and kind"},
		{"a document that is text", "hello\n", `-:1: is the text "hello", not an object with apiVersion and kind`},
		{"a JSON document that is a list", "[1]", "-:1: is a list, not an object with apiVersion and kind"},
		{"an item that is text", "kind: List\napiVersion: v1\nitems:\n- a\n", `-:4: is the text "a", not an object with apiVersion and kind`},
		{"no kind", "apiVersion: v1\nmetadata: {name: a}\n", "-:1: kind is missing"},
		{"no apiVersion", "kind: Pod\nmetadata: {name: a}\n", "-:1: apiVersion is missing"},
		{"a kind that is a number", "apiVersion: v1\nkind: 3\n", "-:2: kind must be text, not 3"},
		{"no metadata", pod, "-:1: metadata.name is missing"},
		{"metadata that is text", pod + "metadata: a\n", `-:3: metadata must be a mapping, not the text "a"`},
		{"a name that is a number", pod + "metadata:\n  name: 3\n", "-:4: metadata.name must be text, not 3"},
		{"a kustomization", "resources:\n- a.yaml\n", "-:1: is a kustomization, not an object: give its folder with -k"},
		{"infinity", pod + "metadata: {name: a}\nx: .inf\n", "-:4: .inf is not a number that an object can have"},
		{"an alias in itself", pod + "metadata: &m\n  name: a\n  x: *m\n", "-:4: is nested too deep: more than 1000 levels"},
		{"an alias to nothing", pod + "metadata: *m\n", "-:3: invalid YAML: unknown anchor 'm' referenced"},
		{"a merge that replaces a key above it", pod + "x: &x {a: 1}\ny:\n  a: 2\n  <<: *x\n", `-:6: the merge (<<) replaces key "a" above it: put << first`},
		{"too many problems to show", "apiVersion: v1\n" + strings.Repeat("---\nkind: Pod\n", 12), "and 3 more"},
	}
	for _, test := range tests {
		t.Run(test.claim, func(t *testing.T) {
			_, err := read(t, test.content)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %q, want %q in it", err, test.want)
			}
		})
	}
}

func TestFilesAndFolders(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	object := func(name string) string { return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + "}\n" }
	write("all/b.yml", object("b"))
	write("all/a.yaml", object("a"))
	write("all/c.json", `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "c"}}`)
	write("all/empty.yaml", "# nothing yet\n")
	write("all/notes.txt", "not read")
	write("all/deeper/d.yaml", object("d"))
	write("none/notes.txt", "not read")
	write("comments/a.yaml", "# nothing\n")
	write("state", object("s"))

	tests := []struct {
		claim string
		in    Input
		want  []string
		err   string
	}{
		{claim: "a folder is read in the order of names, not deeper", in: Input{Files: []string{"all"}}, want: []string{"a", "b", "c"}},
		{claim: "-R reads deeper", in: Input{Files: []string{"all"}, Recursive: true}, want: []string{"a", "b", "c", "d"}},
		{claim: "a file that is named needs no ending", in: Input{Files: []string{"state", "all/b.yml"}}, want: []string{"s", "b"}},
		{claim: "a missing file", in: Input{Files: []string{"missing.yaml"}}, err: "missing.yaml: no such file or directory"},
		{claim: "a folder without manifests", in: Input{Files: []string{"none"}}, err: "no .yaml, .yml or .json file in"},
		{claim: "a folder with nothing but comments", in: Input{Files: []string{"comments"}}, err: "no objects in"},
		{claim: "a URL", in: Input{Files: []string{"https://example.com/a.yaml"}}, err: "is a URL, and nothing is fetched"},
		{claim: "no input at all", in: Input{}, err: "no input"},
	}
	for _, test := range tests {
		t.Run(test.claim, func(t *testing.T) {
			for i, name := range test.in.Files {
				if !isURL(name) {
					test.in.Files[i] = filepath.Join(dir, name)
				}
			}
			documents, err := Documents(test.in)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("got error %q, want %q in it", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, d := range documents {
				names = append(names, d.Object.GetName())
			}
			if diff := cmp.Diff(test.want, names); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAFileAboveTheLimitIsRefusedWithTheLimit(t *testing.T) {
	_, err := Documents(Input{Files: []string{"-"}, Stdin: endless{}})
	if want := "standard input is larger than the limit of 100 MB"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// endless is a stream of spaces.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}
