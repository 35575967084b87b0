package load

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzJSONIsReadAsEncodingJSONReadsIt compares our reading of valid JSON with that of the
// standard library.
func FuzzJSONIsReadAsEncodingJSONReadsIt(f *testing.F) {
	for _, seed := range []string{
		`{"a": [1, -2.5e+3, 0.1E-2, true, false, null], "b": {"c": "d", "": {}}, "e": []}`, `"\u00e9\ud83d\ude00\n\"\\/"`, `[[[]], {}]`,
		" \r\n\t[ 1 ,\n2 ] ", `{"\"": "\\", "a\u0041": 1e400}`, `9223372036854775808`, `-0`, `"\ud800"`, `{"a":1}{"b":2}`, `1 2`, `"a""b"`, `[}`, `{"a"}`, `tru`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		if !json.Valid([]byte(content)) || strings.ToValidUTF8(content, "") != content {
			return
		}
		r := newReader()
		values := jsonValues{text: text{bytes: []byte(content), line: 1}, reader: r, tokens: tokens{bytes: []byte(content)}, current: 1}
		first, err := values.tokens.next()
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := values.value(first)
		if err != nil || r.problems.count() > 0 {
			return // a key twice, or a number that is too large
		}
		var want any
		decoder := json.NewDecoder(strings.NewReader(content))
		decoder.UseNumber()
		if err := decoder.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(converted(want), got); diff != "" {
			t.Errorf("%q: %s", content, diff)
		}
		if end, err := values.tokens.next(); end.kind != 0 || err != nil || values.here() != 1+strings.Count(content, "\n") {
			t.Errorf("%q: ends with %v %v on line %d", content, end, err, values.here())
		}
	})
}

// converted has our numbers for those of the standard library.
func converted(value any) any {
	switch value := value.(type) {
	case json.Number:
		ours, err := number(value.String())
		if err != nil {
			return math.NaN()
		}
		return ours
	case []any:
		for i := range value {
			value[i] = converted(value[i])
		}
	case map[string]any:
		for key := range value {
			value[key] = converted(value[key])
		}
	}
	return value
}

func TestJSONThatIsNestedTooDeepIsAnError(t *testing.T) {
	for _, levels := range []int{1_001, 9_000, 20_000} {
		content := strings.Repeat(`{"a":`, levels) + "1" + strings.Repeat("}", levels)
		if _, err := read(t, content); err == nil || !strings.Contains(err.Error(), "deep") && !strings.Contains(err.Error(), "depth") {
			t.Errorf("%d levels: %v", levels, err)
		}
	}
}

func BenchmarkJSON(b *testing.B) {
	content := bytes.Repeat([]byte(`{"apiVersion":"v1","kind":"Node","metadata":{"name":"n","labels":{"a":"b"}},"spec":{"unschedulable":true}}`+"\n"), 1000)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		newReader().json(text{bytes: content, line: 1})
	}
}
