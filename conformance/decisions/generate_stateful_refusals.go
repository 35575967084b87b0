package decisions

import (
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// disturbStateful adds what is rare: a name that is taken, an owner that is gone, and a
// StatefulSet so large that its batches reach their limit.
func (s *stateful) disturbStateful() {
	if s.percent(5) {
		s.takeRevision()
	}
	if s.percent(5) {
		s.world.Live = oneOf(s.dice, Deleting, Replaced, Gone, Unreadable)
	}
	if s.percent(0.2) && s.parallel() {
		s.huge()
	}
	cause := oneOf(s.dice, NotFound, Invalid, Conflict, Quota)
	// Revisions are adopted in the order of a map until one is refused: only where there is
	// one orphan is it known which.
	if len(orphansOf(s.world.Revisions)) == 1 && s.percent(10) {
		s.refuse(Refusal{Verb: controller.Patch, Resource: "controllerrevisions", Cause: cause})
	}
	if pods := orphansOf(s.world.Pods); len(pods) > 0 && s.percent(15) {
		s.refuse(Refusal{Verb: controller.Patch, Resource: "pods", Cause: cause, Name: oneOf(s.dice, pods...)})
	}
}

// orphansOf are the names of the objects that nobody controls.
func orphansOf[T metav1.Object](objects []T) []string {
	var orphans []string
	for _, object := range objects {
		if metav1.GetControllerOf(object) == nil {
			orphans = append(orphans, object.GetName())
		}
	}
	return orphans
}

func (s *stateful) parallel() bool {
	return s.set.Spec.PodManagementPolicy == appsv1.ParallelPodManagement
}

// huge is a new StatefulSet of which one pod is refused, in a batch that may be the first
// one of full size.
func (s *stateful) huge() {
	*s.set.Spec.Replicas = s.count(1100, 1300)
	s.world.Pods, s.world.Claims, s.set.Spec.VolumeClaimTemplates = nil, nil, nil
	s.refuse(Refusal{Verb: controller.Create, Resource: "pods", Cause: Quota,
		Name: s.podName(s.start() + s.between(400, 1100))})
}

// refuseStateful draws what the API server refuses the StatefulSet controller.
func (s *stateful) refuseStateful() {
	for s.percent(45) && len(s.world.Refusals) < 3 {
		s.refuse(s.statefulRefusal())
	}
}

func (s *stateful) statefulRefusal() Refusal {
	switch s.IntN(20) {
	case 0, 1:
		return s.ofPod(Refusal{Verb: controller.Create, Resource: "pods",
			Cause: oneOf(s.dice, Quota, Quota, AlreadyExists, NamespaceTerminating, Invalid, Disconnected)})
	case 2, 3:
		return s.ofPod(Refusal{Verb: controller.Delete, Resource: "pods",
			Cause: oneOf(s.dice, NotFound, NotFound, Quota, Internal)})
	case 4:
		return s.ofPod(Refusal{Verb: controller.Patch, Resource: "pods",
			Cause: oneOf(s.dice, NotFound, NotFound, Invalid, Conflict, Quota)})
	case 5, 6, 7:
		return s.ofPod(s.tries(Refusal{Verb: controller.Update, Resource: "pods",
			Cause: oneOf(s.dice, Conflict, Conflict, Conflict, NotFound, Invalid, Internal, Quota)}))
	case 8, 9:
		return s.ofClaim(Refusal{Verb: controller.Create, Resource: "persistentvolumeclaims",
			Cause: oneOf(s.dice, Quota, AlreadyExists, Internal)}, s.missing)
	case 10, 11, 12:
		return s.ofClaim(s.tries(Refusal{Verb: controller.Update, Resource: "persistentvolumeclaims",
			Cause: oneOf(s.dice, Conflict, Conflict, NotFound, Internal, Quota)}), s.astray)
	case 13, 14:
		return s.tries(Refusal{Verb: controller.UpdateStatus, Resource: "statefulsets",
			Cause: oneOf(s.dice, Conflict, Conflict, NotFound, Internal, Quota)})
	}
	return s.revisionRefusal()
}

func (s *stateful) revisionRefusal() Refusal {
	switch s.IntN(5) {
	case 0:
		return Refusal{Verb: controller.Create, Resource: "controllerrevisions", Times: 1,
			Cause: oneOf(s.dice, Quota, NamespaceTerminating, AlreadyExists, AlreadyExists, Internal)}
	case 1:
		return Refusal{Verb: controller.Delete, Resource: "controllerrevisions",
			After: oneOf(s.dice, 0, 0, 1, 2), Cause: oneOf(s.dice, NotFound, Internal, Quota)}
	}
	return s.tries(Refusal{Verb: controller.Update, Resource: "controllerrevisions",
		Cause: oneOf(s.dice, Conflict, NotFound, Internal, Quota)})
}

// tries lets a write pass that is tried again.
func (s *stateful) tries(rule Refusal) Refusal {
	rule.Times = oneOf(s.dice, 0, 1, 2, 3, 4)
	return rule
}

func (s *stateful) ofPod(rule Refusal) Refusal {
	return s.named(rule, oneOf(s.dice, append(s.muddled, s.anyPod())...))
}

// ofClaim refuses writes to one of those that are likely to be written.
func (s *stateful) ofClaim(rule Refusal, likely []string) Refusal {
	claim := oneOf(s.dice, "data-", "wal-") + s.anyPod()
	return s.named(rule, oneOf(s.dice, append(likely, claim)...))
}

func (s *stateful) anyPod() string { return s.podName(s.between(s.start(), s.end())) }

// named refuses writes to all objects or to one. Only to one where several are written at
// once and not all writes are refused: which of them comes second is random.
func (s *stateful) named(rule Refusal, name string) Refusal {
	if s.parallel() && rule.Times > 0 || s.percent(60) {
		rule.Name = name
	}
	return rule
}
