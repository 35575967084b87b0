package decisions

import "slices"

// daemonSetWays are the branches of the DaemonSet controller.
func daemonSetWays() []string {
	return slices.Concat(daemonWrites(), []string{
		"creation: as many as one sync may", "creation: slow start stops",
		"creation: the node " + lacking,
		"creation: the node " + candidate, "creation: the node " + broken,
		"deletion: as many as one sync may",
		"deletion: the pod " + adrift, "deletion: the pod " + unfit, "deletion: the pod " + failed,
		"deletion: the pod " + succeeded, "deletion: the pod " + excess, "deletion: the pod " + broken,
		"deletion: the pod " + leaving, "deletion: the pod " + candidate,
		"fails", "nothing to write", "wakes up",
		"log: Controller still waiting on expectations",
		"log: DaemonSet is not configured for surge or unavailability, defaulting to accepting unavailability",
		"log: Deleting failed pod on node has been limited by backoff",
		"log: Failed to get target node name of Pod in DaemonSet",
		"log: Failed to update status",
		"log: Found a hash collision for DaemonSet - bumping collisionCount to resolve it",
		"log: Patching ControllerRevision to remove its controllerRef",
		"log: Patching pod to remove its controllerRef",
		"log: Pod has already been deleted.",
		"log: Slow-start failure. Skipping creation pods, decrementing expectations for daemon set",
		"revision: becomes the newest", "revision: deleted, a duplicate", "revision: deleted, old",
		"revision: gets a hash", "revision: pods get another hash",
		"tried again: UpdateStatus daemonsets",
	})
}

// daemonWrites are all writes, and all causes for which the API may refuse them that the
// controller could tell apart.
func daemonWrites() []string {
	refusals := map[string][]string{
		"Create controllerrevisions": {AlreadyExists, Quota},
		"Update controllerrevisions": {Conflict, NotFound, Quota},
		"Patch controllerrevisions":  {Conflict, NotFound, Invalid, Quota},
		"Delete controllerrevisions": {NotFound, Quota},
		"Create pods":                {NamespaceTerminating, Quota},
		"Patch pods":                 {Conflict, NotFound, Invalid, Quota},
		"Delete pods":                {Conflict, NotFound, Quota},
		"UpdateStatus daemonsets":    {Conflict, NotFound, Quota},
	}
	var ways []string
	for write, causes := range refusals {
		ways = append(ways, "write: "+write)
		for _, cause := range causes {
			ways = append(ways, "refused: "+write+", "+cause)
		}
	}
	return ways
}
