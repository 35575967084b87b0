package decisions

import "testing"

// In every world the Deployment controller sends what Decide says.
func TestDeploymentDecisions(t *testing.T) {
	taken := run(t, DeploymentWorld, newRealDeployment)
	t.Logf("ways taken:\n%s", taken.table())
}
