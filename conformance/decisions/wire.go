package decisions

import (
	"encoding/json"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// wire is an object as it is sent, without apiVersion and kind: typed clients
// leave them out and others do not.
func wire(object cluster.Object) json.RawMessage {
	object = object.DeepCopyObject().(cluster.Object)
	object.GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{})
	return encoded(object)
}

// canonical is a patch with its keys sorted.
func canonical(patch []byte) json.RawMessage {
	var value any
	if err := json.Unmarshal(patch, &value); err != nil {
		return encoded(string(patch))
	}
	return encoded(value)
}

func encoded(value any) json.RawMessage {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return data
}
