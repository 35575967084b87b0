package load

import (
	"maps"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// identity is what two objects of one cluster cannot have in common.
type identity struct {
	schema.GroupKind
	namespace string
	name      string
}

// identities finds out who the objects are.
type identities struct {
	namespace string // of objects that name none
	strict    bool   // the namespace is the only one there may be
	scopes    scopes
	seen      map[identity]cluster.Source
	problems  *problems
}

// all returns the documents with their namespaces set. Those that have no
// identity, or one that was there before, are problems.
func (i identities) all(documents []cluster.Document) []cluster.Document {
	identified := make([]cluster.Document, 0, len(documents))
	for _, document := range documents {
		if document, ok := i.one(document); ok {
			identified = append(identified, document)
		}
	}
	return identified
}

func (i identities) one(document cluster.Document) (cluster.Document, bool) {
	if text := outdated(document.Object.GroupVersionKind()); text != "" {
		i.problems.add(document.At("apiVersion"), "%s: %s", describeObject(document.Object), text)
		return document, false
	}
	document, ok := i.settle(document)
	if !ok {
		return document, false
	}
	object := document.Object
	id := identity{object.GroupVersionKind().GroupKind(), object.GetNamespace(), object.GetName()}
	if id.name == "" {
		i.problems.add(document.At("metadata"), "%s: metadata.name is missing%s",
			describeObject(object), generated(object))
		return document, false
	}
	if first, twice := i.seen[id]; twice {
		i.problems.add(document.Source, "%s stands twice: also at %s", describeObject(object), first)
		return document, false
	}
	i.seen[id] = document.Source
	return document, true
}

func generated(object *unstructured.Unstructured) string {
	if object.GetGenerateName() == "" {
		return ""
	}
	return ", and generateName cannot be applied"
}

// settle gives a document the namespace that it has in the cluster.
func (i identities) settle(document cluster.Document) (cluster.Document, bool) {
	object, namespace := document.Object, document.Object.GetNamespace()
	switch {
	case i.scopes.cluster(object):
		document.Object = inNamespace(object, "")
	case namespace == "":
		document.Object = inNamespace(object, i.namespace)
	case i.strict && namespace != i.namespace:
		i.problems.add(document.At("metadata.namespace"),
			"%s: the namespace from the provided object %q does not match the namespace %q: pass -n %s",
			describeObject(object), namespace, i.namespace, namespace)
		return document, false
	}
	return document, true
}

// inNamespace returns the object with the namespace. The object itself stays as
// it is: whoever passed it may read it for something else.
func inNamespace(object *unstructured.Unstructured, namespace string) *unstructured.Unstructured {
	if object.GetNamespace() == namespace {
		return object
	}
	metadata, _ := object.Object["metadata"].(map[string]any)
	moved := &unstructured.Unstructured{Object: maps.Clone(object.Object)}
	moved.Object["metadata"] = maps.Clone(metadata)
	moved.SetNamespace(namespace)
	return moved
}

// describeObject names an object in messages: "deployment shop/web".
func describeObject(object *unstructured.Unstructured) string {
	name := object.GetName()
	if name == "" {
		name = object.GetGenerateName()
	}
	if namespace := object.GetNamespace(); namespace != "" {
		name = namespace + "/" + name
	}
	return strings.TrimSpace(strings.ToLower(object.GetKind()) + " " + name)
}

// outdated says what is wrong with the apiVersion of a workload, Pod or Node that
// no planned version of Kubernetes serves.
func outdated(kind schema.GroupVersionKind) string {
	current := ""
	switch kind.Kind {
	case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ControllerRevision":
		current = "apps/v1"
	case "Job", "CronJob":
		current = "batch/v1"
	case "Pod", "Node":
		current = "v1"
	}
	version := kind.GroupVersion().String()
	switch kind.Group {
	case "", "apps", "batch", "extensions":
		if current != "" && version != current {
			return version + " is not served: use " + current
		}
	}
	return ""
}
