package decisions

import "testing"

// In every world the ReplicaSet controller sends what Decide says.
func TestReplicaSetDecisions(t *testing.T) {
	newReal := func() (*real, error) { return newRealReplicaSet(), nil }
	run(t, ReplicaSetWorld, newReal).expect(t, replicaSetWays())
}
