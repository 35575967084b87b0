package rollouts

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/testing"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// newClient returns a clientset whose requests go to a store. Events are taken
// and forgotten.
func newClient(s *store) *fake.Clientset {
	client := &fake.Clientset{}
	client.AddReactor("*", "events", func(testing.Action) (bool, runtime.Object, error) {
		return true, &corev1.Event{}, nil
	})
	client.AddReactor("*", "*", func(action testing.Action) (bool, runtime.Object, error) {
		object, err := answer(s, action)
		return true, object, err
	})
	client.AddWatchReactor("*", func(action testing.Action) (bool, watch.Interface, error) {
		watching := action.(testing.WatchActionImpl)
		events, err := s.watch(action.GetResource().Resource, watching.ListOptions.ResourceVersion)
		return true, events, err
	})
	return client
}

func answer(s *store, action testing.Action) (runtime.Object, error) {
	resource := action.GetResource().Resource
	switch a := action.(type) {
	case testing.ListActionImpl:
		return s.list(resource), nil
	case testing.GetActionImpl:
		return copyOf(resource)(s.get(resource, a.Name))
	case testing.CreateActionImpl:
		return copyOf(resource)(s.create(resource, a.Object.(cluster.Object)))
	case testing.UpdateActionImpl:
		return copyOf(resource)(s.update(resource, a.Subresource == "status", a.Object.(cluster.Object)))
	case testing.PatchActionImpl:
		if a.PatchType != types.StrategicMergePatchType {
			break
		}
		return copyOf(resource)(s.patch(resource, a.Name, a.Patch))
	case testing.DeleteActionImpl:
		return emptyOf(resource), s.delete(resource, a.Name, a.DeleteOptions)
	}
	return nil, fmt.Errorf("the store does not know the request %v", action)
}

// copyOf gives a client an object of its own; the typed client wants one in case
// of an error too.
func copyOf(resource string) func(cluster.Object, error) (runtime.Object, error) {
	return func(object cluster.Object, err error) (runtime.Object, error) {
		if err != nil {
			return emptyOf(resource), err
		}
		return object.DeepCopyObject(), nil
	}
}
