package statefulset

import (
	"errors"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"pgregory.net/rapid"
)

func TestMaxUnavailableIsRoundedDownAndAtLeastOne(t *testing.T) {
	for _, c := range []struct {
		value    string // empty: not set
		replicas int32
		want     int
	}{
		{"", 10, 1},
		{"3", 10, 3},
		{"3", 2, 3}, // not cut to the replicas
		{"25%", 10, 2},
		{"29%", 10, 2},
		{"30%", 10, 3},
		{"5%", 10, 1}, // half a pod
		{"50%", 0, 1},
		{"0", 10, 1}, // the server refuses it
		{"100%", 7, 7},
	} {
		set := &appsv1.StatefulSet{Spec: appsv1.StatefulSetSpec{Replicas: &c.replicas}}
		set.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{}
		if c.value != "" {
			value := intstr.Parse(c.value)
			set.Spec.UpdateStrategy.RollingUpdate.MaxUnavailable = &value
		}
		if got, err := MaxUnavailable(set); got != c.want || err != nil {
			t.Errorf("%q of %d: %d, %v, not %d", c.value, c.replicas, got, err, c.want)
		}
	}
}

func TestMaxUnavailableThatIsNoPercentageIsAnError(t *testing.T) {
	value, replicas := intstr.FromString("some"), int32(3)
	set := &appsv1.StatefulSet{Spec: appsv1.StatefulSetSpec{Replicas: &replicas}}
	if got, err := MaxUnavailable(set); got != 1 || err != nil {
		t.Errorf("without a rollingUpdate: %d, %v", got, err)
	}
	set.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{MaxUnavailable: &value}
	if _, err := MaxUnavailable(set); err == nil {
		t.Error("it is taken")
	}
}

func TestANameTellsItsParentAndItsOrdinal(t *testing.T) {
	for name, want := range map[string]struct {
		parent  string
		ordinal int // -1: none
	}{
		"db-0":          {"db", 0},
		"db-12":         {"db", 12},
		"my-db-3":       {"my-db", 3},
		"db-007":        {"db", 7},
		"-1":            {"", 1},
		"db":            {"", -1},
		"db-":           {"", -1},
		"db-x":          {"", -1},
		"db-1x":         {"", -1},
		"db-+1":         {"", -1},
		"db1":           {"", -1},
		"":              {"", -1},
		"db-2147483647": {"db", 2147483647},
		"db-2147483648": {"db", -1}, // no int32, but the StatefulSet's all the same
	} {
		ordinal, ok := Ordinal(name)
		if !ok {
			ordinal = -1
		}
		if got := parentOf(name); got != want.parent || ordinal != want.ordinal {
			t.Errorf("%q: %q %d, not %q %d", name, got, ordinal, want.parent, want.ordinal)
		}
	}
}

func TestOrdinalsStartWhereTheSpecSaysAndTheGateLets(t *testing.T) {
	set := &appsv1.StatefulSet{}
	if got := StartOrdinal(set, profileOf(t, "1.37", "")); got != 0 {
		t.Errorf("without ordinals: %d", got)
	}
	set.Spec.Ordinals = &appsv1.StatefulSetOrdinals{Start: 5}
	for gates, want := range map[string]int{"": 5, "StatefulSetStartOrdinal=false": 0} {
		if got := StartOrdinal(set, profileOf(t, "1.30", gates)); got != want {
			t.Errorf("1.30 %s: %d, not %d", gates, got, want)
		}
	}
}

func TestBatchesDoubleUpTo500(t *testing.T) {
	for index, want := range map[int]int{
		0: 1, 1: 3, 2: 3, 3: 7, 6: 7, 7: 15, 254: 255, 255: 511, 510: 511, 511: 1011, 1010: 1011, 1011: 1511,
	} {
		if got := batchEnd(index); got != want {
			t.Errorf("the batch of index %d ends before %d, not %d", index, got, want)
		}
	}
}

func TestABatchIsTheLastWhereSomethingFailed(t *testing.T) {
	var run batches
	if run.note(0, nil); run.over(1_000_000) || run.err() != nil {
		t.Error("it ends although nothing failed")
	}
	first, second := errors.New("first"), errors.New("second")
	run.note(4, first) // in the batch of 3 to 6
	if run.over(6) || !run.over(7) || run.err() != first {
		t.Errorf("%+v", run)
	}
	run.note(6, second)
	if run.over(6) || !run.over(7) || !errors.Is(run.err(), first) || !errors.Is(run.err(), second) {
		t.Errorf("%+v", run)
	}
}

// What is found over the levels is what a loop over all places finds.
func TestMarksFindWhatALoopFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom([]int{0, 1, 63, 64, 65, 200, 4096, 4097, 10_000}).Draw(t, "size")
		m, set := newMarks(size), map[int]bool{}
		for range min(size, rapid.IntRange(0, 12).Draw(t, "changes")) {
			place, on := rapid.IntRange(0, size-1).Draw(t, "place"), rapid.Bool().Draw(t, "on")
			m.set(place, on)
			if set[place] = on; m.has(place) != on {
				t.Fatalf("%d is not %v", place, on)
			}
		}
		at := rapid.IntRange(0, size).Draw(t, "at")
		next, last, count := -1, -1, 0
		for place := range size {
			if !set[place] {
				continue
			}
			count++
			if place < at {
				last = place
			} else if next < 0 {
				next = place
			}
		}
		if m.next(at) != next || m.last(at) != last || m.count != count {
			t.Fatalf("from %d of %d: %d, %d, %d, not %d, %d, %d", at, size, m.next(at), m.last(at), m.count, next, last, count)
		}
	})
}

func TestCompleteAsksForTheGenerationAndForAllPods(t *testing.T) {
	replicas := int32(2)
	done := appsv1.StatefulSetStatus{ObservedGeneration: 3, Replicas: 2, ReadyReplicas: 2, UpdatedReplicas: 2}
	for name, c := range map[string]struct {
		change func(*appsv1.StatefulSetStatus)
		want   bool
	}{
		"all":                {func(s *appsv1.StatefulSetStatus) {}, true},
		"none is available":  {func(s *appsv1.StatefulSetStatus) { s.AvailableReplicas = 0 }, true},
		"an old generation":  {func(s *appsv1.StatefulSetStatus) { s.ObservedGeneration = 2 }, false},
		"one is condemned":   {func(s *appsv1.StatefulSetStatus) { s.Replicas = 3 }, false},
		"one is not ready":   {func(s *appsv1.StatefulSetStatus) { s.ReadyReplicas = 1 }, false},
		"one is not updated": {func(s *appsv1.StatefulSetStatus) { s.UpdatedReplicas = 1 }, false},
	} {
		set := &appsv1.StatefulSet{
			ObjectMeta: metav1.ObjectMeta{Generation: 3},
			Spec:       appsv1.StatefulSetSpec{Replicas: &replicas},
			Status:     done,
		}
		if c.change(&set.Status); Complete(set) != c.want {
			t.Errorf("%s: not %v", name, c.want)
		}
	}
}
