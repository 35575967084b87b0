package plan

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/timeline"
)

// Schema returns the JSON Schema of an encoded plan, made from the Go types. A
// key without omitempty is required; other keys than these are not allowed.
func Schema() ([]byte, error) {
	s := schemaWriter{definitions: map[string]any{}}
	root := s.object(reflect.TypeFor[Plan]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = "https://" + APIVersion + "/plan.schema.json"
	root["title"] = "A plan of kubectl workload, " + APIVersion
	root["$defs"] = s.definitions
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(root)
	return out.Bytes(), err
}

type schemaWriter struct{ definitions map[string]any }

func (s *schemaWriter) of(t reflect.Type) map[string]any {
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Struct:
		return s.reference(t)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem())}
	case reflect.String:
		return stringSchema(t)
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return map[string]any{"type": "integer"}
	}
	return map[string]any{} // any value
}

// reference defines a struct once, by its name with the first letter small.
func (s *schemaWriter) reference(t reflect.Type) map[string]any {
	name := strings.ToLower(t.Name()[:1]) + t.Name()[1:]
	if _, defined := s.definitions[name]; !defined {
		s.definitions[name] = nil // ends recursion
		s.definitions[name] = s.object(t)
	}
	return map[string]any{"$ref": "#/$defs/" + name}
}

func (s *schemaWriter) object(t reflect.Type) map[string]any {
	properties := map[string]any{}
	required := []string{}
	for field := range t.Fields() {
		key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if key == "-" {
			continue
		}
		properties[key] = s.of(field.Type)
		if options != "omitempty" {
			required = append(required, key)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required,
		"additionalProperties": false}
}

func stringSchema(t reflect.Type) map[string]any {
	schema := map[string]any{"type": "string"}
	if values := enumeration(t); values != nil {
		schema["enum"] = values
	}
	return schema
}

// enumeration lists the constants of a type, which reflection cannot see. Actors
// are left open: every new kind of workload brings its controller.
func enumeration(t reflect.Type) any {
	switch t {
	case reflect.TypeFor[Verdict]():
		return []Verdict{Rejected, Create, Delete, Recreate, OnDelete, RollingUpdate, Scale, InPlace,
			Continues, NoChange}
	case reflect.TypeFor[Outcome]():
		return []Outcome{Settled, Held, Stalled, HorizonReached}
	case reflect.TypeFor[PodAction]():
		return []PodAction{PodKept, PodCreated, PodRestarted, PodDeleted, PodMissing}
	case reflect.TypeFor[ClaimAction]():
		return []ClaimAction{ClaimKept, ClaimCreated, ClaimReused, ClaimDeleted}
	case reflect.TypeFor[TargetChange]():
		return []TargetChange{Unchanged, Gained, Lost}
	case reflect.TypeFor[Severity]():
		return []Severity{Error, Warning, Info}
	case reflect.TypeFor[timeline.Action]():
		return []timeline.Action{timeline.Scale, timeline.Create, timeline.Delete, timeline.Ready,
			timeline.Available, timeline.Gone, timeline.Fail, timeline.Patch, timeline.Condition}
	}
	return nil
}
