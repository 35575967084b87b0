package rollouts

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

const namespace = "shop"

// The resources of the store.
const (
	deployments  = "deployments"
	replicaSets  = "replicasets"
	statefulSets = "statefulsets"
	daemonSets   = "daemonsets"
	revisions    = "controllerrevisions"
	claims       = "persistentvolumeclaims"
	pods         = "pods"
	machines     = "nodes"
)

// resources lists them, owners before what they own.
func resources() []string {
	return []string{machines, deployments, replicaSets, statefulSets, daemonSets, revisions, claims, pods}
}

// store keeps objects of one namespace, and nodes, as an API server does: it gives them
// identities and versions, refuses updates of old versions, and tells watchers.
// Objects in it are replaced, never changed.
type store struct {
	lock    sync.Mutex
	version int64
	objects map[string]map[string]cluster.Object
	history map[string][]watch.Event
	watches map[string][]chan watch.Event

	// admit changes a Pod that is created, with the lock held; it names one without a
	// name too.
	admit func(*corev1.Pod)
	// observe learns of each write, with the lock held; before or after is nil.
	observe func(before, after cluster.Object)
}

func newStore() *store {
	s := &store{
		version: 1,
		objects: map[string]map[string]cluster.Object{},
		history: map[string][]watch.Event{},
		watches: map[string][]chan watch.Event{},
	}
	for _, resource := range resources() {
		s.objects[resource] = map[string]cluster.Object{}
	}
	return s
}

// load puts objects into an empty store, as they are but for their version. The
// versions go on after theirs, so that no UID is given twice.
func (s *store) load(snapshot *cluster.Snapshot) {
	lists := objectsOf(snapshot)
	for _, list := range lists {
		for _, object := range list {
			s.version = max(s.version, versionOf(object))
		}
	}
	for _, resource := range resources() {
		for _, object := range lists[resource] {
			s.put(watch.Added, resource, asStored(object))
		}
	}
}

// objectsOf lists the objects of a snapshot by resource.
func objectsOf(s *cluster.Snapshot) map[string][]cluster.Object {
	return map[string][]cluster.Object{
		deployments:  asObjects(s.Deployments),
		replicaSets:  asObjects(s.ReplicaSets),
		statefulSets: asObjects(s.StatefulSets),
		daemonSets:   asObjects(s.DaemonSets),
		revisions:    asObjects(s.Revisions),
		claims:       asObjects(s.Claims),
		pods:         asObjects(s.Pods),
		machines:     asObjects(s.Nodes),
	}
}

func asObjects[T cluster.Object](list []T) []cluster.Object {
	var objects []cluster.Object
	for _, object := range list {
		objects = append(objects, object)
	}
	return objects
}

// snapshot is all that the store holds now.
func (s *store) snapshot() *cluster.Snapshot {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.all()
}

func (s *store) all() *cluster.Snapshot {
	return &cluster.Snapshot{
		Deployments:  copied[*appsv1.Deployment](s, deployments),
		ReplicaSets:  copied[*appsv1.ReplicaSet](s, replicaSets),
		StatefulSets: copied[*appsv1.StatefulSet](s, statefulSets),
		DaemonSets:   copied[*appsv1.DaemonSet](s, daemonSets),
		Revisions:    copied[*appsv1.ControllerRevision](s, revisions),
		Claims:       copied[*corev1.PersistentVolumeClaim](s, claims),
		Pods:         copied[*corev1.Pod](s, pods),
		Nodes:        copied[*corev1.Node](s, machines),
	}
}

// copied returns copies of all objects of a resource, by name.
func copied[T cluster.Object](s *store, resource string) []T {
	var list []T
	objects := s.objects[resource]
	for _, name := range slices.Sorted(maps.Keys(objects)) {
		object := objects[name].DeepCopyObject().(T)
		object.GetObjectKind().SetGroupVersionKind(kindOf(resource).GroupVersionKind)
		list = append(list, object)
	}
	return list
}

func (s *store) get(resource, name string) (cluster.Object, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.find(resource, name)
}

func (s *store) find(resource, name string) (cluster.Object, error) {
	if object, ok := s.objects[resource][name]; ok {
		return object, nil
	}
	return nil, apierrors.NewNotFound(groupResource(resource), name)
}

func (s *store) create(resource string, sent cluster.Object) (cluster.Object, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	object := asStored(sent)
	object.SetNamespace(namespaceOf(resource))
	prepareForCreate(object)
	if _, taken := s.objects[resource][object.GetName()]; taken {
		return nil, apierrors.NewAlreadyExists(groupResource(resource), object.GetName())
	}
	if pod, ok := object.(*corev1.Pod); ok {
		s.admit(pod)
	}
	object.SetUID(types.UID("uid-" + strconv.FormatInt(s.version+1, 10)))
	object.SetCreationTimestamp(metav1.NewTime(time.Now().Truncate(time.Second)))
	if resource != revisions && resource != claims && resource != machines {
		object.SetGeneration(1)
	}
	return s.put(watch.Added, resource, object), nil
}

// update replaces the spec or, with status, the status of an object. An object
// that stays the same is not written.
func (s *store) update(resource string, status bool, sent cluster.Object) (cluster.Object, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	current, err := s.find(resource, sent.GetName())
	if err != nil {
		return nil, err
	}
	if err := checkPrecondition(resource, current, sent.GetUID(), sent.GetResourceVersion()); err != nil {
		return nil, err
	}
	object := asStored(sent)
	keepIdentity(object, current)
	prepareForUpdate(object, current, status)
	if reflect.DeepEqual(object, current) {
		return current, nil
	}
	defer s.collect()
	return s.put(watch.Modified, resource, object), nil
}

// patch applies a strategic merge patch.
func (s *store) patch(resource, name string, data []byte) (cluster.Object, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	current, err := s.find(resource, name)
	if err != nil {
		return nil, err
	}
	merged, err := strategicpatch.StrategicMergePatch(encode(current), data, current)
	if err != nil {
		return nil, err
	}
	object := emptyOf(resource)
	if err := json.Unmarshal(merged, object); err != nil {
		return nil, err
	}
	if err := checkPrecondition(resource, current, object.GetUID(), object.GetResourceVersion()); err != nil {
		return nil, err
	}
	prepareForUpdate(object, current, false)
	return s.put(watch.Modified, resource, object), nil
}

// delete removes an object. A Pod first gets a deletionTimestamp, and remove takes
// it away; a claim stays as long as a Pod uses it.
func (s *store) delete(resource, name string, options metav1.DeleteOptions) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	current, err := s.find(resource, name)
	if err != nil {
		return err
	}
	if p := options.Preconditions; p != nil {
		if err := checkPrecondition(resource, current, deref(p.UID), deref(p.ResourceVersion)); err != nil {
			return err
		}
	}
	s.terminate(resource, current)
	s.collect()
	return nil
}

// terminate gives a Pod or a claim a deletionTimestamp, and removes what is not kept.
func (s *store) terminate(resource string, current cluster.Object) {
	switch {
	case resource != pods && resource != claims:
		s.drop(resource, current)
	case current.GetDeletionTimestamp() == nil:
		object := current.DeepCopyObject().(cluster.Object)
		now := metav1.NewTime(time.Now().Truncate(time.Second))
		object.SetDeletionTimestamp(&now)
		s.put(watch.Modified, resource, object)
	}
}

// double stores a pod again under another name.
func (s *store) double(pod *corev1.Pod) {
	s.lock.Lock()
	defer s.lock.Unlock()
	twin := asStored(pod)
	twin.SetName(pod.Name + "-twin")
	twin.SetUID(pod.UID + "-twin")
	s.put(watch.Added, pods, twin)
}

// change lets a node write a Pod.
func (s *store) change(name string, edit func(*corev1.Pod)) {
	s.lock.Lock()
	defer s.lock.Unlock()
	current, ok := s.objects[pods][name]
	if !ok {
		return
	}
	object := current.DeepCopyObject().(*corev1.Pod)
	edit(object)
	if !reflect.DeepEqual(object, current) {
		s.put(watch.Modified, pods, asStored(object))
	}
}

// remove takes away a Pod whose containers have ended. Another one of the same name
// stays.
func (s *store) remove(pod *corev1.Pod) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if current, ok := s.objects[pods][pod.Name]; ok && current.GetUID() == pod.UID {
		s.drop(pods, current)
		s.collect()
	}
}

func (s *store) put(kind watch.EventType, resource string, object cluster.Object) cluster.Object {
	s.version++
	object.SetResourceVersion(strconv.FormatInt(s.version, 10))
	before := s.objects[resource][object.GetName()]
	s.objects[resource][object.GetName()] = object
	s.tell(resource, watch.Event{Type: kind, Object: object})
	if s.observe != nil {
		s.observe(before, object)
	}
	return object
}

func (s *store) drop(resource string, current cluster.Object) {
	s.version++
	delete(s.objects[resource], current.GetName())
	last := current.DeepCopyObject().(cluster.Object)
	last.SetResourceVersion(strconv.FormatInt(s.version, 10))
	s.tell(resource, watch.Event{Type: watch.Deleted, Object: last})
	if s.observe != nil {
		s.observe(current, nil)
	}
}

func checkPrecondition(resource string, current cluster.Object, uid types.UID, version string) error {
	if uid != "" && uid != current.GetUID() || version != "" && version != current.GetResourceVersion() {
		return apierrors.NewConflict(groupResource(resource), current.GetName(), errOld)
	}
	return nil
}

func deref[T any](value *T) T {
	if value == nil {
		return *new(T)
	}
	return *value
}
