// Package live reads from a live cluster what a plan needs, and no more: the
// workloads in question, their ReplicaSets and pods, the autoscalers beside them. It
// sends GET and LIST, and writes with DryRunAll alone, which change nothing.
package live

import (
	"context"
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/rest"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

// Server is a connection to the API server of a cluster. Its methods can be used
// at the same time.
type Server struct{}

// Connect makes a connection of what a kubeconfig says. It sends nothing yet.
func Connect(config *rest.Config) (*Server, error) {
	return nil, errors.New("live clusters cannot be read yet")
}

// Version is what a server says of itself, and what is planned for.
type Version struct {
	Text    string              // as the server writes it: "v1.31.4-gke.1256000"
	Plans   kubeversion.Version // the nearest version that can be planned for
	Warning string              // where that is another one; else empty
}

// Version asks for the server's version, once. Where the server is too old to plan
// for, the error comes with the text: whoever was told another version can go on.
func (s *Server) Version(ctx context.Context) (Version, error) {
	return Version{}, errors.New("live clusters cannot be read yet")
}

// Warnings are what the server has warned of so far, each once.
func (s *Server) Warnings() []string { return nil }

// Question is which workloads a plan is about.
type Question struct {
	// Named are workloads by name. Those that do not exist are left out of the
	// state.
	Named []Workload

	// Without names: the workloads of a namespace, or of all where it is empty, of
	// these kinds (Deployment, ReplicaSet; none stands for both) and with labels
	// that fit; nil is every label.
	Namespace string
	Kinds     []string
	Selector  labels.Selector

	// Profile says how objects are defaulted.
	Profile kubeversion.Profile
}

// Workload is a workload by name. APIVersion, Kind, Namespace and Name are all set.
type Workload struct {
	Ref cluster.Ref
	// Selector is that of a manifest: where the workload does not exist yet, it
	// will adopt what fits. Nil where there is no manifest.
	Selector *metav1.LabelSelector
}

// State reads the state that the question is about. Its instant is the server's
// clock. What the role may not read and a plan can do without is in Unread.
func (s *Server) State(ctx context.Context, q Question) (*cluster.Snapshot, error) {
	return nil, errors.New("live clusters cannot be read yet")
}

// Write is one request to try: what kubectl apply would send.
type Write struct {
	Ref cluster.Ref
	// Before is the object in the state that the write was made for; nil creates it.
	Before cluster.Object
	// Body is a strategic merge patch, or the whole object where it is created, as JSON.
	Body []byte
}

// Answer is what the server made of a write. One of the three is set.
type Answer struct {
	// Object is what the server would have stored, admission included.
	Object cluster.Object
	// Refusals are why the server would not: validation, quota, or a webhook.
	Refusals []validate.Refusal
	// Untried is why the server could not be asked, as half a sentence: "you may
	// not patch deployments in namespace shop".
	Untried string
}

// DryRun sends the writes with DryRunAll, several at a time, and returns an answer
// for each. Where the object is no longer as in the state, the error is ErrMoved:
// read the state again.
func (s *Server) DryRun(ctx context.Context, writes []Write) ([]Answer, error) {
	return nil, errors.New("live clusters cannot be read yet")
}

// ErrTooOld is wrapped by the error of Version for servers before 1.29.
var ErrTooOld = errors.New("too old to plan for")

// ErrMoved is wrapped by the error of a dry run whose object was changed by somebody
// else after the state was read.
var ErrMoved = errors.New("changed while it was read")

// Error is an error with lines that say what to do about it.
type Error struct {
	Err   error
	Hints []string
}

// Error is one line.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns what the server or the client said.
func (e *Error) Unwrap() error { return e.Err }

// Explain makes one line with hints of what client-go says; errors of this package
// pass as they are. Commands use it for what a kubeconfig is wrong about.
func Explain(err error) error { return err }
