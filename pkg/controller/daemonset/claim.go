package daemonset

import (
	"cmp"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// claimPods releases strays and adopts orphans; those adopted count at once. Upstream does
// so whenever it lists pods, which is several times in a sync; here it is done once.
// Follows controller_ref_manager.go ClaimPods, v1.37.0.
func (s *sync) claimPods() error {
	if s.claimed {
		return s.claimErr
	}
	s.claimed = true
	var errs []error
	for _, pod := range s.Strays {
		errs = append(errs, s.release(controller.Write{
			Object: s.podRef(pod.Name), Pods: []*controller.Pod{pod},
			Patch: controller.ReleasePatch(s.ds.UID, pod.UID),
		}))
	}
	var adopted []*controller.Pod
	for _, pod := range s.Orphans {
		if pod.Terminating || !s.selector.Matches(labels.Set(pod.Labels)) {
			continue
		}
		owned, err := s.adopt(controller.Write{
			Object: s.podRef(pod.Name), Pods: []*controller.Pod{pod},
			Patch: controller.AdoptionPatch(s.ownerReference(), pod.UID),
		})
		if errs = append(errs, err); owned {
			adopted = append(adopted, pod)
		}
	}
	s.pods = s.pods.with(adopted)
	s.claimErr = utilerrors.NewAggregate(errs)
	return s.claimErr
}

// claimRevisions returns the revisions of the DaemonSet, by name; upstream has them in
// random order. Those that the selector does not match are released, those that nobody
// owns and that it matches are adopted.
// Follows controller_ref_manager.go ClaimControllerRevisions, v1.37.0.
func (s *sync) claimRevisions() ([]*appsv1.ControllerRevision, error) {
	var own []*appsv1.ControllerRevision
	var errs []error
	for _, r := range s.Revisions {
		switch controller.ClaimOf(s.ds, r, s.selector.Matches(labels.Set(r.Labels))) {
		case controller.Keep:
			own = append(own, r)
		case controller.Release:
			errs = append(errs, s.release(controller.Write{Object: s.revisionRef(r.Name),
				Patch: controller.ReleasePatch(s.ds.UID, r.UID)}))
		case controller.Adopt:
			owned, err := s.adopt(controller.Write{Object: s.revisionRef(r.Name),
				Patch: controller.AdoptionPatch(s.ownerReference(), r.UID)})
			if errs = append(errs, err); owned {
				own = append(own, r)
			}
		}
	}
	slices.SortFunc(own, func(a, b *appsv1.ControllerRevision) int { return cmp.Compare(a.Name, b.Name) })
	return own, utilerrors.NewAggregate(errs)
}

// release gives up what is owned. It is fine if it is gone, or owned by nobody anyway.
func (s *sync) release(w controller.Write) error {
	w.Verb, w.Reason = controller.Patch, controller.ReleaseMismatch
	w.Message = "its labels no longer match the DaemonSet's selector"
	_, err := s.send(w)
	if apierrors.IsNotFound(err) || apierrors.IsInvalid(err) {
		return nil
	}
	return err
}

// adopt takes over what nobody owns, unless it is gone.
func (s *sync) adopt(w controller.Write) (owned bool, err error) {
	w.Verb, w.Reason = controller.Patch, controller.AdoptOrphan
	w.Message = "nobody owns it and the DaemonSet's selector matches it"
	_, err = s.send(w)
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

func (s *sync) ownerReference() metav1.OwnerReference {
	return *metav1.NewControllerRef(s.ds, setKind())
}
