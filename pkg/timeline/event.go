// Package timeline says what happened when: the events of a forecast, and the
// measures folded over them.
package timeline

import (
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// Actor is who did something.
type Actor string

// The actors.
const (
	DeploymentController  Actor = "deployment-controller"
	ReplicaSetController  Actor = "replicaset-controller"
	StatefulSetController Actor = "statefulset-controller"
	DaemonSetController   Actor = "daemonset-controller"
	NodeController        Actor = "node-lifecycle-controller"
	PodGarbageCollector   Actor = "pod-garbage-collector"
	GarbageCollector      Actor = "garbage-collector"
	Kubelet               Actor = "kubelet"
	User                  Actor = "user"
)

// Action is what was done.
type Action string

// The actions. Ready, Available, Gone and Fail happen to pods.
const (
	Scale     Action = "Scale"
	Create    Action = "Create"
	Delete    Action = "Delete"
	Ready     Action = "Ready"
	Available Action = "Available"
	Gone      Action = "Gone"
	Fail      Action = "Fail"
	Patch     Action = "Patch"
	Condition Action = "Condition"
)

// Event is one thing that happened to one object of a workload.
type Event struct {
	At       time.Duration // since the change
	Actor    Actor
	Action   Action
	Workload cluster.Ref // the workload whose rollout it belongs to
	Object   cluster.Ref
	// Node is the node of the pod that it happened to; only of a DaemonSet.
	Node string
	// Predicted is set where the object has no name yet and Object.Name is a placeholder.
	Predicted bool
	// Sized is set for Scale, and for Create of a ReplicaSet (From is then 0).
	Sized    bool
	From, To int32
	// Old is set for what happens to an old revision of the workload.
	Old     bool
	Reason  string
	Message string
	State   State // right after the event
}

// State counts the pods of a workload at one moment.
type State struct {
	Desired     int32 `json:"desired"`
	Total       int32 `json:"total"`     // neither finished nor terminating
	Updated     int32 `json:"updated"`   // of these, at the new revision
	Ready       int32 `json:"ready"`     // of these
	Available   int32 `json:"available"` // Ready for the owner's minReadySeconds
	Terminating int32 `json:"terminating"`
}

// Pods counts every pod there is, terminating ones included: what nodes and
// quotas feel.
func (s State) Pods() int32 { return s.Total + s.Terminating }
