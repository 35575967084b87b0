package recording_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/recording"
)

var start = time.Date(2026, 1, 1, 12, 0, 0, 250e6, time.UTC)

func meta(name, version string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: "shop", Name: name, ResourceVersion: version,
		ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "somebody"}}}
}

func heard(after time.Duration, kind watch.EventType, object cluster.Object) recording.Watched {
	return recording.Watched{Event: watch.Event{Type: kind, Object: object}, Heard: start.Add(after)}
}

// followed is a recording of a Deployment with one ReplicaSet and one pod.
func followed(t *testing.T) *recording.Recording {
	t.Helper()
	size := int32(1)
	web := &appsv1.Deployment{ObjectMeta: meta("web", "10"), Spec: appsv1.DeploymentSpec{Replicas: &size}}
	changed, seen := web.DeepCopy(), web.DeepCopy()
	changed.ResourceVersion, changed.Spec.Paused = "20", true
	seen.ResourceVersion, seen.Spec.Paused, seen.Status.Replicas = "23", true, 1
	pod := &corev1.Pod{ObjectMeta: meta("web-1-x", "21")}
	bound, touched := pod.DeepCopy(), pod.DeepCopy()
	bound.ResourceVersion, bound.Spec.NodeName = "24", "node1"
	touched.ResourceVersion, touched.Spec.NodeName, touched.Status.PodIP = "25", "node1", "10.0.0.1"
	gone := touched.DeepCopy()
	gone.ResourceVersion = "26"

	r := &recording.Recording{Name: "web", State: &cluster.Snapshot{}, Header: recording.Header{
		About: "a test", Kubernetes: "v1.37.0", Start: start,
		Changes: []recording.Change{{Patch: []byte(`{"spec":{"paused":true}}`)}},
	}}
	recording.Put(r.State, web)
	err := r.Follow([]recording.Watched{
		heard(0, watch.Modified, changed),
		heard(30*time.Millisecond, watch.Modified, seen),
		heard(10*time.Millisecond, watch.Added, pod),
		heard(40*time.Millisecond, watch.Modified, bound),
		heard(50*time.Millisecond, watch.Modified, touched),
		heard(60*time.Millisecond, watch.Deleted, gone),
	}, []int64{20})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEventsAreInTheOrderOfWritesAndSayWhoWrote(t *testing.T) {
	var got []string
	for _, e := range followed(t).Events {
		got = append(got, strings.Join([]string{e.At.String(), string(e.By), e.Ref().Name}, " "))
	}
	want := []string{
		"0s user web",
		"10ms replicaset-controller web-1-x",
		"30ms deployment-controller web",
		"40ms scheduler web-1-x",
		// That a pod got an address concerns nobody.
		"60ms replicaset-controller web-1-x",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestARecordingReadsBackAsItWasWritten(t *testing.T) {
	written := followed(t)
	folder := filepath.Join(t.TempDir(), "web")
	if err := written.Write(folder); err != nil {
		t.Fatal(err)
	}
	read, err := recording.Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(written, read); diff != "" {
		t.Errorf("(-written +read)\n%s", diff)
	}
}

func TestStatesAreTheSumOfTheEvents(t *testing.T) {
	r := followed(t)
	met := r.Before(2)
	if d := met.Deployments[0]; len(met.Pods) != 1 || d.Status.Replicas != 0 || !d.Spec.Paused {
		t.Errorf("before the third event: %+v", met)
	}
	if end := r.End(); len(end.Pods) != 0 || end.Deployments[0].Status.Replicas != 1 {
		t.Errorf("at the end: %+v", end)
	}
}
