package revisions

import (
	_ "unsafe" // for go:linkname

	appsv1 "k8s.io/api/apps/v1"
	_ "k8s.io/kubernetes/pkg/controller/statefulset" // what is linked to
	"k8s.io/utils/lru"
)

//go:linkname newRevision k8s.io/kubernetes/pkg/controller/statefulset.newRevision
func newRevision(set *appsv1.StatefulSet, number int64, collisions *int32) (*appsv1.ControllerRevision, error)

//go:linkname nextRevision k8s.io/kubernetes/pkg/controller/statefulset.nextRevision
func nextRevision(revisions []*appsv1.ControllerRevision) int64

//go:linkname setMatchesLatestExistingRevision k8s.io/kubernetes/pkg/controller/statefulset.setMatchesLatestExistingRevision
func setMatchesLatestExistingRevision(
	set *appsv1.StatefulSet, proposed, latest *appsv1.ControllerRevision, memory *lru.Cache,
) bool
