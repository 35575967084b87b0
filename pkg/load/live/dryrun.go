package live

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"golang.org/x/sync/errgroup"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

// Write is one request to try: what kubectl apply would send.
type Write struct {
	Ref cluster.Ref
	// Before is the object in the state that the write was made for; nil creates it.
	Before cluster.Object
	// Body is JSON: a strategic merge patch, or the object where it is created.
	Body []byte
}

// Answer is what the server made of a write. One of the three is set.
type Answer struct {
	// Object is what the server would have stored, admission included.
	Object cluster.Object
	// Refusals are why it would not: validation, quota, a policy or a webhook.
	Refusals []validate.Refusal
	// Untried is why the server could not be asked: "user ci may not patch
	// deployments.apps web in namespace shop".
	Untried string
}

// ErrMoved is wrapped by the error of a dry run whose object somebody else changed
// after the state was read.
var ErrMoved = errors.New("was changed after the state was read")

// fieldManager is whom a server would name as the one who set the fields.
const fieldManager = "kubectl-workload"

// DryRun sends the writes with DryRunAll, several at a time, and returns an answer
// for each. With ErrMoved, read the state again and try once more.
func (s *Server) DryRun(ctx context.Context, writes []Write) ([]Answer, error) {
	answers := make([]Answer, len(writes))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(maxParallel)
	for i, w := range writes {
		group.Go(func() error {
			var err error
			answers[i], err = s.try(ctx, w)
			return err
		})
	}
	return answers, group.Wait()
}

func (s *Server) try(ctx context.Context, w Write) (Answer, error) {
	c := call{group: "apps", namespace: w.Ref.Namespace, name: w.Ref.Name}
	var object cluster.Object
	switch w.Ref.Kind {
	case "Deployment":
		c.resource, object = "deployments", &appsv1.Deployment{}
	case "ReplicaSet":
		c.resource, object = "replicasets", &appsv1.ReplicaSet{}
	case "StatefulSet":
		c.resource, object = "statefulsets", &appsv1.StatefulSet{}
	case "DaemonSet":
		c.resource, object = "daemonsets", &appsv1.DaemonSet{}
	default:
		return Answer{Untried: w.Ref.Kind + " is no kind to plan"}, nil
	}
	request := s.creation(&c, w)
	if w.Before != nil {
		request = s.patch(&c, w)
	}
	if err := s.send(ctx, c, request, into(object)); err != nil {
		return refused(err, w, c)
	}
	identify(object, appsv1.SchemeGroupVersion.WithKind(w.Ref.Kind))
	return Answer{Object: object}, s.unmoved(ctx, w, object)
}

// creation is kubectl apply of an object that does not exist. Strict is what kubectl
// asks for: a field that the server does not know is a mistake.
func (s *Server) creation(c *call, w Write) *rest.Request {
	c.verb = "create"
	return s.clients[c.group].Post().Namespace(c.namespace).Resource(c.resource).
		VersionedParams(&metav1.CreateOptions{
			DryRun: []string{metav1.DryRunAll}, FieldManager: fieldManager,
			FieldValidation: metav1.FieldValidationStrict,
		}, s.options).
		SetHeader("Content-Type", runtime.ContentTypeJSON).Body(w.Body)
}

// patch is kubectl apply of one that does.
func (s *Server) patch(c *call, w Write) *rest.Request {
	c.verb = "patch"
	return s.clients[c.group].Patch(types.StrategicMergePatchType).
		Namespace(c.namespace).Resource(c.resource).Name(c.name).
		VersionedParams(&metav1.PatchOptions{
			DryRun: []string{metav1.DryRunAll}, FieldManager: fieldManager,
			FieldValidation: metav1.FieldValidationStrict,
		}, s.options).
		Body(w.Body)
}

// unmoved makes sure that an answer is about the object in the state, or what differs
// would be taken for the manifest's doing. A dry run keeps the resource version. A
// controller's writing of the status changes it too: then the object is read again,
// and its generation tells whether anybody else changed it.
func (s *Server) unmoved(ctx context.Context, w Write, answer cluster.Object) error {
	if w.Before == nil || sameVersion(answer, w.Before) {
		return nil
	}
	now, err := s.object(ctx, w.Ref)
	if err == nil && (now == nil || !sameButStatus(now, w.Before)) {
		err = moved(w.Ref)
	}
	return err
}

func sameVersion(a, b cluster.Object) bool {
	return a.GetUID() == b.GetUID() && a.GetResourceVersion() == b.GetResourceVersion()
}

// sameButStatus compares what a person or an autoscaler can change.
func sameButStatus(a, b cluster.Object) bool {
	return a.GetUID() == b.GetUID() && a.GetGeneration() == b.GetGeneration() &&
		maps.Equal(a.GetLabels(), b.GetLabels()) && maps.Equal(annotationsOf(a), annotationsOf(b))
}

// annotationsOf leaves out the revision, which the controller keeps like a status.
func annotationsOf(object cluster.Object) map[string]string {
	annotations := maps.Clone(object.GetAnnotations())
	delete(annotations, "deployment.kubernetes.io/revision")
	return annotations
}

func moved(ref cluster.Ref) error {
	return &Error{
		Err:   fmt.Errorf("%s -n %s %w", ref, ref.Namespace, ErrMoved),
		Hints: []string{"plan again"},
	}
}

// object reads one workload by name; nil where there is none.
func (s *Server) object(ctx context.Context, ref cluster.Ref) (cluster.Object, error) {
	switch ref.Kind {
	case "ReplicaSet":
		return orNothing(s.replicaSet(ctx, ref))
	case "StatefulSet":
		return orNothing(s.statefulSet(ctx, ref))
	case "DaemonSet":
		return orNothing(s.daemonSet(ctx, ref))
	}
	return orNothing(s.deployment(ctx, ref))
}

// orNothing makes no object of a pointer that is nil.
func orNothing[T any, P interface {
	*T
	cluster.Object
}](found P, err error) (cluster.Object, error) {
	if found == nil {
		return nil, err
	}
	return found, err
}
