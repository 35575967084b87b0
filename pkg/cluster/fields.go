package cluster

import (
	"strconv"
	"strings"
)

// Fields is the lines of an object's fields: a tree of the object's shape.
type Fields struct {
	Name  string // the key in a mapping; empty in a list
	Line  int
	Inner []Fields
}

// line is the line of the field with the path, or of the nearest one around it;
// 0 on nil.
func (f *Fields) line(path string) int {
	if f == nil {
		return 0
	}
	if inner, rest := f.step(path); inner != nil {
		return inner.line(rest)
	}
	return f.Line
}

// step goes to the field that a path begins with, and returns the rest of it.
func (f *Fields) step(path string) (*Fields, string) {
	if bracketed, ok := strings.CutPrefix(path, "["); ok {
		key, rest, _ := strings.Cut(bracketed, "]")
		return f.element(key), strings.TrimPrefix(rest, ".")
	}
	for i := range f.Inner {
		rest, ok := strings.CutPrefix(path, f.Inner[i].Name)
		if ok && f.Inner[i].Name != "" && endsKey(rest) {
			return &f.Inner[i], strings.TrimPrefix(rest, ".")
		}
	}
	return nil, ""
}

// element is what stands in brackets: an index, or a key that contains dots.
func (f *Fields) element(key string) *Fields {
	for i := range f.Inner {
		if f.Inner[i].Name == strings.Trim(key, `"`) && key != "" {
			return &f.Inner[i]
		}
	}
	if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(f.Inner) {
		return &f.Inner[i]
	}
	return nil
}

func endsKey(rest string) bool {
	return rest == "" || rest[0] == '.' || rest[0] == '['
}
