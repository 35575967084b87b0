package change

import (
	"bytes"
	"encoding/json"
	"fmt"

	"gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// Patch is a patch as JSON or YAML: a list is a JSON patch, anything else a
// strategic merge patch.
type Patch struct {
	Text string
}

// Apply implements Intent.
func (p Patch) Apply(to Target) (Edit, error) {
	before, err := to.workload()
	if err != nil {
		return Edit{}, err
	}
	ref := cluster.RefOf(before)
	patchType, data, err := p.parse()
	if err != nil {
		return Edit{}, err
	}
	after := empty(before.GetObjectKind().GroupVersionKind())
	if after == nil {
		return Edit{}, unplanned(ref)
	}
	if err := patched(before, patchType, data, after); err != nil {
		return Edit{}, fmt.Errorf("patching %s: %w", ref, err)
	}
	if now := cluster.RefOf(after); now != ref {
		return Edit{}, fmt.Errorf(
			"patching %s: a patch cannot change its apiVersion, kind, namespace or name", ref)
	}
	sends, err := patchRequest(patchType, data)
	if err != nil {
		return Edit{}, err
	}
	return to.edited(after, sends)
}

// parse returns the patch as JSON, and its type.
func (p Patch) parse() (types.PatchType, []byte, error) {
	data, err := yaml.YAMLToJSONStrict([]byte(p.Text))
	if err != nil {
		return "", nil, fmt.Errorf("the patch is neither JSON nor YAML: %w", err)
	}
	switch data = bytes.TrimSpace(data); data[0] {
	case '{':
		return types.StrategicMergePatchType, data, nil
	case '[':
		return types.JSONPatchType, data, nil
	}
	return "", nil, fmt.Errorf(
		"the patch is %s: write an object, or a list of JSON patch operations", data)
}

// patched decodes the patched object into after.
func patched(
	before cluster.Object, patchType types.PatchType, patch []byte, after cluster.Object,
) error {
	current, err := json.Marshal(before)
	if err != nil {
		return err
	}
	var result []byte
	if patchType == types.JSONPatchType {
		result, err = applyJSONPatch(current, patch)
	} else {
		result, err = strategicpatch.StrategicMergePatch(current, patch, before)
	}
	if err != nil {
		return err
	}
	return decode(result, after)
}

func applyJSONPatch(current, patch []byte) ([]byte, error) {
	operations, err := jsonpatch.DecodePatch(patch)
	if err != nil {
		return nil, err
	}
	return operations.Apply(current)
}
