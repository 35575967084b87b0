package load

import (
	"cmp"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// ManifestOptions is what manifests mean depends on.
type ManifestOptions struct {
	Namespace string // of -n; then the only one allowed
	Default   string // without -n: the namespace of objects that name none
}

// Manifests returns the documents with their namespaces set, in the same order,
// after a strict look at the kinds that are planned. The sentences are warnings.
func Manifests(documents []cluster.Document, o ManifestOptions) ([]cluster.Document, []string, error) {
	var found problems
	who := identities{
		namespace: cmp.Or(o.Namespace, o.Default, defaultNamespace),
		strict:    o.Namespace != "",
		scopes:    scopesOf(documents),
		seen:      map[identity]cluster.Source{},
		problems:  &found,
	}
	identified, types := who.all(documents), newDecoder(&found)
	for _, document := range identified {
		if typed := typedFor(document); typed != nil {
			types.decode(document, typed)
		}
	}
	if err := found.err(); err != nil {
		return nil, nil, err
	}
	return identified, types.warnings(), nil
}
