// Package diff says in which fields two API objects differ. It knows the keys of
// lists, so that a container is found by its name wherever it stands.
package diff

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// Change is one field that differs. From is nil where the field is new, To where
// it is gone. Values are as JSON has them: string, bool, int64, map or slice.
type Change struct {
	// Path is from the object's root, as in
	// spec.template.spec.containers[name="web"].image.
	Path string
	From any
	To   any
}

// Objects returns the fields in which two objects of one kind differ, sorted by
// path. Both must have been defaulted. Status and what the server and the
// controllers write into metadata do not count. Where one object is nil there is
// nothing to compare. Otherwise, semantically equal objects have no change, and
// others have at least one.
func Objects(from, to cluster.Object) []Change {
	if isNil(from) || isNil(to) || reflect.TypeOf(from) != reflect.TypeOf(to) {
		return nil
	}
	var c comparison
	c.compare("", reflect.ValueOf(from), reflect.ValueOf(to))
	slices.SortStableFunc(c.changes, func(a, b Change) int {
		return cmp.Compare(a.Path, b.Path)
	})
	return c.changes
}

func isNil(object cluster.Object) bool {
	return object == nil || reflect.ValueOf(object).IsNil()
}

// ignored reports whether a field is the server's or a controller's, so that no
// person changes it.
func ignored(path string) bool {
	switch path {
	case "status", "metadata.managedFields", "metadata.generation", "metadata.resourceVersion",
		"metadata.uid", "metadata.creationTimestamp", "metadata.selfLink",
		`metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]`,
		`metadata.annotations["deployment.kubernetes.io/revision"]`,
		`metadata.annotations["deprecated.daemonset.template.generation"]`:
		return true
	}
	return false
}

// field appends the name of a struct field to a path.
func field(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// member appends the key of a map: .app, or ["app.kubernetes.io/name"] where a
// dot would be read as another step.
func member(path, key string) string {
	if key == "" || strings.ContainsAny(key, `./[]"\ `) {
		return path + "[" + quoted(key) + "]"
	}
	return path + "." + key
}
