package decisions

import "testing"

// In every world the Deployment controller sends what Decide says.
func TestDeploymentDecisions(t *testing.T) {
	run(t, DeploymentWorld, newRealDeployment).expect(t, deploymentWays())
}
