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
	see(found, snapshot.Deployments)
	see(found, snapshot.ReplicaSets)
	see(found, snapshot.StatefulSets)
	see(found, snapshot.DaemonSets)
	see(found, snapshot.Revisions)
	see(found, snapshot.Pods)
	see(found, snapshot.Claims)
	see(found, snapshot.Services)
	see(found, snapshot.Others)
	return found.only()
}

func see[T cluster.Object](found namespaces, objects []T) {
	for _, object := range objects {
		found[object.GetNamespace()] = true
	}
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
