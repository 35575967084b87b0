package plan

import "time"

// Pod is what happens to a pod whose name and volumes outlive it: one of a StatefulSet.
type Pod struct {
	Name    string `json:"name"`
	Ordinal int    `json:"ordinal"`
	// DNS is its name inside the cluster, up to the cluster's own domain:
	// db-0.db.shop.svc. Empty where the StatefulSet names no Service.
	DNS    string    `json:"dns,omitempty"`
	Action PodAction `json:"action"`
	// At is when that first happens, since the change.
	At string `json:"at,omitempty"`
	// Revision is the ControllerRevision that it is at in the end, or was at; From the one
	// that it is replaced from.
	Revision string  `json:"revision,omitempty"`
	From     string  `json:"fromRevision,omitempty"`
	Claims   []Claim `json:"claims,omitempty"`
}

// PodAction is what happens to a pod in a forecast.
type PodAction string

// The actions of pods.
const (
	PodKept      PodAction = "Keep"
	PodCreated   PodAction = "Create"
	PodRestarted PodAction = "Restart" // deleted, to be created again
	PodDeleted   PodAction = "Delete"
	PodMissing   PodAction = "Missing" // wanted, and not created in this forecast
)

// Claim is the PersistentVolumeClaim of a pod.
type Claim struct {
	Name   string      `json:"name"`
	Action ClaimAction `json:"action"`
}

// ClaimAction is what happens to a claim, and to the data in its volume.
type ClaimAction string

// The actions of claims.
const (
	ClaimKept    ClaimAction = "Keep"
	ClaimCreated ClaimAction = "Create"
	ClaimReused  ClaimAction = "Reuse" // a new pod gets what an earlier one of its name left
	ClaimDeleted ClaimAction = "Delete"
)

// Turn is a row of the table: a pod is created, restarted or deleted.
type Turn struct {
	Pod       string
	Action    PodAction
	At        time.Duration // of the deletion, where it is restarted
	Available int32         // of the workload, after the instant
	Waits     string        // what the controller then waits for: "db-4 to be ready"
	// Old is set where the pod comes back at an old revision.
	Old bool
}
