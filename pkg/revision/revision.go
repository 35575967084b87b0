// Package revision knows the revisions of a workload: their numbers, the template
// hash that names them, which of two templates are the same, and the patch that
// goes back to an earlier one.
package revision

import (
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The annotations in which the Deployment controller keeps revisions and sizes.
const (
	Annotation                = "deployment.kubernetes.io/revision"
	HistoryAnnotation         = "deployment.kubernetes.io/revision-history"
	DesiredReplicasAnnotation = "deployment.kubernetes.io/desired-replicas"
	MaxReplicasAnnotation     = "deployment.kubernetes.io/max-replicas"
	ChangeCauseAnnotation     = "kubernetes.io/change-cause"
)

// Number returns the revision of a Deployment or ReplicaSet; 0 where it has
// none. An annotation that is not a number is an error.
// Follows deployment_util.go Revision, v1.37.0.
func Number(object metav1.Object) (int64, error) {
	text, ok := object.GetAnnotations()[Annotation]
	if !ok {
		return 0, nil
	}
	return strconv.ParseInt(text, 10, 64)
}

// Max returns the highest revision of the ReplicaSets, at least 0. Those whose
// annotation is not a number do not count.
// Follows deployment_util.go MaxRevision, v1.37.0.
func Max(sets []*appsv1.ReplicaSet) int64 {
	highest, _ := highestTwo(sets)
	return highest
}

// Last returns the second highest revision of the ReplicaSets, at least 0. A
// revision that two of them have counts twice.
// Follows deployment_util.go LastRevision, v1.37.0.
func Last(sets []*appsv1.ReplicaSet) int64 {
	_, second := highestTwo(sets)
	return second
}

func highestTwo(sets []*appsv1.ReplicaSet) (highest, second int64) {
	for _, set := range sets {
		n, err := Number(set)
		switch {
		case err != nil:
		case n >= highest:
			highest, second = n, highest
		case n > second:
			second = n
		}
	}
	return highest, second
}
