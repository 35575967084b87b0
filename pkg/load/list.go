package load

import (
	"bytes"
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// list is a YAML List cut into its items, by its layout alone. The header is
// what is left: all keys, but items without a value.
type list struct {
	header text
	items  []text
	size   int
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
	for end < len(t.bytes) && len(starts) <= maxObjects {
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
	return list{
		header: text{file: t.file, bytes: header, line: t.line},
		items:  parts[1:],
		size:   len(t.bytes),
	}
}

// yamlList reads a cut List item by item. It is false, and nothing happened, if
// the text has to be read as a whole after all: a cut may have been wrong, and an
// item can use an anchor of another one. What is too large for that is refused.
func (r *reader) yamlList(l list) bool {
	kind, ok := listKind(l.header)
	if !ok {
		return false
	}
	attempt := r.attempt()
	for _, item := range l.items {
		err := attempt.yamlItem(item, kind)
		if err != nil && l.size <= maxDocument {
			return false
		}
		switch {
		case err == nil || errors.Is(err, errStop):
		case strings.Contains(err.Error(), "unknown anchor"):
			attempt.problems.add(item.at(item.line),
				"uses an anchor of another item: that needs a List of less than %d MB", maxDocument>>20)
		default:
			attempt.syntax(item, err)
		}
		if err != nil || attempt.problems.dropped > 0 {
			break
		}
	}
	r.take(attempt)
	return true
}

// yamlItem reads a part of a List if it is a sequence of one item.
func (r *reader) yamlItem(t text, list typeOf) error {
	nodes, err := yamlNodes(t)
	switch {
	case err != nil:
		return err
	case len(nodes) != 1 || nodes[0].Kind != yaml.SequenceNode || len(nodes[0].Content) != 1:
		return errors.New("is not one item of a list")
	}
	item := nodes[0].Content[0]
	value, fields, err := r.yamlValue(item, yamlScope{text: t})
	if err != nil {
		return err
	}
	r.item(value, cluster.Fields{Line: line(t, item), Inner: fields}, list, t)
	return nil
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
	if err != nil || !ok || aside.problems.count() > 0 {
		return typeOf{}, false
	}
	items, ok := values["items"]
	kind := typeIn(values)
	return kind, ok && items == nil && kind.isList()
}
