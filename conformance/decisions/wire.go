package decisions

import (
	"encoding/json"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// wire is an object as it is sent, without apiVersion and kind: typed clients
// leave them out and others do not.
func wire(object cluster.Object) json.RawMessage {
	var bare any
	switch o := object.(type) {
	case *appsv1.Deployment:
		copied := *o
		copied.TypeMeta = metav1.TypeMeta{}
		bare = &copied
	case *appsv1.ReplicaSet:
		copied := *o
		copied.TypeMeta = metav1.TypeMeta{}
		bare = &copied
	case *corev1.Pod:
		copied := *o
		copied.TypeMeta = metav1.TypeMeta{}
		bare = &copied
	}
	return encoded(bare)
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
