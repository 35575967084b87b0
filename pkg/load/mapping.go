package load

import (
	"slices"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// mapping is an object while it is read.
type mapping struct {
	values map[string]any
	fields []cluster.Fields
	merged map[string]bool // keys that a later one may still replace
}

// set adds a key. If it stood there before, it says on which line.
func (m *mapping) set(field cluster.Fields, value any) (first int, twice bool) {
	_, exists := m.values[field.Name]
	if exists && !m.merged[field.Name] {
		return m.fields[m.index(field.Name)].Line, true
	}
	m.values[field.Name] = value
	if exists {
		m.fields[m.index(field.Name)] = field
		delete(m.merged, field.Name)
	} else {
		m.fields = append(m.fields, field)
	}
	return 0, false
}

// merge adds a key that comes out of a YAML merge, and is false if the key
// already stands there: parsers disagree about which of the two counts.
func (m *mapping) merge(field cluster.Fields, value any) bool {
	if _, exists := m.values[field.Name]; exists {
		return false
	}
	if m.merged == nil {
		m.merged = map[string]bool{}
	}
	m.merged[field.Name] = true
	m.values[field.Name] = value
	m.fields = append(m.fields, field)
	return true
}

func (m *mapping) index(name string) int {
	return slices.IndexFunc(m.fields, func(f cluster.Fields) bool { return f.Name == name })
}
