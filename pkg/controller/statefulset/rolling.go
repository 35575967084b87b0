package statefulset

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// partition is the index, counted from the first ordinal, below which pods stay at the
// current revision.
func partition(set *appsv1.StatefulSet) int {
	rolling := set.Spec.UpdateStrategy.RollingUpdate
	if rolling == nil || rolling.Partition == nil {
		return 0
	}
	return max(int(*rolling.Partition), 0)
}

// MaxUnavailable is how many pods a rolling update may miss where
// MaxUnavailableStatefulSet is on: a percentage is rounded down, at least 1.
// Follows stateful_set_utils.go getStatefulSetMaxUnavailable, v1.37.0.
func MaxUnavailable(set *appsv1.StatefulSet) (int, error) {
	rolling := set.Spec.UpdateStrategy.RollingUpdate
	if rolling == nil {
		return 1, nil
	}
	value := intstr.ValueOrDefault(rolling.MaxUnavailable, intstr.FromInt32(1))
	most, err := intstr.GetScaledValueFromIntOrPercent(value, int(*set.Spec.Replicas), false)
	if err != nil {
		return 0, err
	}
	return max(most, 1), nil
}

// rollingUpdate deletes pods of another revision, from the top down to the partition.
func (s *sync) rollingUpdate() error {
	switch {
	case !s.Profile.Enabled(kubeversion.MaxUnavailableStatefulSet):
		return s.updateHighest()
	case s.parallel() && s.Profile.ReplacesBrokenPodsFirst():
		return s.updateInPhases()
	}
	return s.updateWithin()
}

// targets are the places that a rolling update may touch.
func (s *sync) targets() span {
	return span{s.pods.wanted.from + partition(s.set), s.pods.wanted.to}
}

// old are the wanted places whose pod is not at the revision to update to. A pod that
// this very sync created at the current revision is among them: without a
// rollingUpdate block a Parallel StatefulSet deletes it right away.
func (s *sync) old() func(w int) uint64 {
	updated := s.pods.atRevision(s.update.name)
	var createdOld span
	if s.current.name != s.update.name {
		createdOld = span{s.pods.wanted.from, s.pods.wanted.from + s.keepOld()}
	}
	return func(w int) uint64 {
		return s.pods.created[w]&^updated[w] | createdOld.cut(w, ^s.pods.created[w])
	}
}

// updateHighest deletes the highest old pod, unless one above it is not available:
// those below do not matter.
// Follows stateful_set_control.go updateStatefulSet, v1.37.0, without
// MaxUnavailableStatefulSet.
func (s *sync) updateHighest() error {
	old := s.old()
	at := s.targets().highest(func(w int) uint64 { return old(w) | s.unavailable(w) })
	if at < 0 {
		return nil
	}
	m := s.memberAt(at)
	if s.isOld(at) && !s.pods.terminating.has(at) {
		return s.updatePod(m, controller.OldRevision, s.whyUpdated(m)+"; all above it are updated and "+s.healthy())
	}
	s.waitFor(m, controller.PodNotAvailable, "the pods below it are updated once it is "+s.healthy())
	return nil
}

// healthy is what a pod has to be for a rolling update to go on.
func (s *sync) healthy() string {
	if s.Profile.WaitsForAvailablePods() {
		return "available"
	}
	return "ready"
}

func (s *sync) isOld(at int) bool { return span{at, at + 1}.count(s.old()) == 1 }

// updateWithin deletes as many old pods, from the top, as maxUnavailable leaves. All
// wanted pods that are not available count, also those below the partition.
// Follows stateful_set_control.go updateStatefulSetAfterInvariantEstablished, v1.37.0
// for OrderedReady, and v1.35.4 for both policies.
func (s *sync) updateWithin() error {
	most, err := MaxUnavailable(s.set)
	if err != nil {
		return err
	}
	missing := s.pods.wanted.count(s.unavailable)
	if missing >= most {
		s.waitForBudget(missing, most)
		return nil
	}
	old, targets := s.old(), s.targets()
	staying := func(w int) uint64 { return old(w) &^ s.pods.terminating[w] }
	for budget := most - missing; budget > 0; budget-- {
		at := targets.highest(staying)
		if at < 0 {
			return nil
		}
		m := s.memberAt(at)
		if err := s.updatePod(m, controller.OldRevision, s.whyWithin(m, missing, most)); err != nil {
			return err
		}
		targets.to = at
	}
	return nil
}

// updateInPhases deletes first all old pods that are not available, whatever
// maxUnavailable says, since they serve nobody; then as many available ones, from the
// top, as it leaves.
// Follows stateful_set_control.go updateStatefulSetAfterInvariantEstablished, v1.37.0
// for Parallel.
//
// Example: 5 pods, maxUnavailable 2, db-0 to db-2 old and broken: all three are deleted,
// db-3 and db-4 stay until they are back.
func (s *sync) updateInPhases() error {
	most, err := MaxUnavailable(s.set)
	if err != nil {
		return err
	}
	old := s.old()
	broken := func(w int) uint64 { return old(w) &^ s.pods.available[w] &^ s.pods.terminating[w] }
	missing := s.pods.wanted.count(s.unavailable)
	if missing >= most && s.pods.wanted.count(broken) == 0 {
		s.waitForBudget(missing, most)
		return nil
	}
	for at := s.targets().highest(broken); at >= 0; at = (span{s.targets().from, at}).highest(broken) {
		m := s.memberAt(at)
		if err := s.updatePod(m, controller.BrokenOldRevision, s.whyUpdated(m)+", and it is not available anyway"); err != nil {
			return err
		}
	}
	serving := func(w int) uint64 { return old(w) & s.pods.available[w] &^ s.pods.terminating[w] }
	targets := s.targets()
	for budget := most - missing; budget > 0; budget-- {
		at := targets.highest(serving)
		if at < 0 {
			return nil
		}
		m := s.memberAt(at)
		if err := s.updatePod(m, controller.OldRevision, s.whyWithin(m, missing, most)); err != nil {
			return err
		}
		targets.to = at
	}
	return nil
}

// updatePod deletes an old pod, so that it comes back at the new revision. That it is
// gone already is as good in every version.
func (s *sync) updatePod(m member, reason controller.Reason, message string) error {
	if err := s.delete(m, reason, message); err != nil && !apierrors.IsNotFound(err) {
		return err
	}
	s.status.CurrentReplicas--
	return nil
}

func (s *sync) whyUpdated(m member) string {
	at := s.versionFor(m.ordinal).name
	if m.pod != nil {
		at = m.pod.Labels[appsv1.StatefulSetRevisionLabel]
	}
	if at == "" {
		return "the pod names no revision, " + s.update.name + " is wanted"
	}
	return fmt.Sprintf("the pod is at revision %s, %s is wanted", at, s.update.name)
}

func (s *sync) whyWithin(m member, missing, most int) string {
	return fmt.Sprintf("%s; %d of %d are not available, %d may be missing",
		s.whyUpdated(m), missing, s.pods.wanted.size(), most)
}

// waitForBudget says which pods keep the rolling update from going on, if it has to.
func (s *sync) waitForBudget(missing, most int) {
	old := s.old()
	if s.targets().lowest(old) < 0 {
		return
	}
	s.waitFor(s.memberAt(s.pods.wanted.lowest(s.unavailable)), controller.PodNotAvailable,
		fmt.Sprintf("%d of %d pods are not available, %d may be missing: no other is updated",
			missing, s.pods.wanted.size(), most))
}
