package recording_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/controller/daemonset"
	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

func read(t *testing.T, name string) *history {
	t.Helper()
	r, err := recording.Read(filepath.Join(recordings, name))
	if err != nil {
		t.Fatal(err)
	}
	return historyOf(r)
}

// Whatever single write of a recording had been another one, no row of syncs would
// explain it.
func TestAWriteThatNobodyDecidesIsNoticed(t *testing.T) {
	for _, name := range []string{
		"dep-3-surge2-unavail1", "sts-parallel-max-unavailable2", "sts-scale-down-both", "sts-broken-and-back",
		"ds-unavail-third", "ds-surge2", "ds-other-zones", "ds-taints",
	} {
		h := read(t, name)
		original := slices.Clone(h.Events)
		for n, e := range original {
			syncs := h.syncsOf(e)
			if syncs == nil {
				continue
			}
			copy(h.Events, original)
			h.Events[n].After = otherThan(e.After)
			if e.Before != nil && syncs.anyPod && e.Ref().Kind == "Pod" {
				// Which pod is deleted is left open, that one is deleted is not.
				syncs.own = slices.DeleteFunc(syncs.own, func(own int) bool { return own == n })
			}
			if syncs.explain() == "" {
				t.Errorf("%s, event %d, %s of %s: another write is explained, too", name, n, e.By, e.Ref())
			}
		}
	}
}

// syncsOf are the syncs that explain an event; nil: no controller wrote it.
func (h *history) syncsOf(e recording.Event) *syncs {
	switch {
	case e.By == timeline.DeploymentController:
		return h.deploymentSyncs()
	case e.By == timeline.StatefulSetController:
		return h.statefulSetSyncs()
	case e.By == timeline.DaemonSetController:
		return h.daemonSetSyncs()
	case e.By != timeline.ReplicaSetController:
		return nil
	case e.Ref().Kind == "Pod":
		return h.replicaSetSyncs(cluster.ControllerOf(e.Object()).Name)
	}
	return h.replicaSetSyncs(e.Ref().Name)
}

// otherThan differs from an object in one field that its controller writes.
func otherThan(object cluster.Object) cluster.Object {
	other := object.DeepCopyObject().(cluster.Object)
	switch o := other.(type) {
	case *appsv1.Deployment:
		o.Status.UpdatedReplicas++
	case *appsv1.ReplicaSet:
		o.Status.FullyLabeledReplicas++
	case *appsv1.StatefulSet:
		o.Status.UpdatedReplicas++
	case *appsv1.DaemonSet:
		o.Status.UpdatedNumberScheduled++
	case *appsv1.ControllerRevision:
		o.Revision++
	case *corev1.PersistentVolumeClaim:
		o.OwnerReferences = append(o.OwnerReferences, metav1.OwnerReference{UID: "another"})
	case *corev1.Pod:
		o.Name, o.Labels = o.Name+"0", map[string]string{"app": "another"}
	}
	return other
}

// A forecast that differs from the recording in anything but a skipped size is
// noticed. Here the recording itself is the forecast.
func TestAnotherForecastIsNoticed(t *testing.T) {
	noticed(t, "dep-3-surge2-unavail1", map[string]func(r *rollout){
		"another size":              func(r *rollout) { r.last(timeline.Scale).size++ },
		"a size much too soon":      func(r *rollout) { r.last(timeline.Scale).at -= 2 * delay },
		"a size later than it came": func(r *rollout) { r.last(timeline.Scale).at += time.Second },
		"a size that comes and stays": func(r *rollout) {
			more := *r.last(timeline.Scale)
			more.at, more.size = more.at+time.Second, more.size+1
			r.happenings = append(r.happenings, more)
		},
		"a pod more": func(r *rollout) {
			r.happenings = append(r.happenings, *r.last(timeline.Create))
		},
		"a pod deleted in advance":   func(r *rollout) { r.last(timeline.Delete).at -= time.Second },
		"a rollout that stalls":      func(r *rollout) { r.settled = false },
		"a deadline that is missed":  func(r *rollout) { r.deadlineAt = new(time.Duration) },
		"a status of the Deployment": func(r *rollout) { r.deployment.Status.ReadyReplicas++ },
		"a generation":               func(r *rollout) { r.sets[0].Generation++ },
		"a ReplicaSet more":          func(r *rollout) { r.sets = append(r.sets, &appsv1.ReplicaSet{}) },
	})
	noticed(t, "sts-scale-down-both", map[string]func(r *rollout){
		"another pod":                        func(r *rollout) { r.last(timeline.Gone).set = "db-0" },
		"a pod deleted before the one above": func(r *rollout) { r.last(timeline.Gone).at -= time.Second },
		"a claim that stays": func(r *rollout) {
			r.happenings = slices.DeleteFunc(r.happenings, func(h happening) bool {
				return h.claim == "data-db-3" && h.what == timeline.Delete
			})
		},
		"a claim given to another owner": func(r *rollout) {
			r.stateful.claims[0].OwnerReferences[0].Kind = "Pod"
		},
		"a claim more":                func(r *rollout) { r.stateful.claims = append(r.stateful.claims, &corev1.PersistentVolumeClaim{}) },
		"a rollout that stalls":       func(r *rollout) { r.settled = false },
		"a status of the StatefulSet": func(r *rollout) { r.stateful.set.Status.CurrentReplicas++ },
		"a number of a revision":      func(r *rollout) { r.stateful.revisions[0].Revision++ },
	})
	noticed(t, "ds-unavail-third", map[string]func(r *rollout){
		"another node":              func(r *rollout) { r.last(timeline.Create).set = "node10" },
		"a pod deleted in advance":  func(r *rollout) { r.last(timeline.Delete).at -= time.Second },
		"a rollout that stalls":     func(r *rollout) { r.settled = false },
		"a status of the DaemonSet": func(r *rollout) { r.daemon.set.Status.NumberMisscheduled++ },
		"a number of a revision":    func(r *rollout) { r.daemon.revisions[0].Revision++ },
	})
}

// Which nodes go first is random, where there is a choice. That a pod is created on a
// node that has one, or that one more is deleted than may be, is noticed.
func TestAChoiceOfNodesThatIsNotAllowedIsNoticed(t *testing.T) {
	h := read(t, "ds-unavail-third")
	for n, e := range h.Events {
		if pod, ok := e.After.(*corev1.Pod); ok && e.Before == nil {
			elsewhere := pod.DeepCopy()
			elsewhere.Spec.Affinity = daemonset.PodOn(pod, "node10").Spec.Affinity
			h.Events[n].After = elsewhere
			break
		}
	}
	if h.daemonSetSyncs().explain() == "" {
		t.Error("a pod on another node is explained, too")
	}
	h = read(t, "ds-unavail-third")
	for _, state := range h.states {
		fewer := state.DaemonSets[0].DeepCopy()
		fewer.Spec.UpdateStrategy.RollingUpdate.MaxUnavailable = ptr.To(intstr.FromInt32(2))
		state.DaemonSets[0] = fewer
	}
	if h.daemonSetSyncs().explain() == "" {
		t.Error("three nodes at once are explained where there may be two")
	}
}

func noticed(t *testing.T, name string, changes map[string]func(r *rollout)) {
	t.Helper()
	for what, change := range changes {
		p := read(t, name).parts()[0]
		c := comparison{recorded: p.recorded(), simulated: p.recorded()}
		if c.run(); len(c.problems) > 0 {
			t.Fatalf("%s differs from itself: %s", name, c.problems)
		}
		c.simulated = copyOf(c.simulated)
		change(&c.simulated)
		if c.run(); len(c.problems) == 0 {
			t.Errorf("%s: %s is not noticed", name, what)
		}
	}
}

// last is the last happening of a kind; there is one.
func (r *rollout) last(what timeline.Action) *happening {
	for n := len(r.happenings) - 1; ; n-- {
		if r.happenings[n].what == what {
			return &r.happenings[n]
		}
	}
}

// A controller that met a conflict when it wanted to say that it created the new
// ReplicaSet never says so. Only then may the condition be another one.
func TestOnlyAConflictCostsProgressingItsNews(t *testing.T) {
	p := read(t, "dep-recreate").parts()[0]
	for _, conflicts := range []bool{true, false} {
		c := comparison{recorded: copyOf(p.recorded()), simulated: p.recorded(), conflicts: conflicts}
		c.recorded.toldOfNew = false
		conditions := c.recorded.deployment.Status.Conditions
		for n := range conditions {
			if conditions[n].Type == appsv1.DeploymentProgressing {
				conditions[n].Message = "of the revision before"
			}
		}
		if c.run(); conflicts != (len(c.problems) == 0) || conflicts != (len(c.differences) == 1) {
			t.Errorf("conflicts %v: %s, %s", conflicts, c.problems, c.differences)
		}
	}
}

func copyOf(r rollout) rollout {
	r.happenings = slices.Clone(r.happenings)
	r.deployment = r.deployment.DeepCopy()
	r.stateful, r.daemon = r.stateful.copied(), r.daemon.copied()
	var sets []*appsv1.ReplicaSet
	for _, rs := range r.sets {
		sets = append(sets, rs.DeepCopy())
	}
	r.sets = sets
	return r
}
