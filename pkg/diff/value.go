package diff

import (
	"reflect"
	"strconv"

	"k8s.io/apimachinery/pkg/util/json"
)

// plain returns a value for a Change, and nil for one that is not set: a nil
// pointer, an empty string.
func plain(v reflect.Value) any {
	if v.Kind() == reflect.Pointer && v.IsNil() || v.Kind() == reflect.String && v.Len() == 0 {
		return nil
	}
	return value(v)
}

func listValue(v reflect.Value) any {
	if v.Len() == 0 {
		return nil
	}
	return value(v)
}

// value returns what JSON has for a value, whole numbers as int64.
func value(v reflect.Value) any {
	encoded, err := json.Marshal(v.Interface())
	if err != nil {
		return err.Error()
	}
	var decoded any
	if err := json.Unmarshal(encoded, &decoded); err != nil {
		return err.Error()
	}
	return decoded
}

func quoted(text string) string {
	return strconv.Quote(text)
}
