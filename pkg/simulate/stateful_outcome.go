package simulate

import (
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"

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
func (s *stateful) complete() bool {
	return s.lastErr == nil && s.circling == "" && statefulset.Complete(s.set)
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
	switch {
	case s.circling != "":
		return fmt.Sprintf("the controller goes round in circles: it creates pod %s at the old revision and deletes it "+
			"again, without end; a rollingUpdate block in updateStrategy ends that", s.circling)
	case s.set.DeletionTimestamp != nil:
		return "the StatefulSet is being deleted: the controller only writes its status"
	case s.waits != nil:
		return fmt.Sprintf("the controller waits for pod %s: %s%s", s.waits.Object.Name, s.waits.Message, s.blockedBy(w))
	case s.lastErr != nil:
		return fmt.Sprintf("the controller fails: %v", s.lastErr)
	case len(broken) > 0 && !o.HorizonReached:
		return fmt.Sprintf("%s never %s ready", listed(broken), become(len(broken)))
	case len(broken) > 0:
		return fmt.Sprintf("%s not ready yet", listed(broken))
	}
	return fmt.Sprintf("%d pods exist, %d wanted, %d available, %d terminating: the controller has nothing to do",
		last.Total, last.Desired, last.Available, last.Terminating)
}

// blockedBy says what claim keeps the pod from being ready that the controller waits
// for.
func (s *stateful) blockedBy(w *world) string {
	ordinal, ok := statefulset.Ordinal(s.waits.Object.Name)
	if pod := s.pods.Pod(ordinal); ok && pod != nil && !pod.Ready {
		if claim := s.blocked(w, pod); claim != "" {
			return ", since " + claim
		}
	}
	return ""
}

// broken names the pods that are not ready.
func (s *stateful) broken() []string {
	var names []string
	for _, pod := range s.pods.All() {
		if pod.Active() && !pod.Ready {
			names = append(names, pod.Name)
		}
	}
	return names
}

func become(pods int) string {
	if pods == 1 {
		return "becomes"
	}
	return "become"
}

// listed names a few pods.
func listed(names []string) string {
	const most = 3
	switch {
	case len(names) == 1:
		return "pod " + names[0]
	case len(names) <= most:
		last := len(names) - 1
		return "pods " + strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return fmt.Sprintf("pods %s and %d others", strings.Join(names[:most-1], ", "), len(names)-most+1)
}
