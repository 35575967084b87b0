package change

import (
	"encoding/json"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/diff"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
	"github.com/kubectl-workload/kubectl-workload/pkg/validate"
)

// Served is a manifest that a server was asked about: either the object that it would
// store, with its own defaults and what admission made of it, or why it would not.
type Served struct {
	Manifest Manifest
	Object   cluster.Object
	Refusals []validate.Refusal
}

// Apply implements Intent. What a server takes or refuses is the server's to say: our
// own rules are not asked.
func (s Served) Apply(to Target) (Edit, error) {
	local, err := s.Manifest.apply(to, true)
	if err != nil {
		return Edit{}, err
	}
	if s.Object == nil {
		local.Refusals = withWayOut(s.Refusals, local, to.Profile)
		return local, nil
	}
	written, err := s.Manifest.written(to)
	if err != nil {
		return Edit{}, s.Manifest.at(err)
	}
	after, ok := s.Object.DeepCopyObject().(cluster.Object)
	if !ok || cluster.RefOf(after) != local.Ref {
		return Edit{}, fmt.Errorf("the server answered with another object than %s", local.Ref)
	}
	sends := request{
		verb: verbApply, patchType: string(types.ApplyPatchType), body: written.Object, answered: true,
	}
	if local.Before != nil {
		// The controller keeps it like a status: it can be newer in the answer than in the
		// state, whose ReplicaSets it counts.
		keepAnnotation(local.Before, after, revision.Annotation)
	}
	e, err := to.edited(after, sends, local.Notes...)
	if err != nil {
		return Edit{}, err
	}
	e.Refusals = nil
	e.Notes = append(e.Notes, admitted(local.After, e.After)...)
	return e, nil
}

// admitted says what the server makes of a manifest that nobody could have told
// without asking: webhooks change fields, and so do defaults of a namespace.
func admitted(local, served cluster.Object) []string {
	changes := diff.Objects(local, served)
	switch len(changes) {
	case 0:
		return nil
	case 1:
		return []string{"the server itself changes " + changes[0].Path}
	}
	return []string{fmt.Sprintf("the server itself changes %s and %d more fields",
		changes[0].Path, len(changes)-1)}
}

// Sends returns what kubectl apply sends for the manifest, as JSON: the object where
// the target has none, else a strategic merge patch. It is nil where there is nothing
// to send.
func (m Manifest) Sends(to Target) ([]byte, error) {
	written, err := m.written(to)
	if err != nil {
		return nil, m.at(err)
	}
	if to.Object == nil {
		return json.Marshal(written.Object)
	}
	patch, err := patchToSend(to, written)
	if err != nil {
		return nil, m.at(fmt.Errorf("applying to %s: %w", cluster.RefOf(to.Object), err))
	}
	return patch, nil
}

// patchToSend is the patch of kubectl apply, but for the number of replicas where an
// autoscaler sets it: see keepAutoscaled.
func patchToSend(to Target, written *unstructured.Unstructured) ([]byte, error) {
	current, err := json.Marshal(to.Object)
	if err != nil {
		return nil, err
	}
	data, err := applyPatch(to.Object, written, current)
	if err != nil {
		return nil, err
	}
	var patch map[string]any
	if err := json.Unmarshal(data, &patch); err != nil {
		return nil, err
	}
	if leftToAutoscaler(to, written) != nil {
		prune(patch, "spec", "replicas")
	}
	if onlyRemembers(patch) {
		return nil, nil
	}
	return json.Marshal(patch)
}

// onlyRemembers reports whether a patch sets nothing but the last-applied annotation,
// whose text differs with everybody who writes it.
func onlyRemembers(patch map[string]any) bool {
	rest := runtime.DeepCopyJSON(patch)
	prune(rest, "metadata", "annotations", corev1.LastAppliedConfigAnnotation)
	return len(rest) == 0
}

// prune removes a field, and what is empty without it.
func prune(from map[string]any, field string, inner ...string) {
	if len(inner) > 0 {
		below, ok := from[field].(map[string]any)
		if !ok {
			return
		}
		if prune(below, inner[0], inner[1:]...); len(below) > 0 {
			return
		}
	}
	delete(from, field)
}

// withWayOut adds to what a server refuses of a StatefulSet how to get there all the
// same, where the change is one that no update can make. Servers say no more than that.
func withWayOut(
	refusals []validate.Refusal, local Edit, profile kubeversion.Profile,
) []validate.Refusal {
	before, ok := local.Before.(*appsv1.StatefulSet)
	after, both := local.After.(*appsv1.StatefulSet)
	if !ok || !both {
		return refusals
	}
	wayOut := validate.WayOut(before, after, profile)
	if wayOut == "" {
		return refusals
	}
	told := slices.Clone(refusals)
	for i, refusal := range told {
		switch refusal.Field {
		case "spec", "spec.selector", "spec.serviceName", "spec.podManagementPolicy",
			"spec.volumeClaimTemplates":
			told[i].Reason += ": " + wayOut
		}
	}
	return told
}
