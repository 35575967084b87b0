package load

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAListReadItemByItemIsTheListReadAsAWhole(t *testing.T) {
	for _, name := range []string{"testdata/settled.yaml", "testdata/broken-image.yaml"} {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		whole := text{file: name, bytes: content, line: 1}
		cut, ok := splitList(whole)
		items := newReader()
		if !ok || !items.yamlList(cut) {
			t.Fatalf("%s is not read item by item", name)
		}
		nodes, err := yamlNodes(whole)
		if err != nil {
			t.Fatal(err)
		}
		tree := newReader()
		value, inner, err := tree.yamlValue(nodes[0], yamlScope{text: whole})
		if err != nil {
			t.Fatal(err)
		}
		fields := inner[0]
		fields.Name, fields.Inner = "", inner
		tree.object(value, fields, whole)
		if diff := cmp.Diff(tree.documents, items.documents); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestACutThroughATextIsNoList(t *testing.T) {
	for claim, content := range map[string]string{
		"quotes":      "apiVersion: v1\nkind: List\nx: \"\nitems:\n- a: 1\n\"\n",
		"no kind":     "items:\n- a: 1\n",
		"another one": "kind: Shop\napiVersion: v1\nitems:\n- a: 1\n",
		"items twice": "kind: List\napiVersion: v1\nitems:\n- a: 1\nitems:\n- b: 1\n",
	} {
		cut, ok := splitList(text{bytes: []byte(content), line: 1})
		if ok && newReader().yamlList(cut) {
			t.Errorf("%s: was read as a List", claim)
		}
	}
}
