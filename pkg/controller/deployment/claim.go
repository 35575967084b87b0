package deployment

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// claim returns the ReplicaSets of the Deployment, after it adopted and released
// what it should. Follows deployment_controller.go getReplicaSetsForDeployment and
// controller_ref_manager.go ClaimReplicaSets, v1.37.0.
func (s *sync) claim() ([]*appsv1.ReplicaSet, error) {
	selector, err := metav1.LabelSelectorAsSelector(s.d.Spec.Selector)
	if err != nil {
		return nil, fmt.Errorf("deployment %s/%s has invalid label selector: %w", s.d.Namespace, s.d.Name, err)
	}
	var claimed []*appsv1.ReplicaSet
	var firstErr error
	for _, rs := range s.ReplicaSets {
		mine, err := s.claimOne(rs, selector)
		if err != nil && firstErr == nil {
			firstErr = err
		}
		if mine && err == nil {
			claimed = append(claimed, rs)
		}
	}
	return claimed, firstErr
}

func (s *sync) claimOne(rs *appsv1.ReplicaSet, selector labels.Selector) (bool, error) {
	switch controller.ClaimOf(s.d, rs, selector.Matches(labels.Set(rs.Labels))) {
	case controller.Keep:
		return true, nil
	case controller.Release:
		return false, s.release(rs)
	case controller.Adopt:
		err := s.adopt(rs)
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		return err == nil, err
	}
	return false, nil
}

func (s *sync) adopt(rs *appsv1.ReplicaSet) error {
	owner := *metav1.NewControllerRef(s.d, appsv1.SchemeGroupVersion.WithKind("Deployment"))
	_, err := s.send(controller.Write{
		Verb:    controller.Patch,
		Object:  s.ref("ReplicaSet", rs.Name),
		Patch:   controller.AdoptionPatch(owner, rs.UID),
		Reason:  controller.AdoptOrphan,
		Message: "nobody owns the ReplicaSet and the Deployment's selector matches it",
	})
	return err
}

func (s *sync) release(rs *appsv1.ReplicaSet) error {
	_, err := s.send(controller.Write{
		Verb:    controller.Patch,
		Object:  s.ref("ReplicaSet", rs.Name),
		Patch:   controller.ReleasePatch(s.d.UID, rs.UID),
		Reason:  controller.ReleaseMismatch,
		Message: "the ReplicaSet's labels no longer match the Deployment's selector",
	})
	if apierrors.IsNotFound(err) || apierrors.IsInvalid(err) {
		return nil
	}
	return err
}
