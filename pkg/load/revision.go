package load

import (
	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// placedRevision is a revision and where it stands.
type placedRevision struct {
	document cluster.Document
	revision *appsv1.ControllerRevision
}

// addRevision takes the revision of a StatefulSet; those of DaemonSets too, which
// nobody looks at yet.
func (s *state) addRevision(document cluster.Document, revision *appsv1.ControllerRevision) {
	if len(revision.Data.Raw) == 0 {
		s.problems.add(document.Source, "%s: data is missing, so nobody can tell which revision it is",
			describeObject(document.Object))
	}
	s.snapshot.Revisions = append(s.snapshot.Revisions, revision)
	s.revisions = append(s.revisions, placedRevision{document, revision})
}

// refuseStrangers refuses revisions of a StatefulSet that had the name of one in the
// state and is another: the two were not read at the same time, or the uid of one was
// edited. Its controller would see none of these revisions, and number anew.
func (s *state) refuseStrangers() {
	sets := map[[2]string]*appsv1.StatefulSet{}
	for _, set := range s.snapshot.StatefulSets {
		sets[[2]string{set.Namespace, set.Name}] = set
	}
	for _, placed := range s.revisions {
		owner := cluster.ControllerOf(placed.revision)
		if owner == nil || owner.Kind != "StatefulSet" {
			continue
		}
		set := sets[[2]string{placed.revision.Namespace, owner.Name}]
		if set != nil && set.UID != owner.UID {
			s.problems.add(placed.document.At("metadata.ownerReferences"),
				"%s is of a StatefulSet %s with uid %q, and the one in the state has %q: "+
					"read both at the same time",
				describeObject(placed.document.Object), owner.Name, owner.UID, set.UID)
		}
	}
}
