package replicaset

import (
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// Decide says what the ReplicaSet controller does in one sync at now. It changes
// nothing.
func Decide(sees View, now time.Time) controller.Decision {
	return controller.Decision{}
}
