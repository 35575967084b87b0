package load

import (
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// defaultNamespace is where objects are that name none and have no company.
const defaultNamespace = "default"

// OnlyNamespace is the namespace of all objects of the snapshot that are in one;
// empty if there is none or several.
func OnlyNamespace(snapshot *cluster.Snapshot) string {
	if snapshot == nil {
		return ""
	}
	found := namespaces{}
	for _, d := range snapshot.Deployments {
		found[d.Namespace] = true
	}
	for _, rs := range snapshot.ReplicaSets {
		found[rs.Namespace] = true
	}
	for _, pod := range snapshot.Pods {
		found[pod.Namespace] = true
	}
	for _, other := range snapshot.Others {
		found[other.GetNamespace()] = true
	}
	return found.only()
}

// onlyNamespaceOf is the same for documents.
func onlyNamespaceOf(documents []cluster.Document, scopes scopes) string {
	found := namespaces{}
	for _, document := range documents {
		if !scopes.cluster(document.Object) {
			found[document.Object.GetNamespace()] = true
		}
	}
	return found.only()
}

type namespaces map[string]bool

func (n namespaces) only() string {
	delete(n, "")
	if len(n) != 1 {
		return ""
	}
	for name := range n {
		return name
	}
	return ""
}
