package load

import (
	"encoding/json"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// redaction replaces literal values of environment variables, each distinct value
// by one number: so what was equal stays equal, in templates of all revisions, in
// pods and in what kubectl apply remembers. Names stay, and so do empty values and
// references to ConfigMaps and Secrets.
type redaction struct {
	numbers map[string]int
}

func newRedaction() *redaction { return &redaction{numbers: map[string]int{}} }

// object redacts an API object in place.
func (r *redaction) object(object map[string]any) {
	r.walk(object)
	metadata, _ := object["metadata"].(map[string]any)
	annotations, _ := metadata["annotations"].(map[string]any)
	if applied, ok := annotations[corev1.LastAppliedConfigAnnotation].(string); ok {
		annotations[corev1.LastAppliedConfigAnnotation] = r.lastApplied(applied)
	}
}

// lastApplied redacts the manifest that kubectl apply keeps in an annotation. What is
// no JSON is of no use to anybody, and stays no JSON.
func (r *redaction) lastApplied(text string) string {
	var manifest map[string]any
	if err := json.Unmarshal([]byte(text), &manifest); err != nil {
		return cluster.Redacted(r.number(text))
	}
	r.walk(manifest)
	redacted, err := json.Marshal(manifest)
	if err != nil {
		return cluster.Redacted(r.number(text))
	}
	return string(redacted)
}

// walk redacts every list named env, wherever containers stand.
func (r *redaction) walk(value any) {
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if key == "env" {
				r.env(value[key])
			}
			r.walk(value[key])
		}
	case []any:
		for _, item := range value {
			r.walk(item)
		}
	}
}

func (r *redaction) env(list any) {
	variables, _ := list.([]any)
	for _, item := range variables {
		variable, _ := item.(map[string]any)
		if value, ok := variable["value"].(string); ok && value != "" {
			variable["value"] = cluster.Redacted(r.number(value))
		}
	}
}

// number is that of a value: the place at which it was first met.
func (r *redaction) number(value string) int {
	if _, known := r.numbers[value]; !known {
		r.numbers[value] = len(r.numbers) + 1
	}
	return r.numbers[value]
}
