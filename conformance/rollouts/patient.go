package rollouts

import (
	"reflect"
	"time"
	"unsafe"

	"k8s.io/client-go/util/workqueue"
	"k8s.io/kubernetes/pkg/controller/deployment"
)

// reaction is how long the Deployment controller waits before it looks at what it
// was told. By then the ReplicaSet controller is quiet and every cache is up to date.
const reaction = 8 * time.Millisecond

// patient is the work queue of a controller that takes its time.
type patient struct {
	workqueue.TypedRateLimitingInterface[string]
}

// Add implements workqueue.TypedInterface.
func (p patient) Add(key string) { p.AddAfter(key, reaction) }

// makePatient imposes the order of a simulation on a Deployment controller that
// does not run yet: it acts after the ReplicaSet controller, on what is stored.
func makePatient(dc *deployment.DeploymentController) {
	queue := field[workqueue.TypedRateLimitingInterface[string]](dc, "queue")
	*queue = patient{*queue}
}

// field gives access to an unexported field, whose type must be the field's own.
func field[T any](owner any, name string) *T {
	found := reflect.ValueOf(owner).Elem().FieldByName(name)
	if !found.IsValid() || found.Type() != reflect.TypeFor[T]() {
		panic("no field " + name + " of type " + reflect.TypeFor[T]().String())
	}
	return (*T)(unsafe.Pointer(found.UnsafeAddr()))
}
