package daemonset

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

func TestPercentagesAreRoundedUp(t *testing.T) {
	for _, c := range []struct {
		unavailable, surge string
		desired            int
		wantUnavailable    int
		wantSurge          int
		fails              bool
	}{
		{"1", "0", 5, 1, 0, false},
		{"10", "0", 5, 10, 0, false},
		{"10%", "0", 5, 1, 0, false},
		{"50%", "0", 5, 3, 0, false},
		{"0", "34%", 3, 0, 2, false},
		{"0", "2", 3, 0, 2, false},
		{"10%", "0", 65000, 6500, 0, false},
		{"0", "0", 5, 1, 0, false},
		{"0", "0", 0, 0, 0, false},
		{"0%", "0%", 5, 1, 0, false},
		{"0", "10%", 0, 0, 0, false},
		{"ten", "0", 5, 0, 0, true},
		{"0", "ten", 5, 0, 0, true},
	} {
		ds := bareSet()
		unavailable, surge := intstr.Parse(c.unavailable), intstr.Parse(c.surge)
		rolling(ds).MaxUnavailable, rolling(ds).MaxSurge = &unavailable, &surge
		got, err := MaxUnavailable(ds, c.desired)
		gotSurge, errSurge := MaxSurge(ds, c.desired)
		if failed := err != nil || errSurge != nil; failed != c.fails {
			t.Errorf("%+v: %v %v", c, err, errSurge)
		} else if !failed && (got != c.wantUnavailable || gotSurge != c.wantSurge) {
			t.Errorf("%+v: got %d and %d", c, got, gotSurge)
		}
	}
}

func TestAStrategyWithoutNumbers(t *testing.T) {
	ds := bareSet()
	ds.Spec.UpdateStrategy.Type = appsv1.RollingUpdateDaemonSetStrategyType
	if got, err := MaxUnavailable(ds, 5); got != 1 || err != nil {
		t.Errorf("without a rollingUpdate: %d %v", got, err)
	}
	rolling(ds)
	if _, err := MaxUnavailable(ds, 5); err == nil {
		t.Error("without maxUnavailable there is no number")
	}
	ds.Spec.UpdateStrategy.Type = appsv1.OnDeleteDaemonSetStrategyType
	surge := intstr.FromInt32(1)
	ds.Spec.UpdateStrategy.RollingUpdate.MaxSurge = &surge
	if got, err := MaxUnavailable(ds, 5); got != 0 || err != nil {
		t.Errorf("OnDelete: %d %v", got, err)
	}
	if got, err := MaxSurge(ds, 5); got != 0 || err != nil || allowsSurge(ds) {
		t.Errorf("OnDelete: %d %v", got, err)
	}
}

func TestAPodIsUpdatedByItsHashOrByTheGenerationOfItsTemplate(t *testing.T) {
	for _, c := range []struct {
		hash, generation string
		labels           map[string]string
		want             bool
	}{
		{"a", "2", map[string]string{}, false},
		{"a", "2", map[string]string{hashLabel: "a"}, true},
		{"a", "2", map[string]string{generationLabel: "2"}, true},
		{"a", "2", map[string]string{hashLabel: "b", generationLabel: "2"}, true},
		{"a", "2", map[string]string{hashLabel: "b", generationLabel: "1"}, false},
		{"a", "", map[string]string{hashLabel: "b", generationLabel: ""}, false},
		{"", "2", map[string]string{hashLabel: ""}, false},
	} {
		s := shape{hash: c.hash, generation: c.generation}
		if got := s.isUpdated(&controller.Pod{Labels: c.labels}); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	for annotation, want := range map[string]string{"3": "3", "03": "3", "x": "", "": ""} {
		ds := bareSet()
		ds.Annotations = map[string]string{appsv1.DeprecatedTemplateGeneration: annotation}
		if got := templateGeneration(ds); got != want {
			t.Errorf("%q: %q", annotation, got)
		}
	}
}
