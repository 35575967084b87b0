package decisions

import (
	"reflect"
	"unsafe"
)

// field gives access to an unexported field of a controller: its sync function is
// called directly, and its queue and clients are replaced. The type must be the
// field's own, so a release that changes it does not go unnoticed.
func field[T any](owner any, name string) *T {
	found := reflect.ValueOf(owner).Elem().FieldByName(name)
	if !found.IsValid() || found.Type() != reflect.TypeFor[T]() {
		panic("no field " + name + " of type " + reflect.TypeFor[T]().String())
	}
	return (*T)(unsafe.Pointer(found.UnsafeAddr()))
}
