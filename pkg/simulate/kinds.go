package simulate

import (
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// kind is what the API server of a simulation does with objects of one kind.
type kind struct {
	resource schema.GroupResource
	// find returns an object as it is stored, or nil.
	find func(*world, cluster.Ref) cluster.Object
	// copied returns a copy that shares its parts: nobody changes them in place.
	copied func(cluster.Object) cluster.Object
	// complete fills in what a new object has as soon as it is there; nil: nothing.
	complete func(cluster.Object)
	// keep puts back into an object what an update does not change, or a status update;
	// nil: all of it changes.
	keep func(before, after cluster.Object, status bool)
	// patched is what a controller's patch leaves of an object; nil where whoever carries
	// the patch out does that himself, and the sync goes on as if the version were the same.
	patched func(cluster.Object, []byte) cluster.Object
	// create and update do what a change does; nil where it cannot.
	create func(*world, cluster.Object)
	update func(w *world, current, body cluster.Object)
}

func kinds() map[string]kind {
	return map[string]kind{
		"Deployment":            deploymentKind(),
		"ReplicaSet":            setKind(),
		"StatefulSet":           statefulKind(),
		"DaemonSet":             daemonKind(),
		"ControllerRevision":    revisionKind(),
		"PersistentVolumeClaim": claimKind(),
	}
}

type pointer[T any] interface {
	*T
	cluster.Object
}

// orNil makes a nil pointer a nil object.
func orNil[T any, P pointer[T]](object P) cluster.Object {
	if object == nil {
		return nil
	}
	return object
}

func copied[T any, P pointer[T]](object cluster.Object) cluster.Object {
	c := *object.(P)
	return P(&c)
}

func firstGeneration(object cluster.Object) { object.SetGeneration(1) }
