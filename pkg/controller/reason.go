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

// The reasons of the StatefulSet controller.
const (
	MissingPod        Reason = "MissingPod"        // an ordinal that is wanted has no pod
	MissingClaim      Reason = "MissingClaim"      // a pod needs a PersistentVolumeClaim that does not exist
	ClaimOwners       Reason = "ClaimOwners"       // the retention policy wants a claim to have other owners
	RepairPod         Reason = "RepairPod"         // a pod's name, labels, volumes or claims are not as they should be
	Condemned         Reason = "Condemned"         // a pod's ordinal is not wanted
	OldRevision       Reason = "OldRevision"       // a pod makes room for one of the new revision
	BrokenOldRevision Reason = "BrokenOldRevision" // the same for a pod that is not available anyway
	ReusedRevision    Reason = "ReusedRevision"    // an older revision with the same template is taken again

	PodFinished     Reason = "PodFinished"     // a pod failed or succeeded
	PodTerminating  Reason = "PodTerminating"  // a pod on its way out has to be gone first
	PodNotReady     Reason = "PodNotReady"     // a pod has to be running and ready first
	PodNotAvailable Reason = "PodNotAvailable" // a pod has to be ready for minReadySeconds first
	StaleClaim      Reason = "StaleClaim"      // a claim of an earlier pod has to be gone first
)

// The reasons of the DaemonSet controller.
const (
	NodeNeedsPod      Reason = "NodeNeedsPod"      // an eligible node has no pod
	NodeNotEligible   Reason = "NodeNotEligible"   // a pod may not stay on its node
	NodeGone          Reason = "NodeGone"          // a pod waits for a node that does not exist
	ExcessPod         Reason = "ExcessPod"         // a node has more pods than it may have
	Replaced          Reason = "Replaced"          // the new pod of a node makes the old one superfluous
	UnavailableOld    Reason = "UnavailableOld"    // a node gets its new pod: the old one is not available anyway
	LabelRevision     Reason = "LabelRevision"     // a revision lacks the label with its hash
	DuplicateRevision Reason = "DuplicateRevision" // several revisions have the template: one is kept
	NodesUnavailable  Reason = "NodesUnavailable"  // as many nodes lack an available pod as may
	SurgePending      Reason = "SurgePending"      // as many extra pods are on their way as may be
)
