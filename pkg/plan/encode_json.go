package plan

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
)

const indentStep = "    " // as kubectl -o json

// EncodeJSON writes the plan as JSON in the order of the Go types, one step, pod
// or node per line. It holds one in memory at a time, so that a plan with a step for
// each of 150,000 pods needs no second copy of itself.
func EncodeJSON(w io.Writer, p *Plan) error { return encodeJSON(w, p) }

func encodeJSON(w io.Writer, document any) error {
	out := &jsonStream{w: bufio.NewWriterSize(w, 64<<10)}
	out.leaf = json.NewEncoder(&out.buffer)
	out.leaf.SetEscapeHTML(false) // names like web-<new> stay readable
	out.object(reflect.ValueOf(document).Elem(), "")
	out.text("\n")
	if out.err != nil {
		return out.err
	}
	return out.w.Flush()
}

// jsonStream keeps the first error and then writes no more.
type jsonStream struct {
	w        *bufio.Writer
	buffer   bytes.Buffer
	indented bytes.Buffer
	leaf     *json.Encoder
	err      error
}

func (s *jsonStream) text(text string) {
	if s.err == nil {
		_, s.err = s.w.WriteString(text)
	}
}

// object streams a struct field by field: a plan or a workload.
func (s *jsonStream) object(value reflect.Value, indent string) {
	inner := indent + indentStep
	separator := "{\n"
	for i := range value.NumField() {
		key, keep := jsonKey(value.Type().Field(i), value.Field(i))
		if !keep {
			continue
		}
		s.text(separator + inner + `"` + key + `": `)
		s.member(value.Field(i), inner)
		separator = ",\n"
	}
	s.text("\n" + indent + "}")
}

// jsonKey returns the key of a field, and whether the field is written at all.
func jsonKey(field reflect.StructField, value reflect.Value) (string, bool) {
	key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
	if key == "-" || options == "omitempty" && isEmpty(value) {
		return "", false
	}
	return key, true
}

func isEmpty(value reflect.Value) bool {
	if value.Kind() == reflect.Slice || value.Kind() == reflect.Map {
		return value.Len() == 0
	}
	return value.IsZero()
}

func (s *jsonStream) member(value reflect.Value, indent string) {
	switch members := value.Interface().(type) {
	case []Workload:
		s.list(len(members), indent, func(i int) {
			s.object(value.Index(i), indent+indentStep)
		})
	case []TargetedWorkload:
		s.list(len(members), indent, func(i int) {
			s.object(value.Index(i), indent+indentStep)
		})
	case []Step:
		s.list(len(members), indent, func(i int) { s.compact(&members[i]) })
	case []Pod:
		s.list(len(members), indent, func(i int) { s.compact(&members[i]) })
	case []Target:
		s.list(len(members), indent, func(i int) { s.compact(&members[i]) })
	default:
		s.other(value, indent)
	}
}

// list writes an array; a nil slice is an empty array, never null.
func (s *jsonStream) list(length int, indent string, element func(int)) {
	if length == 0 {
		s.text("[]")
		return
	}
	separator := "[\n"
	for i := range length {
		s.text(separator + indent + indentStep)
		element(i)
		separator = ",\n"
	}
	s.text("\n" + indent + "]")
}

func (s *jsonStream) other(value reflect.Value, indent string) {
	if value.Kind() == reflect.Slice && value.Len() == 0 {
		s.text("[]")
		return
	}
	s.encode(value.Interface())
	if s.err != nil {
		return
	}
	s.indented.Reset()
	s.err = json.Indent(&s.indented, trimNewline(s.buffer.Bytes()), indent, indentStep)
	s.text(s.indented.String())
}

func (s *jsonStream) compact(value any) {
	s.encode(value)
	if s.err == nil {
		_, s.err = s.w.Write(trimNewline(s.buffer.Bytes()))
	}
}

// encode leaves the JSON of value in the buffer.
func (s *jsonStream) encode(value any) {
	s.buffer.Reset()
	if err := s.leaf.Encode(value); err != nil && s.err == nil {
		s.err = err
	}
}

func trimNewline(text []byte) []byte { return bytes.TrimSuffix(text, []byte("\n")) }
