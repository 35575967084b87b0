// Package controller holds what the workload controllers have in common: the
// decision of one sync, the writes it consists of, and the pods they count.
package controller

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// Decision is what a controller does in one sync.
type Decision struct {
	// Writes are in the order in which the real controller sends them.
	Writes []Write
	// WakeAt is when to look again; zero: only an event can change the answer.
	WakeAt time.Time
	// Waits says what keeps the controller from going on; nil: nothing does.
	Waits *Wait
	// Err is why the sync was cut short; the real controller tries again later.
	Err error
}

// Wait is what a controller waits for.
type Wait struct {
	Object  cluster.Ref
	Reason  Reason
	Message string
}

// Verb is what a write does to its object.
type Verb string

// The verbs that controllers use.
const (
	Create       Verb = "Create"
	Update       Verb = "Update"
	UpdateStatus Verb = "UpdateStatus"
	Patch        Verb = "Patch"
	Delete       Verb = "Delete"
)

// Write is one request to the API server, or several that are identical.
type Write struct {
	Verb   Verb
	Object cluster.Ref

	// Body is the full payload of Create, Update and UpdateStatus.
	Body cluster.Object
	// Patch is the payload of a strategic merge patch; that of labels means the same as a
	// JSON merge patch, which the DaemonSet controller sends.
	Patch []byte

	// Count is how many identical Pods are created; 1 for every other write.
	Count int
	// Nodes are the nodes for which a DaemonSet's Pods are created, one each; the Body is
	// that of the first.
	Nodes []string
	// Pods are the pods deleted by one batch of deletions, in the order chosen,
	// or the one pod that is patched.
	Pods []*Pod

	// From and To are the sizes of the ReplicaSet that is created or scaled. They are
	// equal where a write does not change the size.
	From, To int32

	// Reason is for machines and tests, Message for people.
	Reason  Reason
	Message string

	// Err is set where the API refused the write.
	Err error
}

// API answers what a write would return, without doing it.
type API interface {
	// Answer returns the object as stored after the write, or why it is refused.
	// A write that concerns no single object returns nil.
	Answer(Write) (cluster.Object, error)
	// Admit says how many of count identical pods would be created, and why not
	// the rest.
	Admit(pod *corev1.Pod, count int) (admitted int, refusal error)
}

// Accepting is an API that stores each write as it was sent.
type Accepting struct{}

// Answer implements API.
func (Accepting) Answer(w Write) (cluster.Object, error) { return w.Body, nil }

// Admit implements API.
func (Accepting) Admit(_ *corev1.Pod, count int) (int, error) { return count, nil }
