package load

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// typeOf is the apiVersion and kind of an object as far as they are text.
type typeOf struct {
	apiVersion string
	kind       string
}

func typeIn(values map[string]any) typeOf {
	apiVersion, _ := values["apiVersion"].(string)
	kind, _ := values["kind"].(string)
	return typeOf{apiVersion: apiVersion, kind: kind}
}

// isList holds for List and DeploymentList; a kind of somebody else's can end
// like that too, but then it has no items.
func (t typeOf) isList() bool { return strings.HasSuffix(t.kind, "List") }

// item is the type of the items of a List that do not say it themselves, as a
// server writes them: DeploymentList has Deployments.
func (t typeOf) item() typeOf {
	return typeOf{apiVersion: t.apiVersion, kind: strings.TrimSuffix(t.kind, "List")}
}

// object takes a document that was read: an object, or a List of them.
func (r *reader) object(value any, fields cluster.Fields, t text) {
	if value == nil {
		return
	}
	values, ok := value.(map[string]any)
	if !ok {
		r.problems.add(t.at(fields.Line), "is %s, not an object with apiVersion and kind", describe(value))
		return
	}
	items, hasItems := values["items"]
	list, isSlice := items.([]any)
	kind := typeIn(values)
	if !kind.isList() || !hasItems || !isSlice && items != nil {
		r.single(values, fields, t)
		return
	}
	if len(list) == 0 {
		r.emptyLists++
	}
	for i, item := range list {
		r.item(item, itemFields(fields, i), kind, t)
	}
}

// itemFields are the places in an item of a List.
func itemFields(fields cluster.Fields, i int) cluster.Fields {
	for _, field := range fields.Inner {
		if field.Name == "items" && i < len(field.Inner) {
			return field.Inner[i]
		}
	}
	return fields
}

// item takes an item of a List, which can be a List again.
func (r *reader) item(value any, fields cluster.Fields, list typeOf, t text) {
	values, ok := value.(map[string]any)
	own := list.item()
	if ok && own.kind != "" && values["kind"] == nil && values["apiVersion"] == nil {
		values["kind"], values["apiVersion"] = own.kind, own.apiVersion
	}
	if value == nil {
		r.problems.add(t.at(fields.Line), "the list has an item that is empty")
	}
	r.object(value, fields, t)
}

// single takes one object if it has the shape that all objects have.
func (r *reader) single(values map[string]any, fields cluster.Fields, t text) {
	document := cluster.Document{
		Object: &unstructured.Unstructured{Object: values},
		Source: t.at(fields.Line),
		Fields: &fields,
	}
	before := r.problems.count()
	for _, check := range shape(values) {
		r.problems.add(document.At(check.path), "%s", check.text)
	}
	if r.problems.count() > before {
		return
	}
	if !keepsFields(document.Object) {
		document.Fields = nil
	}
	r.documents = append(r.documents, document)
}

// keepsFields is false for what a server wrote and only a server can be wrong
// about: the places in 30,000 pods take more memory than the pods.
func keepsFields(object *unstructured.Unstructured) bool {
	kind := object.GetKind()
	return object.GetUID() == "" || kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet"
}

type misshape struct {
	path string
	text string
}

// shape is what is wrong with the part that all objects have in common.
func shape(values map[string]any) []misshape {
	var wrong []misshape
	for _, key := range []string{"apiVersion", "kind"} {
		if value, _ := values[key].(string); value == "" {
			wrong = append(wrong, misshape{key, missing(key, values)})
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	metadata, ok := values["metadata"].(map[string]any)
	if !ok && values["metadata"] == nil {
		return []misshape{{"metadata", "metadata.name is missing"}}
	}
	if !ok {
		return []misshape{{"metadata", "metadata must be a mapping, not " + describe(values["metadata"])}}
	}
	for _, key := range []string{"name", "namespace", "uid", "generateName"} {
		value, exists := metadata[key]
		if _, ok := value.(string); exists && value != nil && !ok {
			wrong = append(wrong, misshape{"metadata." + key, "metadata." + key + " " + mustBeText(value)})
		}
	}
	return wrong
}

func missing(key string, values map[string]any) string {
	value := values[key]
	switch {
	case values["kind"] == nil && (values["resources"] != nil || values["configMapGenerator"] != nil):
		return "is a kustomization, not an object: give its folder with -k"
	case value == nil || value == "":
		return key + " is missing"
	}
	return key + " " + mustBeText(value)
}
