package deployment

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
	"github.com/kubectl-workload/kubectl-workload/pkg/revision"
)

// A ReplicaSet that lost its max-replicas annotation, or has a bad one, is scaled in
// mid-rollout by what the Deployment's status counts. Up to 1.31 a 0 was divided by:
// the share came out as whatever the limits allow.
func TestABadMaxReplicasAnnotationFallsBackToTheStatus(t *testing.T) {
	for _, c := range []struct {
		minor      int
		annotation string
		want       int32 // of 4, when 10 replicas become 20 without surge
	}{
		{37, "10", 4}, // 4 * 20/10 = 8: 4 more
		{37, "", 4},   // the status counts 10
		{37, "0", 4},
		{37, "-10", 4},
		{37, "99999999999", 4},
		{37, "ten", 4},
		{31, "10", 4},
		{31, "", 4},
		{31, "ten", 4},
		// What is divided by 0 becomes the smallest number, and less 4 the largest.
		{31, "0", 2147483644},
		{31, "-10", -12}, // 4 * 20/-10 = -8
	} {
		s := &sync{View: View{Profile: kubeversion.NewProfile(kubeversion.Version{Minor: c.minor})}, d: rolling(20, "0", "1")}
		s.d.Status.Replicas = 10
		rs := sized(4)
		if c.annotation != "" {
			rs.ObjectMeta = metav1.ObjectMeta{Annotations: map[string]string{revision.MaxReplicasAnnotation: c.annotation}}
		}
		if got := s.fraction(rs); got != c.want {
			t.Errorf("1.%d, annotation %q: %d, want %d", c.minor, c.annotation, got, c.want)
		}
	}
}

func TestTheHashOfAnotherVersionIsNotKnown(t *testing.T) {
	for minor, want := range map[int]string{36: "web-<new>", 29: "web-<new>", 37: "web-54f4c57dcb"} {
		d := rolling(1, "1", "0")
		d.Name = "web"
		s := &sync{View: View{Profile: kubeversion.NewProfile(kubeversion.Version{Minor: minor})}, d: d}
		s.d.Spec.Selector = &metav1.LabelSelector{}
		if got := s.describeNew().Name; got != want {
			t.Errorf("1.%d: %s, want %s", minor, got, want)
		}
	}
}
