package live

import (
	"context"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
)

// call is one request as a person would name it. It is what an RBAC rule allows:
// verb, group and resource, in a namespace, or in all where that is empty.
type call struct {
	verb      string
	group     string
	resource  string
	namespace string
	name      string
}

// String is "list replicasets.apps in namespace shop".
func (c call) String() string {
	words := []string{c.verb, c.what()}
	if strings.HasPrefix(c.resource, "/") {
		return strings.Join(words, " ")
	}
	if c.name != "" {
		words = append(words, c.name)
	}
	if c.resource == "nodes" {
		return strings.Join(append(words, "of the cluster"), " ")
	}
	if c.namespace == "" {
		return strings.Join(append(words, "in all namespaces"), " ")
	}
	return strings.Join(append(words, "in namespace", c.namespace), " ")
}

// what is the resource with its group, as kubectl takes it: "replicasets.apps".
func (c call) what() string {
	if c.group == "" {
		return c.resource
	}
	return c.resource + "." + c.group
}

// errSlow is the cause of a deadline of ours.
var errSlow = errors.New("the server does not answer")

// send sends a request and reads the result. The deadline is for all tries together:
// client-go sleeps as long as a server's Retry-After says.
func (s *Server) send(
	ctx context.Context, c call, r *rest.Request, read func(rest.Result) error,
) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.patience, errSlow)
	defer cancel()
	ctx = klog.NewContext(ctx, klog.New(nil)) // what is worth knowing is in the error
	err := read(r.MaxRetries(s.retries).Do(ctx))
	if err != nil && errors.Is(context.Cause(ctx), errSlow) {
		return &Error{
			Err:   fmt.Errorf("the server at %s did not answer within %s: %s", s.host, s.patience, c),
			Hints: []string{"--request-timeout waits longer"},
		}
	}
	return s.explain(err, c)
}

// into decodes a result into an object.
func into(object runtime.Object) func(rest.Result) error {
	return func(result rest.Result) error { return result.Into(object) }
}

// get reads one object. It is false where there is none.
func (s *Server) get(ctx context.Context, c call, object runtime.Object) (bool, error) {
	c.verb = "get"
	r := s.clients[c.group].Get().Namespace(c.namespace).Resource(c.resource).Name(c.name)
	err := s.send(ctx, c, r, into(object))
	if apierrors.IsNotFound(err) && !unknownResource(err) {
		return false, nil
	}
	return err == nil, err
}
