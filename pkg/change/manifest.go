package change

import (
	"encoding/json"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// Manifest is kubectl apply of one document: fields that it sets are set, fields
// that it set the last time and no longer has are removed, all others stay.
type Manifest struct {
	Document cluster.Document
}

// Apply implements Intent. A target without an object is created.
func (m Manifest) Apply(to Target) (Edit, error) { return m.apply(to, false) }

// apply is for a server that was asked, too: what that drops it drops itself.
func (m Manifest) apply(to Target, answered bool) (Edit, error) {
	written, err := m.written(to)
	if err != nil {
		return Edit{}, m.at(err)
	}
	after, err := merge(to, written)
	if err != nil {
		return Edit{}, m.at(err)
	}
	sends := request{
		verb: verbApply, patchType: string(types.ApplyPatchType), body: written.Object, answered: answered,
	}
	e, err := to.edited(after, sends, keepAutoscaled(to, written, after)...)
	if e.Changed() && lacksLastApplied(to.Object) {
		e.Notes = append(e.Notes, "it has no last-applied annotation: fields that left the manifest stay")
	}
	return e, err
}

// lacksLastApplied holds for a server's object that kubectl apply never wrote.
func lacksLastApplied(object cluster.Object) bool {
	if object == nil || object.GetUID() == "" {
		return false
	}
	_, ok := object.GetAnnotations()[corev1.LastAppliedConfigAnnotation]
	return !ok
}

// at puts the place of the manifest in front of an error.
func (m Manifest) at(err error) error {
	if m.Document.Source.File == "" {
		return err
	}
	return fmt.Errorf("%s: %w", m.Document.Source, err)
}

// written returns a copy of the document that holds only what a person can set,
// after it was found to be of the target.
func (m Manifest) written(to Target) (*unstructured.Unstructured, error) {
	if m.Document.Object == nil {
		return nil, errors.New("the manifest is empty")
	}
	written := m.Document.Object.DeepCopy()
	removeServerFields(written)
	if written.GetName() == "" {
		return nil, errors.New("the manifest has no metadata.name: apply needs one, generateName does not do")
	}
	if to.Object == nil {
		return written, nil
	}
	if podTemplate(to.Object) == nil {
		return nil, unplanned(cluster.RefOf(to.Object))
	}
	ref := cluster.RefOf(to.Object)
	if written.GetNamespace() == "" && ref.Namespace != "" {
		written.SetNamespace(ref.Namespace)
	}
	if own := cluster.RefOf(written); own != ref {
		return nil, fmt.Errorf("the manifest is of %s in namespace %q, the workload is %s in namespace %q",
			own, own.Namespace, ref, ref.Namespace)
	}
	return written, nil
}

// removeServerFields removes what a request cannot set, so that the output of
// kubectl get can be applied.
func removeServerFields(object *unstructured.Unstructured) {
	unstructured.RemoveNestedField(object.Object, "status")
	for _, field := range []string{
		"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink",
	} {
		unstructured.RemoveNestedField(object.Object, "metadata", field)
	}
	unstructured.RemoveNestedField(object.Object,
		"metadata", "annotations", corev1.LastAppliedConfigAnnotation)
}

// merge returns what the server's object becomes, before the defaults.
func merge(to Target, written *unstructured.Unstructured) (cluster.Object, error) {
	modified, err := json.Marshal(written.Object)
	if err != nil {
		return nil, err
	}
	ref, after := cluster.RefOf(written), empty(written.GroupVersionKind())
	if after == nil {
		return nil, unplanned(ref)
	}
	if err := decode(modified, after); err != nil {
		return nil, fmt.Errorf("%s: %w", ref, err)
	}
	// A manifest in the state was never on a server, where somebody else could
	// have set a field: it is its own last-applied, and nothing of it stays.
	if to.Object == nil {
		return after, nil
	}
	if to.Object.GetUID() == "" {
		remember(to.Object, after, modified)
		return after, nil
	}
	merged := empty(written.GroupVersionKind())
	if err := threeWay(to, written, merged); err != nil {
		return nil, fmt.Errorf("applying to %s: %w", ref, err)
	}
	return merged, nil
}

// threeWay decodes the three-way merge of last-applied, manifest and server into
// merged.
func threeWay(to Target, written *unstructured.Unstructured, merged cluster.Object) error {
	current, err := json.Marshal(to.Object)
	if err != nil {
		return err
	}
	patch, err := applyPatch(to.Object, written, current)
	if err != nil {
		return err
	}
	result, err := strategicpatch.StrategicMergePatch(current, patch, to.Object)
	if err != nil {
		return err
	}
	return decode(result, merged)
}

// applyPatch is the patch that kubectl apply makes of a manifest. An object that apply
// never wrote has no last-applied: nothing goes.
// Follows kubectl's patcher.go patchSimple, v0.37.2.
func applyPatch(before cluster.Object, written *unstructured.Unstructured, current []byte) ([]byte, error) {
	original := []byte(before.GetAnnotations()[corev1.LastAppliedConfigAnnotation])
	if len(original) > 0 && !json.Valid(original) {
		return nil, fmt.Errorf("its annotation %s is not JSON: remove the annotation",
			corev1.LastAppliedConfigAnnotation)
	}
	modified, err := remembering(before, written)
	if err != nil {
		return nil, err
	}
	lookup, err := strategicpatch.NewPatchMetaFromStruct(before)
	if err != nil {
		return nil, err
	}
	return strategicpatch.CreateThreeWayMergePatch(original, modified, current, lookup, true)
}

// remembering is the manifest as JSON, with itself in the last-applied annotation
// where the object has one. It must be there before the merge: a manifest that lost
// the last of its annotations would else take everybody's with it.
func remembering(before cluster.Object, written *unstructured.Unstructured) ([]byte, error) {
	modified, err := json.Marshal(written.Object)
	if _, ok := before.GetAnnotations()[corev1.LastAppliedConfigAnnotation]; !ok || err != nil {
		return modified, err
	}
	remembers := written.DeepCopy()
	err = unstructured.SetNestedField(remembers.Object, string(modified),
		"metadata", "annotations", corev1.LastAppliedConfigAnnotation)
	if err != nil {
		return nil, err
	}
	return json.Marshal(remembers.Object)
}

// remember writes the manifest into the last-applied annotation, where there was
// one.
func remember(before, after cluster.Object, modified []byte) {
	if _, ok := before.GetAnnotations()[corev1.LastAppliedConfigAnnotation]; !ok {
		return
	}
	annotations := after.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[corev1.LastAppliedConfigAnnotation] = string(modified)
	after.SetAnnotations(annotations)
}
