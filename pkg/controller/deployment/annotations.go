package deployment

import (
	"math"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// historyLimit is how long the list of a ReplicaSet's earlier revisions may get.
// Follows sync.go maxRevHistoryLengthInChars, v1.37.0.
const historyLimit = 2000

// annotate copies the Deployment's annotations to its new ReplicaSet and raises
// the ReplicaSet's revision to number; it reports whether that changed anything.
// A revision that is not a number ends it there, reported as no change, also where
// annotations were copied before.
// Follows deployment_util.go SetNewReplicaSetAnnotations, v1.37.0.
func (s *sync) annotate(rs *appsv1.ReplicaSet, number int64) bool {
	changed := copyAnnotations(s.d, rs)
	text, had := rs.Annotations[revision.Annotation]
	var own int64
	if text != "" {
		parsed, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return false
		}
		own = parsed
	}
	if own >= number {
		return changed
	}
	rs.Annotations[revision.Annotation] = decimal(number)
	if had {
		rs.Annotations[revision.HistoryAnnotation] = addToHistory(rs.Annotations[revision.HistoryAnnotation], text)
	}
	return true
}

// copyAnnotations never removes any.
// Follows deployment_util.go copyDeploymentAnnotationsToReplicaSet, v1.37.0.
func copyAnnotations(d *appsv1.Deployment, rs *appsv1.ReplicaSet) bool {
	if rs.Annotations == nil {
		rs.Annotations = map[string]string{}
	}
	changed := false
	for key, value := range d.Annotations {
		has, ok := rs.Annotations[key]
		if revision.Kept(key) || ok && has == value {
			continue
		}
		rs.Annotations[key] = value
		changed = true
	}
	return changed
}

// addToHistory appends a revision that the ReplicaSet had, and drops the oldest
// while the list is too long: "1,3" and "5" give "1,3,5".
func addToHistory(history, number string) string {
	revisions := strings.Split(history, ",")
	if revisions[0] == "" {
		return number
	}
	length, start := len(history)+1+len(number), 0
	for length > historyLimit && start < len(revisions) {
		length -= len(revisions[start]) + 1
		start++
	}
	if length > historyLimit {
		return history
	}
	return strings.Join(append(revisions[start:], number), ",")
}

// setSizeAnnotations records the Deployment's size in a ReplicaSet and reports
// whether it was another. Follows deployment_util.go SetReplicasAnnotations,
// v1.37.0.
func setSizeAnnotations(rs *appsv1.ReplicaSet, desired, most int32) bool {
	changed := !hasSizeAnnotations(rs, desired, most)
	if rs.Annotations == nil {
		rs.Annotations = map[string]string{}
	}
	rs.Annotations[revision.DesiredReplicasAnnotation] = decimal(int64(desired))
	rs.Annotations[revision.MaxReplicasAnnotation] = decimal(int64(most))
	return changed
}

func hasSizeAnnotations(rs *appsv1.ReplicaSet, desired, most int32) bool {
	return rs.Annotations[revision.DesiredReplicasAnnotation] == decimal(int64(desired)) &&
		rs.Annotations[revision.MaxReplicasAnnotation] == decimal(int64(most))
}

func (s *sync) desiredAnnotation(rs *appsv1.ReplicaSet) (int32, bool) {
	return s.sizeAnnotation(rs, revision.DesiredReplicasAnnotation)
}

// sizeAnnotation reads a size that a ReplicaSet remembers.
// Follows deployment_util.go getNonNegativeInt32FromAnnotation, v1.37.0, and
// getIntFromAnnotation, v1.31.14, which took negative numbers and cut large ones.
func (s *sync) sizeAnnotation(rs *appsv1.ReplicaSet, key string) (int32, bool) {
	text, ok := rs.Annotations[key]
	if !ok {
		return 0, false
	}
	if !s.Profile.ToleratesMaxReplicasAnnotation() {
		n, err := strconv.Atoi(text)
		if err != nil {
			return 0, false
		}
		return int32(n), true
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n > math.MaxInt32 {
		return 0, false
	}
	return int32(n), true
}
