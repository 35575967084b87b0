package simulate

import (
	"errors"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// transaction answers the writes of one sync as the API server would, without
// doing them: each write meets what the earlier ones of the sync left. So a second
// write of an object with its old resourceVersion is a conflict.
type transaction struct {
	world   *world
	version int64
	// pending is what each object would be; nil where it is deleted.
	pending map[cluster.Ref]cluster.Object
	// stored is the result of each accepted write, in order.
	stored []cluster.Object
}

func (w *world) begin() *transaction {
	return &transaction{world: w, version: w.version, pending: map[cluster.Ref]cluster.Object{}}
}

// Admit implements controller.API: no quota is assumed.
func (t *transaction) Admit(_ *corev1.Pod, count int) (int, error) { return count, nil }

// Answer implements controller.API.
func (t *transaction) Answer(write controller.Write) (cluster.Object, error) {
	if write.Object.Kind == "Pod" {
		return nil, t.world.refusePod(write)
	}
	kind := t.world.kinds[write.Object.Kind]
	resource := kind.resource
	current := t.current(write.Object)
	var stored cluster.Object
	switch write.Verb {
	case controller.Create:
		if current != nil {
			return nil, apierrors.NewAlreadyExists(resource, write.Object.Name)
		}
		stored = t.world.born(write.Object, write.Body)
	case controller.Delete, controller.Patch:
		if current == nil {
			return nil, apierrors.NewNotFound(resource, write.Object.Name)
		}
		if write.Reason == controller.AdoptOrphan && cluster.ControllerOf(current) != nil {
			return nil, apierrors.NewConflict(resource, write.Object.Name, errors.New("it has an owner"))
		}
		if write.Verb == controller.Patch && kind.patched != nil {
			stored = kind.patched(current, write.Patch)
		}
	default:
		if current == nil {
			return nil, apierrors.NewNotFound(resource, write.Object.Name)
		}
		if current.GetResourceVersion() != write.Body.GetResourceVersion() {
			return nil, apierrors.NewConflict(resource, write.Object.Name,
				errors.New("the object has been modified"))
		}
		stored = t.world.merge(current, write)
	}
	if stored != nil {
		t.version++
		stored.SetResourceVersion(strconv.FormatInt(t.version, 10))
	}
	if write.Verb != controller.Patch || stored != nil {
		t.pending[write.Object] = stored
	}
	t.stored = append(t.stored, stored)
	return stored, nil
}

// take returns the stored object of the next accepted write.
func (t *transaction) take() cluster.Object {
	first := t.stored[0]
	t.stored = t.stored[1:]
	if first != nil {
		t.world.version++
	}
	return first
}

// answer lets the API server answer one write now.
func (w *world) answer(write controller.Write) (cluster.Object, error) {
	tx := w.begin()
	stored, err := tx.Answer(write)
	w.version = tx.version
	return stored, err
}

func (t *transaction) current(ref cluster.Ref) cluster.Object {
	if object, ok := t.pending[ref]; ok {
		return object
	}
	return t.world.object(ref)
}

// object returns an object as it is stored, or nil.
func (w *world) object(ref cluster.Ref) cluster.Object {
	if k, ok := w.kinds[ref.Kind]; ok {
		return k.find(w, ref)
	}
	return nil
}

// predictedUID is that of an object that has none yet.
func predictedUID(ref cluster.Ref) types.UID {
	return types.UID("predicted:" + ref.Kind + "/" + ref.Namespace + "/" + ref.Name)
}

// born is an object as the API server stores it when it is created.
func (w *world) born(ref cluster.Ref, object cluster.Object) cluster.Object {
	created := object.DeepCopyObject().(cluster.Object)
	// A request has kind and namespace in its URL; the body may leave them out.
	created.GetObjectKind().SetGroupVersionKind(schema.FromAPIVersionAndKind(ref.APIVersion, ref.Kind))
	created.SetNamespace(ref.Namespace)
	if created.GetUID() == "" {
		created.SetUID(predictedUID(ref))
	}
	created.SetCreationTimestamp(metav1.NewTime(w.now.Truncate(time.Second)))
	if complete := w.kinds[ref.Kind].complete; complete != nil {
		complete(created)
	}
	return created
}

// merge is an object after an update or a status update.
func (w *world) merge(current cluster.Object, write controller.Write) cluster.Object {
	k := w.kinds[write.Object.Kind]
	stored := k.copied(write.Body)
	if k.keep != nil {
		k.keep(current, stored, write.Verb == controller.UpdateStatus)
	}
	return stored
}
