package defaults

import "fmt"

// Storable is a pointer to an API type that has the protobuf encoding, in which
// API servers store objects and controllers read them.
type Storable[T any] interface {
	*T
	Marshal() ([]byte, error)
	Unmarshal([]byte) error
}

// Stored gives the object the shape in which a controller sees it after a server
// stored it, in place: an empty list or map that is left out when it is encoded
// becomes absent, and quantities are written canonically.
//
//	env: []           nil
//	cpu: 1000m        1
//	memory: 1024Mi    1Gi
//
// The apiVersion and kind of a claim template are lost too: a server that shows the
// object adds them.
//
// A pod template's hash covers all three, and is equal to the cluster's only
// for templates that have gone through this, after the defaults.
func Stored[T any, P Storable[T]](object P) error {
	data, err := object.Marshal()
	if err != nil {
		return fmt.Errorf("encoding as a server stores it: %w", err)
	}
	var fresh T
	if err := P(&fresh).Unmarshal(data); err != nil {
		return fmt.Errorf("decoding as a controller reads it: %w", err)
	}
	*object = fresh
	return nil
}
