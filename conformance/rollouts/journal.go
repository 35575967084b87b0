package rollouts

import (
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// happened is what an entry of a journal says.
type happened string

// What is noted.
const (
	sized   happened = "size"    // a ReplicaSet was created or scaled
	removed happened = "removed" // a ReplicaSet was deleted
	created happened = "created" // a pod or a claim was
	ready   happened = "ready"   // a pod became
	deleted happened = "deleted" // a pod got a deletionTimestamp
	gone    happened = "gone"    // a pod or a claim no longer exists
)

// entry is one thing that happened after the change. A pod is named by its owner
// and its place among those that the owner created after the change; one of a
// StatefulSet by its name and its revision.
type entry struct {
	at   time.Duration
	what happened
	set  string // the owner; claims where it is about a claim
	pod  string
	size int32
	// node is that of a DaemonSet's pod.
	node string
	// revision is that of a DaemonSet's pod and of a StatefulSet's pod.
	revision string
}

// String is a line of a trace.
func (e entry) String() string {
	if e.what == sized {
		return fmt.Sprintf("%8.3f %s = %d", e.at.Seconds(), e.set, e.size)
	}
	return fmt.Sprintf("%8.3f %s %s%s %s %s", e.at.Seconds(), e.what, e.set, strings.TrimPrefix(e.pod, e.set), e.revision, e.node)
}

// journal is what happened, in order.
type journal struct {
	start   time.Time
	entries []entry
}

func (j *journal) add(e entry) {
	e.at = time.Since(j.start)
	j.entries = append(j.entries, e)
}

// note writes down what a write to the store means.
func (j *journal) note(before, after cluster.Object) {
	switch object := cmpOr(after, before).(type) {
	case *appsv1.ReplicaSet:
		was, _ := before.(*appsv1.ReplicaSet)
		is, _ := after.(*appsv1.ReplicaSet)
		switch {
		case is == nil:
			j.add(entry{what: removed, set: object.Name})
		case was == nil || *was.Spec.Replicas != *is.Spec.Replicas:
			j.add(entry{what: sized, set: object.Name, size: *is.Spec.Replicas})
		}
	case *corev1.Pod:
		if what := podChange(before, after); what != "" {
			j.add(entryOfPod(what, object))
		}
	case *corev1.PersistentVolumeClaim:
		switch {
		case before == nil:
			j.add(entry{what: created, set: claims, pod: object.Name})
		case after == nil:
			j.add(entry{what: gone, set: claims, pod: object.Name})
		}
	}
}

func entryOfPod(what happened, pod *corev1.Pod) entry {
	if isDaemon(pod) {
		return entryOfDaemon(what, pod)
	}
	if isStateful(pod) {
		return entry{what: what, set: setOf(pod.Name), pod: pod.Name, revision: pod.Labels[appsv1.StatefulSetRevisionLabel]}
	}
	name := strings.Replace(pod.Name, pod.GenerateName+afterChange, pod.GenerateName+"#", 1)
	return entry{what: what, set: cluster.ControllerOf(pod).Name, pod: name}
}

// setOf is the name of the StatefulSet that names a pod so.
func setOf(pod string) string { return pod[:strings.LastIndex(pod, "-")] }

func podChange(before, after cluster.Object) happened {
	was, _ := before.(*corev1.Pod)
	is, _ := after.(*corev1.Pod)
	switch {
	case is == nil:
		return gone
	case was == nil:
		return created
	case was.DeletionTimestamp == nil && is.DeletionTimestamp != nil:
		return deleted
	case !isReady(was) && isReady(is):
		return ready
	}
	return ""
}

func cmpOr(a, b cluster.Object) cluster.Object {
	if a != nil {
		return a
	}
	return b
}

// text is the journal line by line.
func (j *journal) text() string {
	var b strings.Builder
	for _, e := range j.entries {
		fmt.Fprintln(&b, e)
	}
	return b.String()
}
