package plan

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/blockyaml"
)

// EncodeYAML writes the plan as YAML with the keys in the order of the Go types,
// one step in memory at a time. (A YAML library would sort the keys, or hold the
// whole document.) Values are those of the JSON form, key for key.
func EncodeYAML(w io.Writer, p *Plan) error { return encodeYAML(w, p) }

func encodeYAML(w io.Writer, document any) error {
	out := &yamlStream{w: bufio.NewWriterSize(w, 64<<10)}
	out.leaf = json.NewEncoder(&out.buffer)
	out.leaf.SetEscapeHTML(false)
	out.object(reflect.ValueOf(document).Elem(), 0)
	if out.err != nil {
		return out.err
	}
	return out.w.Flush()
}

// yamlStream keeps the first error and then writes no more.
type yamlStream struct {
	w      *bufio.Writer
	buffer bytes.Buffer
	leaf   *json.Encoder
	err    error
}

// object streams a struct field by field: a plan or a workload. The writer
// stands where the first key belongs.
func (s *yamlStream) object(value reflect.Value, indent int) {
	first := true
	for i := range value.NumField() {
		key, keep := jsonKey(value.Type().Field(i), value.Field(i))
		if !keep {
			continue
		}
		if !first {
			s.spaces(indent)
		}
		first = false
		s.text(key + ":")
		s.member(value.Field(i), indent)
	}
}

func (s *yamlStream) member(value reflect.Value, indent int) {
	if value.Kind() == reflect.Slice && value.Len() == 0 {
		s.text(" []\n")
		return
	}
	switch members := value.Interface().(type) {
	case []Workload:
		s.list(len(members), indent, func(i int) { s.object(value.Index(i), indent+2) })
	case []TargetedWorkload:
		s.list(len(members), indent, func(i int) { s.object(value.Index(i), indent+2) })
	case []Step:
		s.list(len(members), indent, func(i int) { s.element(&members[i], indent+2) })
	case []Pod:
		s.list(len(members), indent, func(i int) { s.element(&members[i], indent+2) })
	case []Target:
		s.list(len(members), indent, func(i int) { s.element(&members[i], indent+2) })
	default:
		s.encode(value.Interface())
		s.json(blockyaml.AfterKey, indent)
	}
}

// list writes the elements of a key that stands on its own line before them.
func (s *yamlStream) list(length, indent int, element func(int)) {
	s.text("\n")
	for i := range length {
		s.spaces(indent)
		s.text("- ")
		element(i)
	}
}

func (s *yamlStream) element(value any, indent int) {
	s.encode(value)
	s.json(blockyaml.InList, indent)
}

func (s *yamlStream) encode(value any) {
	s.buffer.Reset()
	if err := s.leaf.Encode(value); err != nil && s.err == nil {
		s.err = err
	}
}

// json writes the JSON in the buffer as YAML.
func (s *yamlStream) json(place blockyaml.Place, indent int) {
	if s.err == nil {
		blockyaml.Write(s.w, trimNewline(s.buffer.Bytes()), place, indent)
	}
}

func (s *yamlStream) text(text string) {
	if s.err == nil {
		_, s.err = s.w.WriteString(text)
	}
}

func (s *yamlStream) spaces(count int) { s.text(strings.Repeat(" ", count)) }
