package kubeversion

// Profile is what the controllers of one Kubernetes version do, with the
// feature gates that its controller manager runs with.
type Profile struct {
	Version Version
	gates   map[Gate]bool // only those set by a person
}

// NewProfile returns the profile of a version with its default gates.
func NewProfile(version Version) Profile {
	return Profile{Version: version}
}

// Latest is the profile of the newest known version.
func Latest() Profile {
	return NewProfile(Version{Minor: Newest})
}

// Enabled reports whether the version has the gate and it is on.
func (p Profile) Enabled(gate Gate) bool {
	if set, ok := p.gates[gate]; ok {
		return set
	}
	return gate.stage(p.Version).enabled
}

// AvailableAtBoundary reports whether a pod whose minReadySeconds end exactly
// now is available. The comparison is strict up to 1.33 and inclusive since.
func (p Profile) AvailableAtBoundary() bool { return p.Version.Minor >= 34 }

// ToleratesMaxReplicasAnnotation reports whether proportional scaling survives a
// max-replicas annotation that is 0, negative or too large (1.32); before, 0
// was divided by.
func (p Profile) ToleratesMaxReplicasAnnotation() bool { return p.Version.Minor >= 32 }

// RanksSidecarRestarts reports whether restarts of sidecars count in the order
// in which pods are deleted (1.32).
func (p Profile) RanksSidecarRestarts() bool { return p.Version.Minor >= 32 }

// TruncatesReplicaSetNames reports whether the name of a new ReplicaSet is cut
// to fit 253 characters (1.34).
func (p Profile) TruncatesReplicaSetNames() bool { return p.Version.Minor >= 34 }

// ChecksAvailabilityOnTime reports whether the ReplicaSet controller looks again
// exactly when the next pod becomes available (1.34), not a second late.
func (p Profile) ChecksAvailabilityOnTime() bool { return p.Version.Minor >= 34 }

// MountsImages reports whether a volume can be an image (1.35); before, servers
// drop the source, since its gate was off.
func (p Profile) MountsImages() bool { return p.Version.Minor >= 35 }

// RelaxesEnvNames reports whether the name of an environment variable may have
// almost any character (1.32).
func (p Profile) RelaxesEnvNames() bool { return p.Version.Minor >= 32 }

// RestartsContainersByRule reports whether a container may have a restart policy of
// its own (1.35).
func (p Profile) RestartsContainersByRule() bool { return p.Version.Minor >= 35 }

// SharesAPITypes reports whether the version has the API types that this program
// is built with; only then are template hashes equal to the cluster's.
func (p Profile) SharesAPITypes() bool { return p.Version.Minor == Newest }
