package deployment

import (
	"fmt"
	"math"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// scaleProportionally shares a change of size among ReplicaSets in mid-rollout, so
// that the mixture of old and new stays about the same. What rounding leaves over
// goes to the largest. Follows sync.go scale, v1.37.0. Example: 10 replicas with
// surge 3 as 8 old and 5 new become 30 with surge 8: 38 allowed, 25 to add;
// old 8 × 38/13 = 23, new 5 × 38/13 = 15.
func (s *sync) scaleProportionally(sets []*appsv1.ReplicaSet) error {
	allowed := int32(0)
	if *s.d.Spec.Replicas > 0 {
		allowed = *s.d.Spec.Replicas + MaxSurge(s.d)
	}
	toAdd := allowed - specReplicas(sets)
	if toAdd != 0 {
		sortLargestFirst(sets, toAdd > 0)
	}
	sizes := s.shareOut(sets, toAdd)
	for i, rs := range sets {
		because := why{controller.Proportional, fmt.Sprintf(
			"%d pods allowed instead of %d: each ReplicaSet takes its share", allowed, allowed-toAdd)}
		if _, _, err := s.resizeOne(rs, sizes[i], because); err != nil {
			return err
		}
	}
	return nil
}

func (s *sync) shareOut(sets []*appsv1.ReplicaSet, toAdd int32) []int32 {
	sizes := make([]int32, len(sets))
	added := int32(0)
	for i, rs := range sets {
		share := s.proportion(rs, toAdd, added)
		sizes[i] = *rs.Spec.Replicas + share
		added += share
	}
	if len(sets) > 0 && toAdd != 0 {
		sizes[0] = max(sizes[0]+toAdd-added, 0)
	}
	return sizes
}

// proportion is a ReplicaSet's share of what is left to add or, negative, to
// remove. Follows deployment_util.go GetReplicaSetProportion, v1.37.0.
func (s *sync) proportion(rs *appsv1.ReplicaSet, toAdd, added int32) int32 {
	if *rs.Spec.Replicas == 0 || toAdd == 0 || toAdd == added {
		return 0
	}
	if toAdd > 0 {
		return min(s.fraction(rs), toAdd-added)
	}
	return max(s.fraction(rs), toAdd-added)
}

// fraction is how much a ReplicaSet grows if it keeps its part of the whole. The
// product is 32 bits wide and may overflow, as upstream's.
// Follows deployment_util.go getReplicaSetFraction, v1.37.0. Up to v1.31 an
// annotation of 0 was divided by.
func (s *sync) fraction(rs *appsv1.ReplicaSet) int32 {
	size := *rs.Spec.Replicas
	if *s.d.Spec.Replicas == 0 {
		return -size
	}
	before, ok := s.sizeAnnotation(rs, revision.MaxReplicasAnnotation)
	if !ok || before == 0 && s.Profile.ToleratesMaxReplicasAnnotation() {
		before = s.d.Status.Replicas
		if before == 0 && s.Profile.ToleratesMaxReplicasAnnotation() {
			return 0
		}
	}
	product := size * (*s.d.Spec.Replicas + MaxSurge(s.d))
	return roundToInt32(float64(product)/float64(before)) - size
}

// roundToInt32 rounds halves away from zero. What does not fit becomes the
// smallest number, as on amd64, where the controllers of most clusters run.
// Follows k8s.io/utils/integer RoundToInt32.
func roundToInt32(a float64) int32 {
	if a < 0 {
		a -= 0.5
	} else {
		a += 0.5
	}
	if math.IsNaN(a) || a >= math.MaxInt32+1.0 || a <= math.MinInt32-1.0 {
		return math.MinInt32
	}
	return int32(a)
}

func rememberedSize(rs *appsv1.ReplicaSet) (int32, bool) {
	desired, err := strconv.Atoi(rs.Annotations[revision.DesiredReplicasAnnotation])
	return int32(desired), err == nil
}
