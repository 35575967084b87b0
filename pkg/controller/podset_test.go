package controller

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func ready(at time.Time) *Pod {
	return &Pod{Phase: Running, Ready: true, ReadyAt: at, CreatedAt: at}
}

func TestAPodIsAvailableExactlyMinReadySecondsAfterItWasReady(t *testing.T) {
	for _, c := range []struct {
		atBoundary bool
		after      time.Duration
		want       int32
	}{
		{true, 4999 * time.Millisecond, 0},
		{true, 5 * time.Second, 1},
		{false, 5 * time.Second, 0}, // up to 1.33
		{false, 5001 * time.Millisecond, 1},
	} {
		counting := Counting{MinReady: 5 * time.Second, AtBoundary: c.atBoundary}
		set := NewPodSet(counting, []*Pod{ready(start)}, start)
		if got := set.Counts(start.Add(c.after)).Available; got != c.want {
			t.Errorf("%+v: %d available", c, got)
		}
	}
}

func TestWithoutMinReadySecondsReadyIsAvailable(t *testing.T) {
	unknown := &Pod{Phase: Running, Ready: true} // no time of transition
	set := NewPodSet(Counting{}, []*Pod{ready(start.Add(time.Hour)), unknown}, start)
	if got := set.Counts(start).Available; got != 2 {
		t.Errorf("%d available", got)
	}
}

func TestReadySinceAnUnknownTimeIsNeverAvailableWithMinReadySeconds(t *testing.T) {
	set := NewPodSet(Counting{MinReady: time.Second}, []*Pod{{Phase: Running, Ready: true}}, start)
	if got := set.Counts(start.Add(time.Hour)).Available; got != 0 {
		t.Errorf("%d available", got)
	}
}

func TestTheNextPodToBecomeAvailableIsTheOneReadyFirst(t *testing.T) {
	counting := Counting{MinReady: 10 * time.Second, AtBoundary: true}
	set := NewPodSet(counting, []*Pod{ready(start.Add(3 * time.Second)), ready(start)}, start)
	if got := set.NextAvailable(start); !got.Equal(start.Add(10 * time.Second)) {
		t.Errorf("%v", got)
	}
	if got := set.NextAvailable(start.Add(10 * time.Second)); !got.Equal(start.Add(13 * time.Second)) {
		t.Errorf("%v", got)
	}
}

// The running counts are what counting from scratch gives, whatever happens to the
// pods in whatever order.
func TestRunningCountsEqualCountingFromScratch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counting := Counting{
			MinReady:       time.Duration(rapid.IntRange(0, 3).Draw(t, "minReady")) * time.Second,
			AtBoundary:     rapid.Bool().Draw(t, "atBoundary"),
			TemplateLabels: map[string]string{"app": "web"},
		}
		now, set := start, NewPodSet(counting, nil, start)
		var pods []*Pod
		for range rapid.IntRange(1, 200).Draw(t, "events") {
			now = now.Add(time.Duration(rapid.IntRange(0, 1500).Draw(t, "ms")) * time.Millisecond)
			pods = happen(t, set, pods, now)
			fresh := NewPodSet(counting, copies(pods), now).Counts(now)
			if got := set.Counts(now); got != fresh {
				t.Fatalf("running %+v, from scratch %+v", got, fresh)
			}
		}
	})
}

func happen(t *rapid.T, set *PodSet, pods []*Pod, now time.Time) []*Pod {
	if len(pods) == 0 || rapid.IntRange(0, 2).Draw(t, "create") == 0 {
		labels := rapid.SampledFrom([]map[string]string{{"app": "web"}, {"app": "other"}, nil}).Draw(t, "labels")
		pod := &Pod{Labels: labels, CreatedAt: now}
		set.Add(pod)
		return append(pods, pod)
	}
	at := rapid.IntRange(0, len(pods)-1).Draw(t, "pod")
	pod := pods[at]
	switch {
	case pod.Active() && !pod.Ready && rapid.Bool().Draw(t, "ready"):
		set.MarkReady(pod, now)
	case pod.Active():
		set.Terminate(pod)
	default:
		set.Remove(pod)
		return append(pods[:at:at], pods[at+1:]...)
	}
	return pods
}

func copies(pods []*Pod) []*Pod {
	var list []*Pod
	for _, pod := range pods {
		copied := *pod
		list = append(list, &copied)
	}
	return list
}

func TestAPodSaysWhichNodeItWaitsFor(t *testing.T) {
	field := func(operator corev1.NodeSelectorOperator, values ...string) corev1.NodeSelectorTerm {
		return corev1.NodeSelectorTerm{MatchFields: []corev1.NodeSelectorRequirement{
			{Key: "metadata.name", Operator: operator, Values: values},
		}}
	}
	for _, c := range []struct {
		node  string
		terms []corev1.NodeSelectorTerm
		want  string
	}{
		{"", nil, ""},
		{"", []corev1.NodeSelectorTerm{field(corev1.NodeSelectorOpIn, "a")}, "a"},
		{"", []corev1.NodeSelectorTerm{{}, field(corev1.NodeSelectorOpNotIn, "b"), field(corev1.NodeSelectorOpIn, "a")}, "a"},
		{"", []corev1.NodeSelectorTerm{field(corev1.NodeSelectorOpIn, "a", "b")}, ""},
		{"n", []corev1.NodeSelectorTerm{field(corev1.NodeSelectorOpIn, "a")}, ""},
	} {
		pod := &corev1.Pod{Spec: corev1.PodSpec{NodeName: c.node, Affinity: &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
			RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: c.terms},
		}}}}
		if got := RecordOf(pod).Target; got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
