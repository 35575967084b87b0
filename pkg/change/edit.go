package change

import (
	"fmt"
	"maps"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/strategicpatch"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/defaults"
	"github.com/kubectl-workload/kubectl-workload/pkg/diff"
)

// edited returns the edit that makes the target's object into after, which it
// takes over. Where that changes nothing, After equals Before and there is nothing
// to send.
func (t Target) edited(after cluster.Object, r request, notes ...string) (Edit, error) {
	if t.Object == nil {
		return t.created(after, r, notes...)
	}
	before, err := t.workload()
	if err != nil {
		return Edit{}, err
	}
	keepServerFields(before, after)
	if err := store(after, t.Profile); err != nil {
		return Edit{}, err
	}
	notes = append(notes, t.dropped(before, after, r)...)
	e := Edit{Ref: cluster.RefOf(before), Before: before, After: after, Notes: notes}
	e.Changes = diff.Objects(before, after)
	e.Refusals = refusals(before, after, t.Profile)
	if len(e.Changes) == 0 {
		e.After, _ = before.DeepCopyObject().(cluster.Object)
		return e, nil
	}
	if r.verb == "" {
		if r, err = patchBetween(before, after); err != nil {
			return Edit{}, fmt.Errorf("%s: %w", e.Ref, err)
		}
	}
	if bumpsGeneration(before, after) {
		after.SetGeneration(before.GetGeneration() + 1)
	}
	countTemplates(before, after)
	e.Verb, e.PatchType, e.Body = r.verb, r.patchType, r.body
	return e, nil
}

// created returns the edit that creates after.
func (t Target) created(after cluster.Object, r request, notes ...string) (Edit, error) {
	after.SetUID("")
	after.SetResourceVersion("")
	after.SetManagedFields(nil)
	after.SetGeneration(1)
	after.SetCreationTimestamp(metav1.NewTime(t.Now.Truncate(time.Second)))
	if err := store(after, t.Profile); err != nil {
		return Edit{}, err
	}
	notes = append(notes, t.dropped(nil, after, r)...)
	e := Edit{
		Ref:      cluster.RefOf(after),
		After:    after,
		Verb:     verbCreate,
		Body:     r.body,
		Refusals: refusals(nil, after, t.Profile),
		Notes:    notes,
	}
	countTemplates(nil, after)
	return e, nil
}

// countTemplates writes down, as a server does, the how manieth template it is that a
// DaemonSet has. It is nobody's change, and no request has it.
func countTemplates(before, after cluster.Object) {
	if ds, ok := after.(*appsv1.DaemonSet); ok {
		was, _ := before.(*appsv1.DaemonSet)
		defaults.CountTemplates(was, ds)
	}
}

// keepAnnotation restores an annotation that no request sets.
func keepAnnotation(before, after cluster.Object, key string) {
	annotations := maps.Clone(after.GetAnnotations())
	delete(annotations, key)
	if number, ok := before.GetAnnotations()[key]; ok {
		if annotations == nil {
			annotations = map[string]string{}
		}
		annotations[key] = number
	}
	after.SetAnnotations(annotations)
}

// dropped takes away from after, in place, what the server would drop without a word,
// and says it.
func (t Target) dropped(before, after cluster.Object, r request) []string {
	set, ok := after.(*appsv1.StatefulSet)
	if !ok || r.answered {
		return nil
	}
	was, _ := before.(*appsv1.StatefulSet)
	var notes []string
	for _, field := range defaults.DropDisabled(was, set, t.Profile) {
		notes = append(notes, fmt.Sprintf(
			"servers of 1.%d drop %s, whose feature gate is off", t.Profile.Version.Minor, field))
	}
	return notes
}

// keepServerFields restores what no request to the main resource can change.
func keepServerFields(before, after cluster.Object) {
	after.SetUID(before.GetUID())
	after.SetResourceVersion(before.GetResourceVersion())
	after.SetGeneration(before.GetGeneration())
	after.SetCreationTimestamp(before.GetCreationTimestamp())
	after.SetDeletionTimestamp(before.GetDeletionTimestamp())
	after.SetDeletionGracePeriodSeconds(before.GetDeletionGracePeriodSeconds())
	after.SetManagedFields(before.GetManagedFields())
	switch o := after.(type) {
	case *appsv1.Deployment:
		o.Status = before.(*appsv1.Deployment).Status
	case *appsv1.ReplicaSet:
		o.Status = before.(*appsv1.ReplicaSet).Status
	case *appsv1.StatefulSet:
		o.Status = before.(*appsv1.StatefulSet).Status
	case *appsv1.DaemonSet:
		o.Status = before.(*appsv1.DaemonSet).Status
		keepAnnotation(before, after, appsv1.DeprecatedTemplateGeneration)
	}
}

// bumpsGeneration reports whether a server counts the update as a new
// generation: of a Deployment also where only annotations differ.
// Follows pkg/registry/apps/{deployment,replicaset,statefulset,daemonset}/strategy.go
// PrepareForUpdate, v1.37.0.
func bumpsGeneration(before, after cluster.Object) bool {
	switch o := after.(type) {
	case *appsv1.Deployment:
		old := before.(*appsv1.Deployment)
		return !equality.Semantic.DeepEqual(old.Spec, o.Spec) ||
			!equality.Semantic.DeepEqual(old.Annotations, o.Annotations)
	case *appsv1.ReplicaSet:
		return !equality.Semantic.DeepEqual(before.(*appsv1.ReplicaSet).Spec, o.Spec)
	case *appsv1.StatefulSet:
		return !equality.Semantic.DeepEqual(before.(*appsv1.StatefulSet).Spec, o.Spec)
	case *appsv1.DaemonSet:
		return !equality.Semantic.DeepEqual(before.(*appsv1.DaemonSet).Spec, o.Spec)
	}
	return false
}

// patchBetween returns the strategic merge patch that kubectl's set, scale and
// rollout commands send for such a change.
func patchBetween(before, after cluster.Object) (request, error) {
	from, err := json.Marshal(before)
	if err != nil {
		return request{}, err
	}
	to, err := json.Marshal(after)
	if err != nil {
		return request{}, err
	}
	patch, err := strategicpatch.CreateTwoWayMergePatch(from, to, before)
	if err != nil {
		return request{}, fmt.Errorf("writing the patch: %w", err)
	}
	return patchRequest(types.StrategicMergePatchType, patch)
}

func patchRequest(patchType types.PatchType, patch []byte) (request, error) {
	var body any
	if err := json.Unmarshal(patch, &body); err != nil {
		return request{}, fmt.Errorf("reading the patch: %w", err)
	}
	return request{verb: verbPatch, patchType: string(patchType), body: body}, nil
}
