package decisions

import "testing"

// expect fails where the complete run of the fixed seed never went one of the
// ways: a generator that no longer reaches a branch proves nothing about it.
func (w *ways) expect(t *testing.T, expected []string) {
	t.Logf("worlds in which the controllers went each way:\n%s", w.table())
	if len(w.taken) == 0 {
		return
	}
	for _, way := range w.missing(expected) {
		t.Errorf("never happened: %s", way)
	}
}

// deploymentWays are the branches of the Deployment controller.
func deploymentWays() []string {
	return []string{
		"brake: an old ReplicaSet has more available than asked for",
		"collision counted",
		"condition: Available=False MinimumReplicasUnavailable",
		"condition: Available=True MinimumReplicasAvailable",
		"condition: Progressing=False ProgressDeadlineExceeded",
		"condition: Progressing=False ReplicaSetCreateError",
		"condition: Progressing=True FoundNewReplicaSet",
		"condition: Progressing=True NewReplicaSetAvailable",
		"condition: Progressing=True NewReplicaSetCreated",
		"condition: Progressing=True ReplicaSetUpdated",
		"condition: Progressing=Unknown DeploymentPaused",
		"condition: Progressing=Unknown DeploymentResumed",
		"condition: ReplicaFailure=True FailedCreate",
		"condition: ReplicaFailure=True FailedDelete",
		"fails", "nothing to write", "wakes up",
		"log: Cleaned up unhealthy replicas from old RSes",
		"log: Cleans up rollbackTo of deployment",
		"log: Could not convert the value with annotation key for the replica set",
		"log: Deployment timed out from last progress check",
		"log: Found replica set with desired revision",
		"log: Looking to cleanup old replica sets for deployment",
		"log: Not appending revision due to revision history length limit reached",
		"log: Queueing up deployment for a progress check",
		"log: Queueing up deployment for a progress check now",
		"log: Rolling back deployment to old template spec",
		"log: Rolling back to a revision that contains the same template as current deployment, skipping rollback...",
		"log: Scaled down old RSes",
		"log: Unable to extract revision from deployment's replica set",
		"log: Updating replica set revision OldRevision not int",
		"proportional: a product overflows", "proportional: down", "proportional: up",
		"proportional: leftover for the largest", "proportional: only annotations",
		"reason: AboveDesired", "reason: AdoptOrphan", "reason: EnoughAvailable",
		"reason: HashCollision",
		"reason: NewTemplate", "reason: OnlyActive", "reason: PausedCondition",
		"reason: Proportional",
		"reason: RecreateDown", "reason: RecreateUp", "reason: ReleaseMismatch",
		"reason: ReplicaSetRefused",
		"reason: RevisionHistory", "reason: RollbackAnnotation", "reason: Saturated",
		"reason: SelectsEverything",
		"reason: StatusChanged", "reason: SurgeAllowed", "reason: SyncReplicaSet",
		"reason: SyncRevision",
		"reason: UnhealthyOld",
		"write: Create replicasets", "write: Create replicasets, refused",
		"write: Delete replicasets", "write: Delete replicasets, refused",
		"write: Patch replicasets", "write: Patch replicasets, refused",
		"write: Update deployments", "write: Update deployments, refused",
		"write: Update replicasets", "write: Update replicasets, refused",
		"write: UpdateStatus deployments", "write: UpdateStatus deployments, refused",
	}
}

// replicaSetWays are the branches of the ReplicaSet controller.
func replicaSetWays() []string {
	return []string{
		"condition: ReplicaFailure=True FailedCreate",
		"condition: ReplicaFailure=True FailedDelete",
		"condition: ReplicaFailure taken away",
		"creation: as many as one sync may", "creation: slow start stops",
		"creation: the namespace goes away",
		"deletion: as many as one sync may", "deletion: of all pods",
		"deletion: of one of several choices", "deletion: of the only possible pods",
		"fails", "nothing to write", "wakes up",
		"log: Pod has already been deleted.",
		"reason: AdoptOrphan", "reason: ReleaseMismatch", "reason: StatusChanged",
		"reason: TooFewPods", "reason: TooManyPods",
		"write: Create pods", "write: Create pods, refused",
		"write: Delete pods", "write: Delete pods, refused",
		"write: Patch pods", "write: Patch pods, refused",
		"write: UpdateStatus replicasets", "write: UpdateStatus replicasets, refused",
	}
}
