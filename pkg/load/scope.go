package load

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// isClusterScoped holds for the kinds of Kubernetes itself that are in no
// namespace. No server is asked, so this is the list of 1.37.
func isClusterScoped(kind schema.GroupKind) bool {
	switch kind.Group {
	case "":
		return kind.Kind == "Node" || kind.Kind == "Namespace" || kind.Kind == "PersistentVolume" ||
			kind.Kind == "ComponentStatus"
	case "rbac.authorization.k8s.io":
		return kind.Kind == "ClusterRole" || kind.Kind == "ClusterRoleBinding"
	case "storage.k8s.io":
		return kind.Kind != "CSIStorageCapacity"
	case "networking.k8s.io":
		return kind.Kind == "IngressClass" || kind.Kind == "IPAddress" || kind.Kind == "ServiceCIDR"
	case "certificates.k8s.io":
		return kind.Kind != "PodCertificateRequest"
	case "resource.k8s.io":
		return kind.Kind != "ResourceClaim" && kind.Kind != "ResourceClaimTemplate"
	case "scheduling.k8s.io":
		return kind.Kind == "PriorityClass"
	case "apiextensions.k8s.io", "apiregistration.k8s.io", "admissionregistration.k8s.io",
		"flowcontrol.apiserver.k8s.io", "node.k8s.io", "storagemigration.k8s.io",
		"internal.apiserver.k8s.io":
		return true
	}
	return false
}

// scopes knows which kinds are in a namespace, those included that the documents
// define themselves.
type scopes struct {
	defined map[schema.GroupKind]bool
}

// scopesOf reads the CustomResourceDefinitions among the documents.
func scopesOf(documents []cluster.Document) scopes {
	defined := map[schema.GroupKind]bool{}
	for _, document := range documents {
		object := document.Object
		if object.GetKind() != "CustomResourceDefinition" {
			continue
		}
		scope, _, _ := unstructured.NestedString(object.Object, "spec", "scope")
		group, _, _ := unstructured.NestedString(object.Object, "spec", "group")
		kind, _, _ := unstructured.NestedString(object.Object, "spec", "names", "kind")
		defined[schema.GroupKind{Group: group, Kind: kind}] = scope == "Cluster"
	}
	return scopes{defined: defined}
}

// cluster reports whether the object is in no namespace. What a server stored
// without a namespace has none, where this program does not know the kind.
func (s scopes) cluster(object *unstructured.Unstructured) bool {
	kind := object.GroupVersionKind().GroupKind()
	stored := object.GetUID() != "" && object.GetNamespace() == ""
	return isClusterScoped(kind) || s.defined[kind] || stored && !isBuiltin(kind.Group)
}

// isBuiltin holds for the groups of Kubernetes itself, and for no other that is
// named as it should be.
func isBuiltin(group string) bool {
	return !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io")
}
