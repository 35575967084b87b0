package kubeversion

// OmitsZeroTimes reports whether JSON leaves out times that are not set (1.34). Before,
// a template in a ControllerRevision had "creationTimestamp":null, so its bytes and
// its name differ.
func (p Profile) OmitsZeroTimes() bool { return p.Version.Minor >= 34 }

// WaitsForAvailablePods reports whether a StatefulSet takes a pod for healthy only when
// it was ready for minReadySeconds (1.34); before, ready was enough in its rolling
// update and in its choice of the pod that may block a scale-down.
func (p Profile) WaitsForAvailablePods() bool { return p.Version.Minor >= 34 }

// ChecksStatefulPodsOnTime reports whether the StatefulSet controller looks again
// exactly when the next pod becomes available (1.36, 1.35.1). Before, it looks
// minReadySeconds and a second after a pod became ready, and minReadySeconds after each
// sync that left a replica unavailable.
func (p Profile) ChecksStatefulPodsOnTime() bool { return p.Version.fixed(36, Version{35, 1}) }

// ReplacesBrokenPodsFirst reports whether a Parallel StatefulSet with
// MaxUnavailableStatefulSet deletes its unavailable old pods whatever maxUnavailable
// says (1.37). Before, they used it up, and a rollout of broken pods never moved.
func (p Profile) ReplacesBrokenPodsFirst() bool { return p.Version.Minor >= 37 }

// CompletesAnyUpdate reports whether a StatefulSet's update is complete, and its current
// revision moves on, with every strategy (1.37); before, with RollingUpdate only.
func (p Profile) CompletesAnyUpdate() bool { return p.Version.Minor >= 37 }

// KeepsStatefulConditions reports whether a status update of the StatefulSet controller
// keeps the conditions that are there (1.37); before, it drops them.
func (p Profile) KeepsStatefulConditions() bool { return p.Version.Minor >= 37 }

// DeletesGonePods reports whether a StatefulSet takes a pod that is gone for deleted
// (1.36); before, its sync failed, but for a pod that was to be updated.
func (p Profile) DeletesGonePods() bool { return p.Version.Minor >= 36 }

// ControlsClaims reports whether a StatefulSet, or its pod, owns a claim as its
// controller, and leaves claims alone that somebody else controls (1.31, 1.30.4,
// 1.29.8). Before, it added a plain owner beside any other.
func (p Profile) ControlsClaims() bool {
	return p.Version.fixed(31, Version{30, 4}, Version{29, 8})
}

// SurvivesNegativeHistoryLimit reports whether a StatefulSet with a negative
// revisionHistoryLimit keeps all revisions (1.33 and the patches below). Before, the
// controller manager panics.
func (p Profile) SurvivesNegativeHistoryLimit() bool {
	return p.Version.fixed(33, Version{32, 1}, Version{31, 5}, Version{30, 9}, Version{29, 13})
}

// UpdatesHistoryLimit reports whether the API lets a StatefulSet's revisionHistoryLimit
// be changed (1.33).
func (p Profile) UpdatesHistoryLimit() bool { return p.Version.Minor >= 33 }

// ValidatesServiceNames reports whether a new StatefulSet's serviceName has to be the
// name of a Service (1.33); before, one that is not could never create a pod.
func (p Profile) ValidatesServiceNames() bool { return p.Version.Minor >= 33 }

// ValidatesStatefulTemplates reports whether the API looks into the pod template and the
// claim templates of a StatefulSet (1.34); before, only their labels and annotations
// were looked at, and the controller could create no pod.
func (p Profile) ValidatesStatefulTemplates() bool { return p.Version.Minor >= 34 }
