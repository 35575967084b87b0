package simulate

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/statefulset"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// stored implements workload.
func (s *stateful) stored(w *world, o *Outcome) {
	o.StatefulSet = s.set
	o.Revisions = revision.Sorted(s.revisions)
	o.Claims = w.claims.of(s.set)
	o.Waits = s.waits
}

// complete implements workload. A StatefulSet whose controller fails, or never stops, is not.
func (s *stateful) complete(_ *world, o *Outcome) bool {
	return o.Last.Terminating == 0 && s.lastErr == nil && s.circling == "" && statefulset.Complete(s.set)
}

// explain implements workload.
func (s *stateful) explain(w *world, o *Outcome) {
	for _, pod := range s.pods.All() {
		if pod.Active() && pod.Ordinal > 0 && !pod.Ready {
			o.NewBroken++
		}
	}
	if held := s.holds(o); held != "" && s.circling == "" {
		o.Held, o.Cause = true, held
		return
	}
	o.Cause = s.cause(w, o)
}

// holds says what keeps pods at an old revision by design, where that is all there is
// to do.
func (s *stateful) holds(o *Outcome) string {
	last := o.Last
	old := last.Total - last.Updated
	calm := s.lastErr == nil && last.Terminating == 0 &&
		last.Total == last.Desired && last.Available == last.Total
	if !calm || old == 0 || s.set.DeletionTimestamp != nil {
		return ""
	}
	strategy := s.set.Spec.UpdateStrategy
	switch rolling := strategy.RollingUpdate; {
	case strategy.Type == appsv1.OnDeleteStatefulSetStrategyType:
		return fmt.Sprintf("OnDelete: %d of %d pods stay at the old revision until somebody deletes them",
			old, last.Total)
	case rolling != nil && rolling.Partition != nil && *rolling.Partition > 0:
		return fmt.Sprintf("partition %d: %d of %d pods stay at the old revision",
			*rolling.Partition, old, last.Total)
	}
	return ""
}

// cause says why the StatefulSet does not get further.
func (s *stateful) cause(w *world, o *Outcome) string {
	last := o.Last
	broken := s.broken()
	names := listed(broken)
	switch {
	case s.circling != "":
		return fmt.Sprintf("the controller goes round in circles: it creates pod %s at the old revision and deletes it "+
			"again, without end; a rollingUpdate block in updateStrategy ends that", s.circling)
	case s.set.DeletionTimestamp != nil:
		return "the StatefulSet is being deleted: the controller only writes its status"
	case s.waits != nil:
		return fmt.Sprintf("the controller waits for pod %s: %s%s",
			s.waits.Object.Name, s.waits.Message, s.blockedBy(w, s.waited()))
	case s.lastErr != nil:
		return fmt.Sprintf("the controller fails: %v", s.lastErr)
	case len(broken) > 0 && !o.HorizonReached:
		return fmt.Sprintf("%s never %s ready%s", names, become(len(broken)), s.blockedBy(w, broken))
	case len(broken) > 0:
		return fmt.Sprintf("not ready yet: %s%s", names, s.blockedBy(w, broken))
	}
	return fmt.Sprintf("%d pods exist, %d wanted, %d available, %d terminating: the controller has nothing to do",
		last.Total, last.Desired, last.Available, last.Terminating)
}

// waited are the pods that the controller waits for: one, if it exists and is not ready.
func (s *stateful) waited() []*controller.Pod {
	ordinal, ok := statefulset.Ordinal(s.waits.Object.Name)
	if pod := s.pods.Pod(ordinal); ok && pod != nil && !pod.Ready {
		return []*controller.Pod{pod}
	}
	return nil
}

// blockedBy says of the first of some pods that cannot start which claim keeps it.
func (s *stateful) blockedBy(w *world, pods []*controller.Pod) string {
	for _, pod := range pods {
		switch claim := s.blocked(w, pod); {
		case claim == "":
		case len(pods) > 1:
			return "; " + claim
		default:
			return ", since " + claim
		}
	}
	return ""
}

// broken are the pods that are not ready.
func (s *stateful) broken() []*controller.Pod {
	return slices.DeleteFunc(s.pods.All(), func(pod *controller.Pod) bool { return !pod.Active() || pod.Ready })
}

func become(pods int) string {
	if pods == 1 {
		return "becomes"
	}
	return "become"
}

// listed names a few pods.
func listed(pods []*controller.Pod) string {
	var names []string
	for _, pod := range pods {
		names = append(names, pod.Name)
	}
	return listedAs("pod", names)
}

// listedAs names a few objects: pods a, b and 4 others.
func listedAs(kind string, names []string) string {
	const most = 3
	switch last := len(names) - 1; {
	case last <= 0:
		return kind + " " + strings.Join(names, "")
	case last < most:
		return kind + "s " + strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return fmt.Sprintf("%ss %s and %d others", kind, strings.Join(names[:most-1], ", "), len(names)-most+1)
}
