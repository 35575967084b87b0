package deployment

import (
	"math"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func TestFencepostsRoundSurgeUpAndUnavailableDown(t *testing.T) {
	for _, c := range []struct {
		surge, unavailable string
		desired            int32
		up, down           int32
	}{
		{"25%", "25%", 10, 3, 2},
		{"25%", "25%", 1, 1, 0},
		{"25%", "25%", 3, 1, 0},
		{"33%", "33%", 3, 1, 0},
		{"0%", "25%", 3, 0, 1}, // both come out as 0: one may be missing
		{"0", "0", 5, 0, 1},
		{"1", "0", 5, 1, 0},
		{"0", "1", 5, 0, 1},
		{"100%", "0", 7, 7, 0},
		{"200%", "100%", 4, 8, 4},
		{"1%", "1%", 1000, 10, 10},
		{"25%", "25%", 0, 0, 1},
	} {
		surge, unavailable := intstr.Parse(c.surge), intstr.Parse(c.unavailable)
		up, down, err := Fenceposts(&surge, &unavailable, c.desired)
		if err != nil || up != c.up || down != c.down {
			t.Errorf("%s/%s of %d: %d, %d, %v; want %d, %d",
				c.surge, c.unavailable, c.desired, up, down, err, c.up, c.down)
		}
	}
}

func TestFencepostsTakeMissingValuesForZero(t *testing.T) {
	up, down, err := Fenceposts(nil, nil, 4)
	if up != 0 || down != 1 || err != nil {
		t.Errorf("%d, %d, %v", up, down, err)
	}
}

func TestFencepostsRefuseTextWithoutPercent(t *testing.T) {
	bad := intstr.FromString("half")
	if _, _, err := Fenceposts(&bad, nil, 4); err == nil {
		t.Error("surge half was taken")
	}
}

func TestMaxUnavailableIsAtMostTheReplicas(t *testing.T) {
	d := rolling(3, "0", "100")
	if got := MaxUnavailable(d); got != 3 {
		t.Errorf("100 of 3 replicas: %d", got)
	}
	*d.Spec.Replicas = 0
	if got := MaxUnavailable(d); got != 0 {
		t.Errorf("of 0 replicas: %d", got)
	}
	d.Spec.Strategy.Type = appsv1.RecreateDeploymentStrategyType
	if MaxUnavailable(d) != 0 || MaxSurge(d) != 0 {
		t.Error("Recreate has neither surge nor unavailable")
	}
}

func rolling(replicas int32, surge, unavailable string) *appsv1.Deployment {
	up, down := intstr.Parse(surge), intstr.Parse(unavailable)
	return &appsv1.Deployment{Spec: appsv1.DeploymentSpec{
		Replicas: &replicas,
		Strategy: appsv1.DeploymentStrategy{
			Type:          appsv1.RollingUpdateDeploymentStrategyType,
			RollingUpdate: &appsv1.RollingUpdateDeployment{MaxSurge: &up, MaxUnavailable: &down},
		},
	}}
}

func TestTheNewReplicaSetGrowsIntoWhatIsLeft(t *testing.T) {
	for _, c := range []struct {
		replicas  int32
		surge     string
		old, size int32 // sizes now
		want      int32
	}{
		{10, "3", 10, 0, 3},
		{10, "3", 8, 3, 5},
		{10, "3", 0, 5, 10}, // never above replicas
		{10, "3", 13, 0, 0}, // no room
		{10, "3", 20, 2, 2},
	} {
		old, size := c.old, c.size
		sets := []*appsv1.ReplicaSet{sized(old), sized(size)}
		got, err := newSize(rolling(c.replicas, c.surge, "0"), sets, sets[1])
		if err != nil || got != c.want {
			t.Errorf("%+v: %d, %v", c, got, err)
		}
	}
}

func sized(replicas int32) *appsv1.ReplicaSet {
	return &appsv1.ReplicaSet{Spec: appsv1.ReplicaSetSpec{Replicas: &replicas}}
}

func TestHalvesAreRoundedAwayFromZero(t *testing.T) {
	for value, want := range map[float64]int32{
		0.5: 1, 1.5: 2, 2.5: 3, -0.5: -1, -1.5: -2, 0.49: 0, -0.49: 0,
		math.Inf(1): math.MinInt32, math.NaN(): math.MinInt32, 3e9: math.MinInt32,
	} {
		if got := roundToInt32(value); got != want {
			t.Errorf("%v: %d, want %d", value, got, want)
		}
	}
}

func TestHistoryOfRevisionsDropsTheOldestWhenItIsFull(t *testing.T) {
	full := "1000000001"
	for len(full) < historyLimit-5 {
		full += ",1000000001"
	}
	got := addToHistory(full, "7")
	if len(got) > historyLimit || got[len(got)-2:] != ",7" {
		t.Errorf("%d characters, ends %q", len(got), got[len(got)-5:])
	}
	for _, c := range [][3]string{{"", "4", "4"}, {"1", "4", "1,4"}, {"1,3", "5", "1,3,5"}} {
		if got := addToHistory(c[0], c[1]); got != c[2] {
			t.Errorf("%q and %s: %q", c[0], c[1], got)
		}
	}
}
