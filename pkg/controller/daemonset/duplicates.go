package daemonset

import (
	"encoding/json"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// deduplicate keeps the highest of several revisions of the template; of equal ones the
// last. All pods get its hash before the others are deleted.
// Follows update.go dedupCurHistories, v1.37.0.
func (s *sync) deduplicate(same []*appsv1.ControllerRevision) (*appsv1.ControllerRevision, error) {
	if len(same) == 1 {
		return same[0], nil
	}
	kept := same[0]
	for _, r := range same[1:] {
		if r.Revision >= kept.Revision {
			kept = r
		}
	}
	if s.Profile.RelabelsPodsOnce() {
		if err := s.relabelPods(kept); err != nil {
			return nil, err
		}
	}
	for _, r := range same {
		if r.Name == kept.Name {
			continue
		}
		if err := s.deleteDuplicate(r, kept); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// deleteDuplicate deletes a revision. Up to v1.30 it relabels the pods before each.
func (s *sync) deleteDuplicate(r, kept *appsv1.ControllerRevision) error {
	if !s.Profile.RelabelsPodsOnce() {
		if err := s.relabelPods(kept); err != nil {
			return err
		}
	}
	_, err := s.send(controller.Write{
		Verb:    controller.Delete,
		Object:  s.revisionRef(r.Name),
		Reason:  controller.DuplicateRevision,
		Message: fmt.Sprintf("revision %d of %s has the same template", kept.Revision, kept.Name),
	})
	return err
}

// relabelPods gives all pods the hash of a revision: also those that are at another one.
func (s *sync) relabelPods(kept *appsv1.ControllerRevision) error {
	if err := s.claimPods(); err != nil {
		return err
	}
	// Strings always encode.
	patch, _ := json.Marshal(map[string]any{
		"metadata": map[string]any{"labels": map[string]string{hashLabel: kept.Labels[hashLabel]}},
	})
	for _, pod := range s.pods.All() {
		if pod.Labels[hashLabel] == kept.Labels[hashLabel] {
			continue
		}
		_, err := s.send(controller.Write{
			Verb:    controller.Patch,
			Object:  s.podRef(pod.Name),
			Patch:   patch,
			Pods:    []*controller.Pod{pod},
			Reason:  controller.DuplicateRevision,
			Message: "several revisions have the template: the pods get the label of " + kept.Name,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
