package kubeversion

// CountsUnavailableOldPods reports whether a rolling update of a DaemonSet counts old
// pods that are not available against maxUnavailable (1.30). Before, it deleted as many
// healthy pods beside them.
func (p Profile) CountsUnavailableOldPods() bool { return p.Version.Minor >= 30 }

// RelabelsPodsOnce reports whether the DaemonSet controller gives pods the label of the
// revision that is kept once, before it deletes duplicates (1.31). Before, it did so
// ahead of each deletion.
func (p Profile) RelabelsPodsOnce() bool { return p.Version.Minor >= 31 }

// LooksAtNodesByPods reports whether a changed node makes the DaemonSet controller look
// because of the pods on it (1.33). Before, it did because the change made the node
// eligible or no longer so.
func (p Profile) LooksAtNodesByPods() bool { return p.Version.Minor >= 33 }
