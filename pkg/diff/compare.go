package diff

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
)

// comparison gathers changes on the way down through two values of one type.
type comparison struct {
	changes []Change
}

func (c *comparison) add(path string, from, to any) {
	c.changes = append(c.changes, Change{Path: path, From: from, To: to})
}

// compare walks two values. Like semantic equality, it takes nil and empty maps
// and lists for the same, and a nil pointer for another value than an empty one.
func (c *comparison) compare(path string, from, to reflect.Value) {
	if ignored(path) || identical(from, to) {
		return
	}
	if isLeaf(from.Type()) {
		c.compareLeaf(path, from, to)
		return
	}
	switch from.Kind() {
	case reflect.Pointer:
		if from.IsNil() || to.IsNil() {
			c.compareLeaf(path, from, to)
			return
		}
		c.compare(path, from.Elem(), to.Elem())
	case reflect.Struct:
		c.compareStruct(path, from, to)
	case reflect.Map:
		c.compareMap(path, from, to)
	case reflect.Slice:
		c.compareList(path, "", from, to)
	default:
		c.compareLeaf(path, from, to)
	}
}

// identical reports whether the standard library, which is fast, already sees no
// difference in two structs; most parts of two objects have none.
func identical(from, to reflect.Value) bool {
	return from.Kind() == reflect.Struct && from.CanAddr() && to.CanAddr() &&
		reflect.DeepEqual(from.Addr().Interface(), to.Addr().Interface())
}

// isLeaf reports whether the type writes its own JSON, as Quantity, IntOrString
// and Time do: such a value is compared and shown as a whole.
func isLeaf(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		return false
	}
	marshaler := reflect.TypeFor[json.Marshaler]()
	return t.Implements(marshaler) || reflect.PointerTo(t).Implements(marshaler)
}

func (c *comparison) compareLeaf(path string, from, to reflect.Value) {
	if !equality.Semantic.DeepEqual(from.Interface(), to.Interface()) {
		c.add(path, plain(from), plain(to))
	}
}

func (c *comparison) compareStruct(path string, from, to reflect.Value) {
	for i := range from.NumField() {
		tag := from.Type().Field(i)
		name, _, _ := strings.Cut(tag.Tag.Get("json"), ",")
		key := keyOf(tag)
		switch {
		case !tag.IsExported() || name == "-":
		case name == "" && tag.Anonymous:
			c.compare(path, from.Field(i), to.Field(i))
		case key != "" && tag.Type.Kind() == reflect.Slice:
			if at := field(path, name); !ignored(at) {
				c.compareList(at, key, from.Field(i), to.Field(i))
			}
		default:
			c.compare(field(path, name), from.Field(i), to.Field(i))
		}
	}
}

func (c *comparison) compareMap(path string, from, to reflect.Value) {
	for _, key := range sortedKeys(from, to) {
		at := member(path, key.String())
		x, y := from.MapIndex(key), to.MapIndex(key)
		switch {
		case ignored(at):
		case !x.IsValid():
			c.add(at, nil, value(y))
		case !y.IsValid():
			c.add(at, value(x), nil)
		default:
			c.compare(at, x, y)
		}
	}
}

// sortedKeys returns the keys that either map has. All maps of the API have
// strings for keys.
func sortedKeys(from, to reflect.Value) []reflect.Value {
	keys := from.MapKeys()
	for _, key := range to.MapKeys() {
		if !from.MapIndex(key).IsValid() {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		return strings.Compare(a.String(), b.String())
	})
	return keys
}
