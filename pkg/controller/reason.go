package controller

// Reason is why a controller writes, one word for machines and tests.
type Reason string

// The reasons of the Deployment controller.
const (
	NewTemplate        Reason = "NewTemplate"        // a ReplicaSet is created for a new pod template
	SurgeAllowed       Reason = "SurgeAllowed"       // the new ReplicaSet grows into replicas + maxSurge
	AboveDesired       Reason = "AboveDesired"       // the new ReplicaSet is larger than the Deployment
	UnhealthyOld       Reason = "UnhealthyOld"       // old pods that are not available make room first
	EnoughAvailable    Reason = "EnoughAvailable"    // old pods go while replicas - maxUnavailable stay available
	Saturated          Reason = "Saturated"          // the new ReplicaSet holds everything, old ones are emptied
	OnlyActive         Reason = "OnlyActive"         // the one ReplicaSet with pods takes the new size
	Proportional       Reason = "Proportional"       // a size change in mid-rollout is shared out
	RecreateDown       Reason = "RecreateDown"       // Recreate: all old pods stop first
	RecreateUp         Reason = "RecreateUp"         // Recreate: old pods are gone, new ones start
	SyncReplicaSet     Reason = "SyncReplicaSet"     // annotations or minReadySeconds of the new ReplicaSet
	SyncRevision       Reason = "SyncRevision"       // the Deployment takes its ReplicaSet's revision
	HashCollision      Reason = "HashCollision"      // another ReplicaSet has the name
	ReplicaSetRefused  Reason = "ReplicaSetRefused"  // the API refused the new ReplicaSet
	RevisionHistory    Reason = "RevisionHistory"    // more old ReplicaSets than revisionHistoryLimit
	RollbackAnnotation Reason = "RollbackAnnotation" // the deprecated rollback annotation
	PausedCondition    Reason = "PausedCondition"    // the Deployment was paused or resumed
	StatusChanged      Reason = "StatusChanged"      // the status no longer says what is there
	SelectsEverything  Reason = "SelectsEverything"  // an empty selector: the controller refuses to act
	AdoptOrphan        Reason = "AdoptOrphan"        // an object without owner matches the selector
	ReleaseMismatch    Reason = "ReleaseMismatch"    // an owned object no longer matches the selector
)

// The reasons of the ReplicaSet controller.
const (
	TooFewPods  Reason = "TooFewPods"
	TooManyPods Reason = "TooManyPods"
)
