package decisions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// statefulWays notes which way a sync of a StatefulSet went.
type statefulWays struct {
	world *World
	real  Outcome
	here  map[string]bool
	// update is the name of the revision that pods are moved to, as far as is known.
	update string
}

func noteStateful(world *World, real Outcome, here map[string]bool) {
	w := &statefulWays{world: world, real: real, here: here,
		update: world.StatefulSet.Status.UpdateRevision}
	for _, s := range real.Sent {
		if s.Verb == controller.UpdateStatus {
			w.status(s)
		}
	}
	w.refusals()
	w.tries()
	w.revisions()
	w.claims()
	w.creations()
	w.deletions()
	if world.StatefulSet.DeletionTimestamp != nil && len(real.Sent) > 0 {
		here["deleting: only the status"] = true
	}
}

func decoded[T any](s Sent) T {
	var object T
	if err := json.Unmarshal(s.Body, &object); err != nil {
		panic(err)
	}
	return object
}

func (w *statefulWays) status(s Sent) {
	before, after := w.world.StatefulSet.Status, decoded[appsv1.StatefulSet](s).Status
	w.update = after.UpdateRevision
	for i, c := range after.Conditions {
		if i >= len(before.Conditions) || before.Conditions[i] != c {
			w.here[fmt.Sprintf("condition: %s=%s %s", c.Type, c.Status, c.Reason)] = true
		}
	}
	if after.CurrentRevision == after.UpdateRevision && before.CurrentRevision != after.CurrentRevision &&
		w.world.revision(before.CurrentRevision) != nil {
		w.here["update: complete, "+string(w.world.StatefulSet.Spec.UpdateStrategy.Type)] = true
	}
	if ptr.Deref(before.CollisionCount, 0) != *after.CollisionCount {
		w.here["revision: collision counted"] = true
	}
}

// refusals notes for what cause which writes were refused.
func (w *statefulWays) refusals() {
	for _, s := range w.real.Sent {
		for _, cause := range []string{Quota, Conflict, NotFound, Invalid, AlreadyExists} {
			if s.Refused == errorOf(cause, s.Resource).Error() {
				w.here[fmt.Sprintf("refused: %s %s, %s", s.Verb, s.Resource, cause)] = true
			}
		}
	}
}

// tries notes writes that were refused and sent again.
func (w *statefulWays) tries() {
	for i, s := range w.real.Sent {
		again := slices.ContainsFunc(w.real.Sent[i+1:], func(next Sent) bool {
			return next.Verb == s.Verb && next.Resource == s.Resource && next.Name == s.Name
		})
		if again && s.Refused != "" {
			w.here[fmt.Sprintf("tried again: %s %s", s.Verb, s.Resource)] = true
		}
	}
}

// revisions notes how the revision of the template was found where none was written.
func (w *statefulWays) revisions() {
	var last Sent
	for _, s := range w.real.Sent {
		if s.Resource == "controllerrevisions" && (s.Verb == controller.Create || s.Verb == controller.Update) {
			last = s
		}
	}
	switch {
	case w.real.Err != nil || len(w.real.Sent) == 0:
	case last.Verb == "" && !w.recorded():
		w.here["revision: other data, equal after defaulting"] = true
	case last.Refused == errorOf(AlreadyExists, last.Resource).Error():
		w.here["revision: exists already"] = true
	}
}

// recorded reports whether a revision has the very data that the template gives.
func (w *statefulWays) recorded() bool {
	wanted, err := newRevision(w.world.StatefulSet, 1, nil)
	if err != nil {
		panic(err)
	}
	return slices.ContainsFunc(w.world.Revisions, func(r *appsv1.ControllerRevision) bool {
		return bytes.Equal(r.Data.Raw, wanted.Data.Raw)
	})
}

// claims notes how the owners of claims change, and which claims hold a pod back.
func (w *statefulWays) claims() {
	for _, s := range w.real.Sent {
		if s.Resource != "persistentvolumeclaims" || s.Verb != controller.Update {
			continue
		}
		before := kindsOf(w.world.claim(s.Name).OwnerReferences)
		after := kindsOf(decoded[corev1.PersistentVolumeClaim](s).OwnerReferences)
		w.here[fmt.Sprintf("claim: owned by %v, then by %v", before, after)] = true
	}
	const retain = appsv1.RetainPersistentVolumeClaimRetentionPolicyType
	policy := ptr.Deref(w.world.StatefulSet.Spec.PersistentVolumeClaimRetentionPolicy,
		appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{})
	o := newOrdering(w.world)
	for _, claim := range w.world.Claims {
		_, inRange := o.index(claim.Name)
		owner := metav1.GetControllerOf(claim)
		switch {
		case !inRange || w.created(claim.Name):
		case claim.DeletionTimestamp != nil && w.real.Err != nil:
			w.here["claim: deleting, and its pod waits"] = true
		case owner != nil && owner.UID == "pod-of-old" && policy.WhenScaled != retain:
			w.here["claim: stale, and its pod waits"] = true
		}
	}
}

// kindsOf are the kinds of owners, with a mark where one controls.
func kindsOf(refs []metav1.OwnerReference) []string {
	kinds := []string{}
	for _, ref := range refs {
		kind := ref.Kind
		if ptr.Deref(ref.Controller, false) {
			kind += "!"
		}
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}

// created reports whether the pod with the ordinal of a name was created.
func (w *statefulWays) created(name string) bool {
	return slices.ContainsFunc(w.real.Sent, func(s Sent) bool {
		return s.Verb == controller.Create && s.Resource == "pods" && ordinalOf(s.Name) == ordinalOf(name)
	})
}

// creations notes at which revision pods come, and how many at once.
func (w *statefulWays) creations() {
	created, refused := 0, 0
	strategy := w.world.StatefulSet.Spec.UpdateStrategy
	for _, s := range w.real.Sent {
		if s.Verb != controller.Create || s.Resource != "pods" {
			continue
		}
		if s.Refused != "" {
			refused++
			continue
		}
		created++
		revision := decoded[corev1.Pod](s).Labels[appsv1.StatefulSetRevisionLabel]
		old := revision != w.update
		switch {
		case !old:
			w.here["creation: at the update revision"] = true
		case strategy.RollingUpdate == nil:
			w.here["creation: at the current revision, without rollingUpdate"] = true
		default:
			w.here["creation: at the current revision, below the partition, "+string(strategy.Type)] = true
		}
	}
	switch {
	case created > 500 && refused > 0:
		w.here["creation: stops after a batch of full size"] = true
	case created > 0 && refused > 0:
		w.here["creation: slow start stops"] = true
	case created > 1:
		w.here["creation: several pods"] = true
	}
}

// deletions notes how many pods a rolling update takes at once, and those that had ended.
func (w *statefulWays) deletions() {
	o, rolling := newOrdering(w.world), 0
	for _, s := range w.real.Sent {
		_, inRange := o.index(s.Name)
		switch {
		case s.Verb != controller.Delete || s.Resource != "pods":
		case o.finished[s.Name]:
			w.here["deletion: of a pod that has ended"] = true
		case inRange:
			rolling++
		}
	}
	if rolling > 1 {
		w.here["deletion: several pods for an update"] = true
	}
}
