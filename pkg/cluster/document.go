package cluster

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Document is an object as a person or a server wrote it, and where it stands.
type Document struct {
	Object *unstructured.Unstructured
	Source Source

	// Fields is where the fields of the object stand; nil where nobody kept it.
	Fields *Fields
}

// At is the place of a field, named as API validation names it:
// "spec.template.spec.containers[0].image". Where the field itself is not
// written, it is the place of the nearest field around it.
func (d Document) At(path string) Source {
	if line := d.Fields.line(path); line != 0 {
		return Source{File: d.Source.File, Line: line}
	}
	return d.Source
}

// Source is a place in an input. File is "-" for standard input; Line counts
// from 1, and is 0 where it is not known.
type Source struct {
	File string
	Line int
}

// String is how a compiler names the place: "deploy.yaml:12".
func (s Source) String() string {
	if s.Line == 0 {
		return s.File
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}
