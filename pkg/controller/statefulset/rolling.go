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

// lastOf returns the highest place in a span that one of the marks has, or -1.
func lastOf(in span, marked ...*marks) int {
	highest := -1
	for _, m := range marked {
		highest = max(highest, m.last(in.to))
	}
	if highest < in.from {
		return -1
	}
	return highest
}

// lastOld is lastOf where also those places count that had no pod and got one at the
// current revision in this very sync: without a rollingUpdate block a Parallel
// StatefulSet deletes it right away.
func (s *sync) lastOld(in span, marked ...*marks) int {
	highest := lastOf(in, marked...)
	if s.current.name == s.update.name {
		return highest
	}
	created := span{in.from, min(in.to, s.pods.wanted.from+s.keepOld())}
	return max(highest, lastOf(created, &s.pods.missing))
}

// updateHighest deletes the highest old pod, unless one above it is not available:
// those below do not matter.
// Follows stateful_set_control.go updateStatefulSet, v1.37.0, without
// MaxUnavailableStatefulSet.
func (s *sync) updateHighest() error {
	old := s.lastOld(s.targets(), &s.pods.old)
	at := max(old, lastOf(s.targets(), &s.pods.unavailable))
	if at < 0 {
		return nil
	}
	m := s.memberAt(at)
	if at == old && !m.terminating {
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

// updateWithin deletes as many old pods, from the top, as maxUnavailable leaves. All
// wanted pods that are not available count, also those below the partition.
// Follows stateful_set_control.go updateStatefulSetAfterInvariantEstablished, v1.37.0
// for OrderedReady, and v1.35.4 for both policies.
func (s *sync) updateWithin() error {
	most, err := MaxUnavailable(s.set)
	if err != nil {
		return err
	}
	missing := s.pods.unavailable.count
	if missing >= most {
		s.waitForBudget(missing, most)
		return nil
	}
	next := func(in span) int { return s.lastOld(in, &s.pods.oldBroken, &s.pods.oldServing) }
	return s.updateDown(most-missing, next, func(m member) (controller.Reason, string) {
		return controller.OldRevision, s.whyWithin(m, missing, most)
	})
}

// updateDown deletes as many pods, from the top, as a budget leaves, those that next
// finds.
func (s *sync) updateDown(
	budget int, next func(in span) int, why func(member) (controller.Reason, string),
) error {
	targets := s.targets()
	for ; budget > 0; budget-- {
		at := next(targets)
		if at < 0 {
			return nil
		}
		m := s.memberAt(at)
		reason, message := why(m)
		if err := s.updatePod(m, reason, message); err != nil {
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
	broken := func(in span) int { return s.lastOld(in, &s.pods.oldBroken) }
	missing := s.pods.unavailable.count
	if missing >= most && broken(s.pods.wanted) < 0 {
		s.waitForBudget(missing, most)
		return nil
	}
	err = s.updateDown(s.targets().size(), broken, func(m member) (controller.Reason, string) {
		return controller.BrokenOldRevision, s.whyUpdated(m) + ", and it is not available anyway"
	})
	if err != nil {
		return err
	}
	serving := func(in span) int { return lastOf(in, &s.pods.oldServing) }
	return s.updateDown(most-missing, serving, func(m member) (controller.Reason, string) {
		return controller.OldRevision, s.whyWithin(m, missing, most)
	})
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
	if s.lastOld(s.targets(), &s.pods.old) < 0 {
		return
	}
	s.waitFor(s.memberAt(s.pods.unavailable.next(0)), controller.PodNotAvailable,
		fmt.Sprintf("%d of %d pods are not available, %d may be missing: no other is updated",
			missing, s.pods.wanted.size(), most))
}
