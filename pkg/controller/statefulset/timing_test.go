package statefulset

import (
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/controller"
)

// start is when the pods of this file became ready.
var start = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// waiting is a set of three ready pods, 10 s one after the other, that are available after 30 s.
func waiting(t *testing.T, version string) *world {
	w := &world{t: t}
	replicas := int32(3)
	set := &appsv1.StatefulSet{}
	set.Name, set.UID = "db", "set"
	set.Spec.Replicas, set.Spec.MinReadySeconds = &replicas, 30
	w.begin(set, profileOf(t, version, ""), false)
	var pods []*controller.Pod
	for i := range 3 {
		pods = append(pods, &controller.Pod{
			Name: PodName(set, i), Phase: controller.Running, Ready: true,
			ReadyAt: start.Add(time.Duration(i) * 10 * time.Second),
		})
	}
	w.pods = NewPodSet(pods)
	return w
}

func TestAPodIsAvailableExactlyMinReadySecondsAfterItWasReady(t *testing.T) {
	for _, c := range []struct {
		version string
		after   time.Duration
		want    int32
	}{
		{"1.37", 29999 * time.Millisecond, 0},
		{"1.37", 30 * time.Second, 1},
		{"1.33", 30 * time.Second, 0},
		{"1.33", 30001 * time.Millisecond, 1},
		{"1.37", 45 * time.Second, 2},
		{"1.37", time.Hour, 3},
	} {
		w := waiting(t, c.version)
		w.pods.Follow(w.set, w.profile, start.Add(c.after))
		if got := w.pods.Counts("", "").Available; got != c.want {
			t.Errorf("%s: %d are available after %s, not %d", c.version, got, c.after, c.want)
		}
	}
}

func TestReadySinceAnUnknownTimeIsNeverAvailableWithMinReadySeconds(t *testing.T) {
	w := waiting(t, "1.37")
	w.pods = NewPodSet([]*controller.Pod{{Name: "db-0", Phase: controller.Running, Ready: true}})
	w.pods.Follow(w.set, w.profile, start.Add(time.Hour))
	if got := w.pods.Counts("", ""); got.Ready != 1 || got.Available != 0 {
		t.Errorf("%+v", got)
	}
	if at := w.pods.nextAvailable(); !at.IsZero() {
		t.Errorf("it is waited for until %v", at)
	}
}

// A look comes when the next pod may be available, or, up to 1.35.0, minReadySeconds after
// a sync that left one unavailable.
func TestTheControllerLooksAgain(t *testing.T) {
	for _, c := range []struct {
		version string
		at      time.Duration
		want    time.Duration // 0: not because of a time
	}{
		{"1.37", 20 * time.Second, 30 * time.Second},
		{"1.37", 30 * time.Second, 40 * time.Second},
		{"1.37", 50 * time.Second, 0},
		{"1.35.1", 20 * time.Second, 30 * time.Second},
		{"1.35.0", 20 * time.Second, 50 * time.Second},
		{"1.33", 49 * time.Second, 79 * time.Second},
		{"1.33", 51 * time.Second, 0},
	} {
		w := waiting(t, c.version)
		w.now = start.Add(c.at)
		s := &sync{View: w.view(), set: w.set, pods: w.pods, now: w.now, status: &appsv1.StatefulSetStatus{}}
		s.pods.Follow(w.set, w.profile, w.now)
		s.current, s.update = &version{}, &version{}
		s.count()
		want := time.Time{}
		if c.want > 0 {
			want = start.Add(c.want)
		}
		if got := s.wakeAt(); !got.Equal(want) {
			t.Errorf("%s at %s: %v, not %v", c.version, c.at, got, want)
		}
	}
}

func TestTheControllerLooksAgainAfterItSawAPodBecomeReady(t *testing.T) {
	for version, want := range map[string]time.Duration{
		"1.37": 30 * time.Second, "1.35.1": 30 * time.Second, "1.35.0": 31 * time.Second, "1.29": 31 * time.Second,
	} {
		w := waiting(t, version)
		if got := WakeAfterReady(w.view()); got != want {
			t.Errorf("%s: %s, not %s", version, got, want)
		}
		w.set.Spec.MinReadySeconds = 0
		if got := WakeAfterReady(w.view()); got != 0 {
			t.Errorf("%s without minReadySeconds: %s", version, got)
		}
	}
}
