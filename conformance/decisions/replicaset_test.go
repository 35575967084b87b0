package decisions

import "testing"

// In every world the ReplicaSet controller sends what Decide says.
func TestReplicaSetDecisions(t *testing.T) {
	taken := run(t, ReplicaSetWorld, func() (*real, error) { return newRealReplicaSet(), nil })
	t.Logf("ways taken:\n%s", taken.table())
}
