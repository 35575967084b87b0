package load

import (
	"fmt"
	"strings"
	"testing"
)

const podItem = "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: pod-%d\n    uid: u\n    namespace: a\n  status: {message: %q}\n"

// podList is a List of so many megabytes.
func podList(megabytes int) string {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nitems:\n")
	filler := strings.Repeat("x", 10_000)
	for i := 0; b.Len() < megabytes<<20; i++ {
		fmt.Fprintf(&b, podItem, i, filler)
	}
	return b.String()
}

func TestAListOfAnySizeIsRead(t *testing.T) {
	documents, err := read(t, podList(17)+"kind: List\n")
	if err != nil || len(documents) < 1700 {
		t.Errorf("%d documents, %v", len(documents), err)
	}
}

func TestTheLimitsOfALargeListAreSaid(t *testing.T) {
	for end, want := range map[string]string{
		"- apiVersion: [\nkind: List\n":                      "invalid YAML: did not find expected",
		"- &a {a: *b}\nkind: List\n":                         "uses an anchor of another item: that needs a List of less than 16 MB",
		"spec: {}\nmetadata: {name: a}\nkind: SomethingElse": "is one document of more than 16 MB",
	} {
		if _, err := read(t, podList(17)+end); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestAliasesThatMultiplyAreRefused(t *testing.T) {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\na0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n")
	for i := 1; i < 30; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	for _, content := range []string{b.String(), "apiVersion: v1\nkind: List\nitems:\n- " +
		strings.ReplaceAll(b.String(), "\n", "\n  ")} {
		_, err := read(t, content)
		if err == nil || !strings.Contains(err.Error(), "YAML aliases stand for too many values") {
			t.Errorf("got %v", err)
		}
	}
}

func TestMergesThatMultiplyAreRefused(t *testing.T) {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\na0: &a0 {x: {y: 1}}\n")
	for i := 1; i < 60; i++ {
		fmt.Fprintf(&b, "a%d: &a%d {<<: [*a%d, *a%d]}\n", i, i, i-1, i-1)
	}
	_, err := read(t, b.String())
	if err == nil || !strings.Contains(err.Error(), "YAML aliases stand for too many values") {
		t.Errorf("got %v", err)
	}
}

func TestNestingIsLimited(t *testing.T) {
	for _, content := range []string{
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
		`{"apiVersion": "v1", "x": ` + strings.Repeat("[", 50000) + strings.Repeat("]", 50000) + "}",
		"x: " + strings.Repeat("[", 1_000_000),
		"- " + strings.Repeat("- ", 5000),
	} {
		_, err := read(t, content)
		if err == nil || !strings.Contains(err.Error(), "deep") && !strings.Contains(err.Error(), "depth") {
			t.Errorf("%.20s: got %v", content, err)
		}
	}
}
