package diff

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// compareList finds elements by key where no two elements of a list share it;
// else by position, if there are equally many; else the list is one value. The
// key is empty where the API has none.
func (c *comparison) compareList(path, key string, from, to reflect.Value) {
	for _, names := range keyNames(key) {
		x, unique := keysOf(names, from)
		y, alsoUnique := keysOf(names, to)
		if unique && alsoUnique {
			c.compareKeyed(path, keyed{from, x}, keyed{to, y})
			return
		}
	}
	switch {
	case from.Len() == to.Len() && from.Type().Elem().Kind() == reflect.Struct:
		for i := range from.Len() {
			c.compare(fmt.Sprintf("%s[%d]", path, i), from.Index(i), to.Index(i))
		}
	case !equality.Semantic.DeepEqual(from.Interface(), to.Interface()):
		c.add(path, listValue(from), listValue(to))
	}
}

// keyOf names what tells elements of a list apart: the merge key, or the name of
// objects, as claim templates are. It is empty where there is neither.
func keyOf(list reflect.StructField) string {
	key := list.Tag.Get("patchMergeKey")
	if key == "" && list.Type.Kind() == reflect.Slice &&
		reflect.PointerTo(list.Type.Elem()).Implements(reflect.TypeFor[metav1.Object]()) {
		return "name"
	}
	return key
}

// keyNames returns the fields that tell elements of a list apart, the shortest
// choice first. A merge key need not be unique: one port number may be open for
// two protocols.
func keyNames(key string) [][]string {
	switch key {
	case "":
		return nil
	case "containerPort":
		return [][]string{{key}, {key, "protocol"}}
	case "topologyKey":
		return [][]string{{key}, {key, "whenUnsatisfiable"}}
	}
	return [][]string{{key}}
}

// keyed is a list and the key of each element, as a path writes it.
type keyed struct {
	list reflect.Value
	keys []string
}

func (k keyed) find(key string) (reflect.Value, bool) {
	i := slices.Index(k.keys, key)
	if i < 0 {
		return reflect.Value{}, false
	}
	return k.list.Index(i), true
}

func (c *comparison) compareKeyed(path string, from, to keyed) {
	for i, key := range from.keys {
		x, at := from.list.Index(i), path+key
		if y, ok := to.find(key); ok {
			c.compare(at, x, y)
		} else {
			c.add(at, value(x), nil)
		}
	}
	for i, key := range to.keys {
		if _, ok := from.find(key); !ok {
			c.add(path+key, nil, value(to.list.Index(i)))
		}
	}
	c.compareOrder(path, from.keys, to.keys)
}

// compareOrder reports elements that stand in another order as one change of the
// list itself: to a controller such a template is another one.
func (c *comparison) compareOrder(path string, from, to []string) {
	x := slices.DeleteFunc(slices.Clone(from), func(key string) bool { return !slices.Contains(to, key) })
	y := slices.DeleteFunc(slices.Clone(to), func(key string) bool { return !slices.Contains(from, key) })
	if !slices.Equal(x, y) {
		c.add(path, "order "+strings.Join(x, ""), "order "+strings.Join(y, ""))
	}
}

// keysOf returns [name="web"] for each element, and whether no two are the same.
func keysOf(names []string, list reflect.Value) (keys []string, unique bool) {
	for i := range list.Len() {
		var parts []string
		for _, name := range names {
			parts = append(parts, name+"="+keyText(list.Index(i), name))
		}
		key := "[" + strings.Join(parts, ",") + "]"
		if slices.Contains(keys, key) {
			return nil, false
		}
		keys = append(keys, key)
	}
	return keys, true
}

func keyText(element reflect.Value, name string) string {
	if object, ok := element.Addr().Interface().(metav1.Object); ok {
		return quoted(object.GetName())
	}
	for i := range element.NumField() {
		tag := element.Type().Field(i).Tag.Get("json")
		if own, _, _ := strings.Cut(tag, ","); own != name {
			continue
		}
		if at := element.Field(i); at.Kind() != reflect.String {
			return fmt.Sprint(at.Interface())
		}
		return quoted(element.Field(i).String())
	}
	return ""
}
