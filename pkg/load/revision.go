package load

import (
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// placedRevision is a revision and where it stands.
type placedRevision struct {
	document cluster.Document
	revision *appsv1.ControllerRevision
}

// addRevision takes the revision of a StatefulSet or DaemonSet.
func (s *state) addRevision(document cluster.Document, revision *appsv1.ControllerRevision) {
	if len(revision.Data.Raw) == 0 {
		s.problems.add(document.Source, "%s: data is missing, so nobody can tell which revision it is",
			describeObject(document.Object))
	}
	s.snapshot.Revisions = append(s.snapshot.Revisions, revision)
	s.revisions = append(s.revisions, placedRevision{document, revision})
}

// refuseStrangers refuses revisions of a workload that had the name of one in the
// state and is another: the two were not read at the same time, or the uid of one was
// edited. Its controller would see none of these revisions, and number anew.
func (s *state) refuseStrangers() {
	uids := map[cluster.Ref]types.UID{}
	for _, set := range s.snapshot.StatefulSets {
		uids[cluster.RefOf(set)] = set.UID
	}
	for _, set := range s.snapshot.DaemonSets {
		uids[cluster.RefOf(set)] = set.UID
	}
	for _, placed := range s.revisions {
		owner := cluster.ControllerOf(placed.revision)
		if owner == nil {
			continue
		}
		uid, exists := uids[cluster.Ref{
			APIVersion: owner.APIVersion, Kind: owner.Kind,
			Namespace: placed.revision.Namespace, Name: owner.Name,
		}]
		if exists && uid != owner.UID {
			s.problems.add(placed.document.At("metadata.ownerReferences"),
				"%s is of a %s %s with uid %q, and the one in the state has %q: "+
					"read both at the same time",
				describeObject(placed.document.Object), owner.Kind, owner.Name, owner.UID, uid)
		}
	}
}
