package load

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// misfits are the values that an API type cannot hold. Fields that the type does
// not have are none: they are unknown, not wrong.
func misfits(value any, t reflect.Type, path string) []misshape {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if value == nil {
		return nil
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return misfitOf(reads(value, t), path)
	}
	switch t.Kind() {
	case reflect.Struct:
		return structMisfits(value, t, path)
	case reflect.Map:
		return mapMisfits(value, t, path)
	case reflect.Slice:
		return sliceMisfits(value, t, path)
	case reflect.String:
		if _, ok := value.(string); ok {
			return nil
		}
		return misfitOf(mustBeText(value), path)
	case reflect.Bool:
		_, ok := value.(bool)
		return misfitOf(want(ok, "true or false", value), path)
	}
	return misfitOf(fitsNumber(value, t), path)
}

func misfitOf(text, path string) []misshape {
	if text == "" {
		return nil
	}
	return []misshape{{path: path, text: text}}
}

func want(ok bool, what string, value any) string {
	if ok {
		return ""
	}
	return fmt.Sprintf("must be %s, not %s", what, describe(value))
}

// reads asks a type that reads itself: a quantity, a time, "25%" or 3.
func reads(value any, t reflect.Type) string {
	content, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(content, reflect.New(t).Interface())
	}
	if err == nil {
		return ""
	}
	return fmt.Sprintf("%s is not valid: %v", describe(value), err)
}

func fitsNumber(value any, t reflect.Type) string {
	content, _ := json.Marshal(value)
	switch number := value.(type) {
	case int64, float64:
		if json.Unmarshal(content, reflect.New(t).Interface()) == nil {
			return ""
		}
		if _, whole := number.(int64); whole {
			return fmt.Sprintf("%v is too large or too small", number)
		}
		return fmt.Sprintf("must be a whole number, not %v", number)
	}
	return want(false, "a number", value)
}

func structMisfits(value any, t reflect.Type, path string) []misshape {
	object, ok := value.(map[string]any)
	if !ok {
		return misfitOf(want(false, "a mapping", value), path)
	}
	var wrong []misshape
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		switch {
		case name == "" && t.Field(i).Anonymous:
			wrong = append(wrong, misfits(value, t.Field(i).Type, path)...)
		case object[name] != nil:
			wrong = append(wrong, misfits(object[name], t.Field(i).Type, join(path, name))...)
		}
	}
	return wrong
}

func mapMisfits(value any, t reflect.Type, path string) []misshape {
	object, ok := value.(map[string]any)
	if !ok {
		return misfitOf(want(false, "a mapping", value), path)
	}
	var wrong []misshape
	for _, key := range slices.Sorted(maps.Keys(object)) {
		wrong = append(wrong, misfits(object[key], t.Elem(), join(path, key))...)
	}
	return wrong
}

func sliceMisfits(value any, t reflect.Type, path string) []misshape {
	if t.Elem().Kind() == reflect.Uint8 {
		return misfitOf(reads(value, t), path)
	}
	list, ok := value.([]any)
	if !ok {
		return misfitOf(want(false, "a list", value), path)
	}
	var wrong []misshape
	for i, element := range list {
		wrong = append(wrong, misfits(element, t.Elem(), fmt.Sprintf("%s[%d]", path, i))...)
	}
	return wrong
}

// join names keys that contain dots as API validation does: labels[example.com/a].
func join(path, name string) string {
	switch {
	case path == "":
		return name
	case strings.ContainsAny(name, "./[]"):
		return path + "[" + name + "]"
	}
	return path + "." + name
}
