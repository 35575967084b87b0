package revision

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	exactjson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/rand"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// DataHashLabel is the label of a StatefulSet's ControllerRevision that holds its hash.
// It is written once: after a collision the name has another.
const DataHashLabel = "controller.kubernetes.io/hash"

// Data returns what a ControllerRevision keeps of a workload: the patch that gives it
// this template again, byte for byte as the controller writes it, since revisions are
// compared and named by their bytes.
//
//	{"spec":{"template":{"$patch":"replace","metadata":{…},"spec":{…}}}}
//
// The template is as a server stores it. Fields that a version does not have are not
// left out.
// Follows stateful_set_utils.go getPatch, v1.37.0.
func Data(template *corev1.PodTemplateSpec, profile kubeversion.Profile) ([]byte, error) {
	// Numbers become floats, as upstream.
	return replacing(template, profile, json.Unmarshal)
}

// DaemonData is Data as the DaemonSet controller writes it: it differs where a template
// has whole numbers above 2^53, which stay exact.
// Follows daemon/update.go getPatch, v1.37.0.
func DaemonData(template *corev1.PodTemplateSpec, profile kubeversion.Profile) ([]byte, error) {
	return replacing(template, profile, exactjson.Unmarshal)
}

// replacing writes a template through a map, which sorts its keys.
func replacing(
	template *corev1.PodTemplateSpec, profile kubeversion.Profile, read func([]byte, any) error,
) ([]byte, error) {
	encoded, err := json.Marshal(template)
	if err != nil {
		return nil, fmt.Errorf("encoding a pod template: %w", err)
	}
	var fields map[string]any
	if err := read(encoded, &fields); err != nil {
		return nil, fmt.Errorf("encoding a pod template: %w", err)
	}
	fields["$patch"] = "replace"
	if !profile.OmitsZeroTimes() {
		addZeroTimes(fields)
	}
	return json.Marshal(map[string]any{"spec": map[string]any{"template": fields}})
}

// addZeroTimes writes a creation time that is not set as null, as JSON had it up to
// 1.33: of the template, and of the claims that its ephemeral volumes describe.
func addZeroTimes(template map[string]any) {
	addZeroTime(template)
	spec, _ := template["spec"].(map[string]any)
	volumes, _ := spec["volumes"].([]any)
	for _, v := range volumes {
		volume, _ := v.(map[string]any)
		ephemeral, _ := volume["ephemeral"].(map[string]any)
		if claim, ok := ephemeral["volumeClaimTemplate"].(map[string]any); ok {
			addZeroTime(claim)
		}
	}
}

func addZeroTime(object map[string]any) {
	metadata, ok := object["metadata"].(map[string]any)
	if !ok {
		return
	}
	if _, set := metadata["creationTimestamp"]; !set {
		metadata["creationTimestamp"] = nil
	}
}

// DataHash returns the hash in the name of a ControllerRevision. Unlike that of a
// ReplicaSet it depends on the JSON only, so it can be told for every version.
// Follows controller_history.go HashControllerRevision, v1.37.0.
func DataHash(data []byte, collisions int32) string {
	sum := fnv.New32()
	// A hash never refuses a write.
	_, _ = sum.Write(data)
	_, _ = sum.Write(strconv.AppendInt(nil, int64(collisions), 10))
	return rand.SafeEncodeString(strconv.FormatUint(uint64(sum.Sum32()), 10))
}

// DataName returns the name of a ControllerRevision of a StatefulSet; a long name of
// the StatefulSet is cut, so that the whole fits 253 characters.
// Follows controller_history.go ControllerRevisionName, v1.37.0.
func DataName(set, hash string) string {
	const longest = 223
	return set[:min(len(set), longest)] + "-" + hash
}

// replacedTemplate reads the template out of data that this package, or a controller,
// wrote: much faster than applying it as a patch, and with the same result.
func replacedTemplate(data []byte) (corev1.PodTemplateSpec, bool) {
	var template corev1.PodTemplateSpec
	inner, ok := bytes.CutPrefix(data, []byte(`{"spec":{"template":{"$patch":"replace",`))
	inner, closed := bytes.CutSuffix(inner, []byte(`}}`))
	if !ok || !closed {
		return template, false
	}
	object := append([]byte{'{'}, inner...)
	return template, json.Unmarshal(object, &template) == nil
}
