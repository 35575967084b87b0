package load

import (
	"bytes"

	"go.yaml.in/yaml/v3"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// list is a YAML List cut into its items, by its layout alone. The header is
// what is left: all keys, but items without a value.
type list struct {
	header text
	items  []text
}

// splitList cuts a text that has a line "items:" and, after it, lines that begin
// with a dash, all in one column. Whether the cut is right the parser has to say:
// a cut through quotes or brackets leaves parts that are not YAML.
func splitList(t text) (list, bool) {
	start := afterItemsKey(t.bytes)
	if start < 0 {
		return list{}, false
	}
	dash, end := -1, start
	var starts []int
	for end < len(t.bytes) {
		line := lineFrom(t.bytes[end:])
		column := len(line) - len(bytes.TrimLeft(line, " "))
		if !isBlank(line) {
			if dash < 0 {
				dash = column
			}
			if column < dash || column == dash && !isItem(line[column:]) {
				break
			}
			if column == dash {
				starts = append(starts, end)
			}
		}
		end += len(line)
	}
	return cut(t, start, append(starts, end)), len(starts) > 0
}

// afterItemsKey is the offset after the first line that is just "items:", or -1.
func afterItemsKey(content []byte) int {
	for offset := 0; offset < len(content); {
		line := lineFrom(content[offset:])
		offset += len(line)
		if string(bytes.TrimRight(line, " \r\n")) == "items:" {
			return offset
		}
	}
	return -1
}

func isItem(line []byte) bool {
	return line[0] == '-' && (len(line) == 1 || bytes.IndexByte([]byte(" \r\n"), line[1]) >= 0)
}

func cut(t text, start int, bounds []int) list {
	parts := []text{{file: t.file, bytes: t.bytes[:bounds[0]]}}
	for i := range bounds[1:] {
		parts = append(parts, text{file: t.file, bytes: t.bytes[bounds[i]:bounds[i+1]]})
	}
	setLines(parts, t.line)
	header := bytes.Join([][]byte{t.bytes[:start], t.bytes[bounds[len(bounds)-1]:]}, nil)
	return list{header: text{file: t.file, bytes: header, line: t.line}, items: parts[1:]}
}

// yamlList reads a cut List item by item. It is false, and nothing happened, if
// the text has to be read as a whole after all.
func (r *reader) yamlList(l list) bool {
	kind, ok := listKind(l.header)
	if !ok {
		return false
	}
	attempt := r.attempt()
	for _, item := range l.items {
		nodes, err := yamlNodes(item)
		if err != nil || len(nodes) != 1 || len(nodes[0].Content) != 1 || nodes[0].Kind != yaml.SequenceNode {
			return false
		}
		node := nodes[0].Content[0]
		value, fields, err := attempt.yamlValue(node, yamlScope{text: item})
		if err != nil {
			return false
		}
		attempt.item(value, cluster.Fields{Line: line(item, node), Inner: fields}, kind, item)
	}
	r.take(attempt)
	return true
}

// listKind reads the header of a cut List. It is false if the header does not
// say on its own that the text is a List.
func listKind(header text) (typeOf, bool) {
	nodes, err := yamlNodes(header)
	if err != nil || len(nodes) != 1 {
		return typeOf{}, false
	}
	aside := newReader()
	value, _, err := aside.yamlValue(nodes[0], yamlScope{text: header})
	values, ok := value.(map[string]any)
	if err != nil || !ok || len(aside.problems) > 0 {
		return typeOf{}, false
	}
	items, ok := values["items"]
	kind := typeIn(values)
	return kind, ok && items == nil && kind.isList()
}
