package rollouts

import (
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
)

// backlog is more events than a controller can leave unread at one instant.
const backlog = 4000

func (s *store) tell(resource string, event watch.Event) {
	s.history[resource] = append(s.history[resource], event)
	for _, events := range s.watches[resource] {
		events <- event
	}
}

// watch returns what happens to a resource after a version.
func (s *store) watch(resource, after string) (watch.Interface, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	since, err := strconv.ParseInt(after, 10, 64)
	if err != nil {
		return nil, err
	}
	events := make(chan watch.Event, backlog)
	for _, event := range s.history[resource] {
		if versionOf(event.Object) > since {
			events <- event
		}
	}
	s.watches[resource] = append(s.watches[resource], events)
	return watch.NewProxyWatcher(events), nil
}

func versionOf(object runtime.Object) int64 {
	version, err := strconv.ParseInt(object.(metav1.Object).GetResourceVersion(), 10, 64)
	if err != nil {
		panic(err)
	}
	return version
}

// list returns all objects of a resource.
func (s *store) list(resource string) runtime.Object {
	s.lock.Lock()
	defer s.lock.Unlock()
	snapshot := s.all()
	meta := metav1.ListMeta{ResourceVersion: strconv.FormatInt(s.version, 10)}
	switch resource {
	case deployments:
		return &appsv1.DeploymentList{ListMeta: meta, Items: values(snapshot.Deployments)}
	case replicaSets:
		return &appsv1.ReplicaSetList{ListMeta: meta, Items: values(snapshot.ReplicaSets)}
	case statefulSets:
		return &appsv1.StatefulSetList{ListMeta: meta, Items: values(snapshot.StatefulSets)}
	case daemonSets:
		return &appsv1.DaemonSetList{ListMeta: meta, Items: values(snapshot.DaemonSets)}
	case machines:
		return &corev1.NodeList{ListMeta: meta, Items: values(snapshot.Nodes)}
	case revisions:
		return &appsv1.ControllerRevisionList{ListMeta: meta, Items: values(snapshot.Revisions)}
	case claims:
		return &corev1.PersistentVolumeClaimList{ListMeta: meta, Items: values(snapshot.Claims)}
	}
	return &corev1.PodList{ListMeta: meta, Items: values(snapshot.Pods)}
}

func values[T any](pointers []*T) []T {
	list := make([]T, len(pointers))
	for i, pointer := range pointers {
		list[i] = *pointer
	}
	return list
}
