package deployment

import (
	"fmt"
	"slices"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// family is the ReplicaSets of a Deployment, told apart.
type family struct {
	newest *appsv1.ReplicaSet   // has the Deployment's template; nil where there is none yet
	old    []*appsv1.ReplicaSet // all others, oldest first
}

// all returns every ReplicaSet, the new one last.
func (f family) all() []*appsv1.ReplicaSet {
	if f.newest == nil {
		return f.old
	}
	return append(slices.Clone(f.old), f.newest)
}

// NewReplicaSet returns the ReplicaSet that has the Deployment's template; the
// oldest where several have it, nil where none has. The hash plays no part.
// Follows deployment_util.go FindNewReplicaSet, v1.37.0.
func NewReplicaSet(d *appsv1.Deployment, sets []*appsv1.ReplicaSet) *appsv1.ReplicaSet {
	var found *appsv1.ReplicaSet
	for _, rs := range sets {
		if (found == nil || byAge(rs, found) < 0) && revision.SameTemplate(&rs.Spec.Template, &d.Spec.Template) {
			found = rs
		}
	}
	return found
}

// identify tells new and old ReplicaSets apart, brings annotations and revision up
// to date, and creates the new ReplicaSet where it is missing and asked for.
// Follows sync.go getAllReplicaSetsAndSyncRevision, v1.37.0.
func (s *sync) identify(sets []*appsv1.ReplicaSet, create bool) (family, error) {
	sortOldestFirst(sets)
	if s.newest == nil {
		s.newest = NewReplicaSet(s.d, sets)
	}
	existing := s.newest
	var f family
	for _, rs := range sets {
		if existing == nil || rs.UID != existing.UID {
			f.old = append(f.old, rs)
		}
	}
	var err error
	f.newest, err = s.newReplicaSet(existing, f.old, create)
	return f, err
}

// newReplicaSet follows sync.go getNewReplicaSet, v1.37.0.
func (s *sync) newReplicaSet(existing *appsv1.ReplicaSet, old []*appsv1.ReplicaSet, create bool) (*appsv1.ReplicaSet, error) {
	number := revision.Max(old) + 1
	switch {
	case existing != nil:
		return s.keepNew(existing, number)
	case create:
		return s.createNew(old, number)
	}
	return nil, nil
}

// keepNew brings the new ReplicaSet up to date. Where that takes a write, the
// Deployment's own revision waits for the next sync.
func (s *sync) keepNew(existing *appsv1.ReplicaSet, number int64) (*appsv1.ReplicaSet, error) {
	rs := copyOfSet(existing)
	changed := s.annotate(rs, number)
	if changed || rs.Spec.MinReadySeconds != s.d.Spec.MinReadySeconds {
		rs.Spec.MinReadySeconds = s.d.Spec.MinReadySeconds
		return s.updateReplicaSet(controller.Write{
			From: *rs.Spec.Replicas, To: *rs.Spec.Replicas,
			Reason:  controller.SyncReplicaSet,
			Message: "annotations, revision or minReadySeconds follow the Deployment",
		}, rs)
	}
	needsUpdate := setRevision(s.d, rs.Annotations[revision.Annotation])
	if hasProgressDeadline(s.d) && progressing(&s.d.Status) == nil {
		message := fmt.Sprintf("Found new replica set %q", rs.Name)
		setCondition(&s.d.Status, s.condition(appsv1.DeploymentProgressing, "True", foundNewReplicaSet, message))
		needsUpdate = true
	}
	if needsUpdate {
		return rs, s.sendStatus(controller.SyncRevision,
			fmt.Sprintf("the Deployment is at revision %s", rs.Annotations[revision.Annotation]))
	}
	return rs, nil
}

// setRevision follows deployment_util.go SetDeploymentRevision, v1.37.0.
func setRevision(d *appsv1.Deployment, number string) bool {
	if d.Annotations == nil {
		d.Annotations = map[string]string{}
	}
	if d.Annotations[revision.Annotation] == number {
		return false
	}
	d.Annotations[revision.Annotation] = number
	return true
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
