package rollouts

import (
	"reflect"
	"time"
	"unsafe"

	"k8s.io/client-go/util/workqueue"
)

// A controller that syncs at once sees what its caches happen to hold. One that
// takes its time sees everything. The Deployment controller takes more of it, so
// that it sees all that the ReplicaSet controller makes of a write.
const (
	replicaSetReaction  = time.Millisecond
	statefulSetReaction = time.Millisecond
	daemonSetReaction   = time.Millisecond
	deploymentReaction  = 4 * time.Millisecond
)

// patient is the work queue of a controller that takes its time before each sync.
type patient struct {
	workqueue.TypedRateLimitingInterface[string]
	reaction time.Duration
	// from is when its time begins: what it puts off before goes to put.
	from time.Time
	put  func(after time.Duration)
}

// AddAfter implements workqueue.TypedDelayingInterface.
func (p patient) AddAfter(key string, after time.Duration) {
	if time.Now().Before(p.from) {
		p.put(after)
		return
	}
	p.TypedRateLimitingInterface.AddAfter(key, after)
}

// Get implements workqueue.TypedInterface.
func (p patient) Get() (key string, shutdown bool) {
	key, shutdown = p.TypedRateLimitingInterface.Get()
	time.Sleep(p.reaction)
	return key, shutdown
}

// makePatient imposes the order of a simulation on a controller that does not run
// yet.
func makePatient(controller any, reaction time.Duration) {
	slow(controller, patient{reaction: reaction})
}

// slow puts a patient queue in place of a controller's own.
func slow(controller any, p patient) {
	queue := field[workqueue.TypedRateLimitingInterface[string]](controller, "queue")
	p.TypedRateLimitingInterface = *queue
	*queue = p
}

// field gives access to an unexported field, whose type must be the field's own.
func field[T any](owner any, name string) *T {
	found := reflect.ValueOf(owner).Elem().FieldByName(name)
	if !found.IsValid() || found.Type() != reflect.TypeFor[T]() {
		panic("no field " + name + " of type " + reflect.TypeFor[T]().String())
	}
	return (*T)(unsafe.Pointer(found.UnsafeAddr()))
}
