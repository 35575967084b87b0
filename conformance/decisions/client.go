package decisions

import (
	"encoding/json"
	"errors"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/testing"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// client is a clientset that records each write of a real controller and applies
// none.
type client struct {
	*fake.Clientset
	answers *answers
	sent    []Sent
}

func newClient() *client {
	c := &client{Clientset: &fake.Clientset{}}
	c.AddReactor("*", "*", c.react)
	return c
}

// enter makes the client that of another world.
func (c *client) enter(world *World) {
	c.ClearActions()
	c.answers = newAnswers(world)
	c.sent = nil
}

// react is called with the lock of the clientset held.
func (c *client) react(action testing.Action) (bool, runtime.Object, error) {
	if action.GetVerb() == "get" {
		object, err := c.read(action.(testing.GetAction))
		return true, object, err
	}
	r, payload := requestOf(action)
	if r.name == "" && r.verb != controller.Create {
		// rest.Request.Name refuses this before anything is sent.
		return true, emptyOf(r.resource), errors.New("resource name may not be empty")
	}
	stored, err := c.answers.ask(r)
	c.sent = append(c.sent, Sent{
		Verb: r.verb, Resource: r.resource, Name: r.name,
		Body: payload, Refused: refusedBy(err), Count: 1,
	})
	if stored == nil {
		return true, emptyOf(r.resource), err
	}
	return true, stored, nil
}

func requestOf(action testing.Action) (request, json.RawMessage) {
	r := request{resource: action.GetResource().Resource}
	switch a := action.(type) {
	case testing.PatchAction:
		r.verb, r.name = controller.Patch, a.GetName()
		return r, canonical(a.GetPatch())
	case testing.DeleteAction:
		r.verb, r.name = controller.Delete, a.GetName()
		return r, nil
	case testing.CreateAction: // an UpdateAction is one too
		r.body = a.GetObject().(cluster.Object)
	}
	r.name = r.body.GetName()
	switch {
	case action.GetVerb() == "create":
		r.verb = controller.Create
	case action.GetSubresource() == "status":
		r.verb = controller.UpdateStatus
	case action.GetVerb() == "update" && action.GetSubresource() == "":
		r.verb = controller.Update
	default:
		panic(fmt.Sprintf("unexpected request %v", action))
	}
	return r, wire(r.body)
}

// read answers an uncached read: of the object that is synced, before it adopts, or
// of a ControllerRevision whose name is taken.
func (c *client) read(action testing.GetAction) (runtime.Object, error) {
	world, resource := c.answers.world, action.GetResource().Resource
	if resource == "controllerrevisions" {
		if found := world.revision(action.GetName()); found != nil {
			return found.DeepCopy(), nil
		}
		return emptyOf(resource), errorOf(NotFound, resource)
	}
	fresh := world.owner().DeepCopyObject().(cluster.Object)
	switch world.Live {
	case Deleting:
		at := metav1.NewTime(world.Now())
		fresh.SetDeletionTimestamp(&at)
	case Replaced:
		fresh.SetUID("another")
	case Gone:
		return emptyOf(resource), errorOf(NotFound, resource)
	case Unreadable:
		return emptyOf(resource), errorOf(Disconnected, resource)
	}
	return fresh, nil
}

func emptyOf(resource string) runtime.Object {
	switch resource {
	case "deployments":
		return &appsv1.Deployment{}
	case "replicasets":
		return &appsv1.ReplicaSet{}
	case "statefulsets":
		return &appsv1.StatefulSet{}
	case "daemonsets":
		return &appsv1.DaemonSet{}
	case "controllerrevisions":
		return &appsv1.ControllerRevision{}
	case "persistentvolumeclaims":
		return &corev1.PersistentVolumeClaim{}
	}
	return &corev1.Pod{}
}
