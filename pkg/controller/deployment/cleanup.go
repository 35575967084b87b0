package deployment

import (
	"fmt"
	"math"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// cleanUp deletes old ReplicaSets beyond the history limit, lowest revisions first.
// One that still has pods, or is not yet observed, is passed over but uses up its
// place. Follows sync.go cleanupDeployment, v1.37.0.
func (s *sync) cleanUp(old []*appsv1.ReplicaSet) error {
	if s.d.Spec.RevisionHistoryLimit == nil || *s.d.Spec.RevisionHistoryLimit == math.MaxInt32 {
		return nil
	}
	var alive []*appsv1.ReplicaSet
	for _, rs := range old {
		if rs.DeletionTimestamp == nil {
			alive = append(alive, rs)
		}
	}
	limit := *s.d.Spec.RevisionHistoryLimit
	excess := int32(len(alive)) - limit
	if excess <= 0 {
		return nil
	}
	sortByRevision(alive)
	for _, rs := range alive[:excess] {
		if rs.Status.Replicas != 0 || *rs.Spec.Replicas != 0 || rs.Generation > rs.Status.ObservedGeneration {
			continue
		}
		_, err := s.send(controller.Write{
			Verb:    controller.Delete,
			Object:  s.ref("ReplicaSet", rs.Name),
			Reason:  controller.RevisionHistory,
			Message: fmt.Sprintf("%d old ReplicaSets, revisionHistoryLimit %d", len(alive), limit),
		})
		if err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	return nil
}
