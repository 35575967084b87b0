package load

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// yaml reads a YAML document. A List is read item by item where its layout
// allows that: the tree of a file of 100 MB would take gigabytes.
func (r *reader) yaml(t text) {
	list, ok := splitList(t)
	switch {
	case len(list.items) > maxObjects:
		r.tooMany(t)
		return
	case ok && r.yamlList(list):
		return
	}
	if len(t.bytes) > maxDocument {
		r.problems.add(t.at(t.line), "is one document of more than %d MB, and no List that can be cut into items",
			maxDocument>>20)
		return
	}
	nodes, err := yamlNodes(t)
	if err != nil {
		r.syntax(t, err)
		return
	}
	for _, node := range nodes {
		value, fields, err := r.yamlValue(node, yamlScope{text: t})
		if err == nil {
			r.object(value, cluster.Fields{Line: line(t, node), Inner: fields}, t)
		}
	}
}

// line is the line of a node in its file.
func line(t text, node *yaml.Node) int {
	return t.line + node.Line - 1
}

// yamlNodes parses all documents of a text; "..." can end one within it.
func yamlNodes(t text) ([]*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(t.bytes))
	var nodes []*yaml.Node
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return nodes, nil
		}
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, document.Content...)
	}
}

// yamlScope is where in a document a node stands.
type yamlScope struct {
	text
	depth   int
	aliased bool
}

// yamlValue is the value that a server would see, and the places in it. Keys that
// stand twice are recorded as problems; the error says that nothing more is known.
func (r *reader) yamlValue(n *yaml.Node, scope yamlScope) (any, []cluster.Fields, error) {
	scope.depth++
	if passed := r.budget.spend(scope.depth, scope.aliased); passed != "" {
		r.problems.add(scope.at(line(scope.text, n)), "%s", passed)
		return nil, nil, errStop
	}
	switch n.Kind {
	case yaml.AliasNode:
		scope.aliased = true
		return r.yamlValue(n.Alias, scope)
	case yaml.MappingNode:
		return r.yamlMapping(n, scope)
	case yaml.SequenceNode:
		return r.yamlSequence(n, scope)
	}
	value, err := scalar(n)
	if err != nil {
		r.problems.add(scope.at(line(scope.text, n)), "%v", err)
	}
	if text, ok := value.(string); ok {
		value = r.shared(text)
	}
	return wholeNumber(value), nil, nil
}

func (r *reader) yamlSequence(n *yaml.Node, scope yamlScope) (any, []cluster.Fields, error) {
	list := make([]any, 0, len(n.Content))
	fields := make([]cluster.Fields, 0, len(n.Content))
	for _, element := range n.Content {
		value, inner, err := r.yamlValue(element, scope)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, value)
		fields = append(fields, cluster.Fields{Line: line(scope.text, element), Inner: inner})
	}
	return list, fields, nil
}

// yamlMapping lets later keys win over a merge ("<<") before them.
func (r *reader) yamlMapping(n *yaml.Node, scope yamlScope) (any, []cluster.Fields, error) {
	size := len(n.Content) / 2
	m := mapping{values: make(map[string]any, size), fields: make([]cluster.Fields, 0, size)}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if isMerge(key) {
			if err := r.yamlMerge(&m, value, scope); err != nil {
				return nil, nil, err
			}
			continue
		}
		name, ok := r.yamlKey(key, scope)
		if !ok {
			continue
		}
		child, inner, err := r.yamlValue(value, scope)
		if err != nil {
			return nil, nil, err
		}
		field := cluster.Fields{Name: name, Line: line(scope.text, key), Inner: inner}
		if first, twice := m.set(field, child); twice {
			r.problems.add(scope.at(field.Line), "key %q stands twice: also on line %d", name, first)
		}
	}
	return m.values, m.fields, nil
}

// yamlKey is a key as text: YAML also has numbers and booleans as keys.
func (r *reader) yamlKey(key *yaml.Node, scope yamlScope) (string, bool) {
	if key.Kind == yaml.AliasNode {
		key = key.Alias
	}
	if key.Kind == yaml.ScalarNode {
		value, err := scalar(key)
		if name, ok := keyText(value); ok && err == nil {
			return r.shared(name), true
		}
	}
	r.problems.add(scope.at(line(scope.text, key)), "a key must be text")
	return "", false
}

func isMerge(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Tag == "!!merge"
}

// yamlMerge adds the keys of a mapping, or of a list of mappings of which earlier
// ones win.
func (r *reader) yamlMerge(m *mapping, n *yaml.Node, scope yamlScope) error {
	value, fields, err := r.yamlValue(n, scope)
	if err != nil {
		return err
	}
	list, isList := value.([]any)
	if !isList {
		list, fields = []any{value}, []cluster.Fields{{Inner: fields}}
	}
	at, merged := scope.at(line(scope.text, n)), map[string]bool{}
	for i, item := range list {
		values, ok := item.(map[string]any)
		if !ok {
			r.problems.add(at, "a merge (<<) needs a mapping or a list of mappings")
			return nil
		}
		for _, field := range fields[i].Inner {
			if merged[field.Name] {
				continue
			}
			merged[field.Name] = true
			if !m.merge(field, values[field.Name]) {
				r.problems.add(at, "the merge (<<) replaces key %q above it: put << first", field.Name)
			}
		}
	}
	return nil
}

// validText replaces what cannot be in JSON: binary data that is not text.
func validText(content []byte) string {
	if utf8.Valid(content) {
		return string(content)
	}
	return strings.ToValidUTF8(string(content), "\ufffd")
}
