package live

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/rest"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// api is an API server with what a plan reads, as far as a client can tell. It keeps
// what it was asked.
type api struct {
	version  string // of /version
	objects  []cluster.Object
	pageSize int // the most items in a page; 0: as many as are asked for

	// before may answer a request itself, then true, or change the objects. It knows
	// how many requests there were to this path, this one included.
	before func(a *api, w http.ResponseWriter, r *http.Request, nth int) bool
	// admit is what admission does to an object of a dry run, after the patch.
	admit func(object cluster.Object) error

	mutex    sync.Mutex
	requests []string // "GET /apis/apps/v1/namespaces/shop/deployments/web"
	writes   []string // of those, what is no GET, with the query
	paths    map[string]int
}

// ServeHTTP answers in protobuf, as a server does whom our client asks.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.paths == nil {
		a.paths = map[string]int{}
	}
	a.paths[r.URL.Path]++
	a.requests = append(a.requests, r.Method+" "+r.URL.Path)
	if r.Method != http.MethodGet {
		a.writes = append(a.writes, r.Method+" "+r.URL.String())
	}
	if a.before != nil && a.before(a, w, r, a.paths[r.URL.Path]) {
		return
	}
	if r.URL.Path == "/version" {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"major": "1", "minor": "37+", "gitVersion": %q}`, a.version)
		return
	}
	answer(w, a.handle(r))
}

func (a *api) handle(r *http.Request) runtime.Object {
	where, ok := readPath(r.URL.Path)
	switch {
	case !ok:
		return status(http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource")
	case r.Method == http.MethodPost:
		return a.create(where, r)
	case where.name == "":
		return a.list(where, r)
	}
	i := slices.IndexFunc(a.objects, func(o cluster.Object) bool {
		return where.covers(o) && o.GetName() == where.name
	})
	if i < 0 {
		return statusOf(apierrors.NewNotFound(where.resource, where.name))
	}
	if r.Method == http.MethodPatch {
		return a.patch(a.objects[i], r)
	}
	return a.objects[i]
}

// place is what a path names.
type place struct {
	resource  schema.GroupResource
	kind      string
	namespace string
	name      string
}

func readPath(path string) (place, bool) {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	var p place
	switch {
	case strings.HasPrefix(path, "/api/v1/"):
		parts = parts[2:]
	case strings.HasPrefix(path, "/apis/") && len(parts) > 3:
		p.resource.Group, parts = parts[1], parts[3:]
	default:
		return p, false
	}
	if parts[0] == "namespaces" && len(parts) > 2 {
		p.namespace, parts = parts[1], parts[2:]
	}
	p.resource.Resource = parts[0]
	if len(parts) > 1 {
		p.name = parts[1]
	}
	p.kind = map[string]string{
		"deployments": "Deployment", "replicasets": "ReplicaSet", "pods": "Pod",
		"horizontalpodautoscalers": "HorizontalPodAutoscaler", "statefulsets": "StatefulSet",
		"controllerrevisions": "ControllerRevision", "services": "Service",
		"persistentvolumeclaims": "PersistentVolumeClaim", "daemonsets": "DaemonSet", "nodes": "Node",
	}[p.resource.Resource]
	return p, p.kind != ""
}

func (p place) covers(o cluster.Object) bool {
	return o.GetObjectKind().GroupVersionKind().Kind == p.kind &&
		(p.namespace == "" || o.GetNamespace() == p.namespace)
}

// list is a page; its continue token is the index of the first item of the next.
func (a *api) list(where place, r *http.Request) runtime.Object {
	selector, err := labels.Parse(r.URL.Query().Get("labelSelector"))
	if err != nil {
		return statusOf(apierrors.NewBadRequest(err.Error()))
	}
	items := keep(a.objects, func(o cluster.Object) bool {
		return where.covers(o) && selector.Matches(labels.Set(o.GetLabels()))
	})
	from, _ := strconv.Atoi(r.URL.Query().Get("continue"))
	size, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	if a.pageSize > 0 {
		size = a.pageSize
	}
	to := min(from+size, len(items))
	list := map[string]runtime.Object{
		"Deployment": &appsv1.DeploymentList{}, "ReplicaSet": &appsv1.ReplicaSetList{},
		"Pod": &corev1.PodList{}, "HorizontalPodAutoscaler": &autoscalingv2.HorizontalPodAutoscalerList{},
		"StatefulSet": &appsv1.StatefulSetList{}, "ControllerRevision": &appsv1.ControllerRevisionList{},
		"Service": &corev1.ServiceList{}, "PersistentVolumeClaim": &corev1.PersistentVolumeClaimList{},
		"DaemonSet": &appsv1.DaemonSetList{}, "Node": &corev1.NodeList{},
	}[where.kind]
	var page []runtime.Object
	for _, o := range items[from:to] {
		page = append(page, o)
	}
	if err := meta.SetList(list, page); err != nil {
		panic(err)
	}
	if to < len(items) {
		list.(metav1.ListInterface).SetContinue(strconv.Itoa(to))
	}
	return list
}

func (a *api) create(where place, r *http.Request) runtime.Object {
	body, _ := io.ReadAll(r.Body)
	object := emptyOf(where.kind)
	if err := json.Unmarshal(body, object); err != nil {
		return statusOf(apierrors.NewBadRequest(err.Error()))
	}
	if slices.ContainsFunc(a.objects, func(o cluster.Object) bool { return where.covers(o) && o.GetName() == object.GetName() }) {
		return statusOf(apierrors.NewAlreadyExists(where.resource, object.GetName()))
	}
	object.SetUID("new")
	return a.admitted(object)
}

func (a *api) patch(before cluster.Object, r *http.Request) runtime.Object {
	body, _ := io.ReadAll(r.Body)
	current, err := json.Marshal(before)
	if err != nil {
		panic(err)
	}
	patched, err := strategicpatch.StrategicMergePatch(current, body, before)
	if err != nil {
		return statusOf(apierrors.NewBadRequest(err.Error()))
	}
	object := emptyOf(before.GetObjectKind().GroupVersionKind().Kind)
	if err := json.Unmarshal(patched, object); err != nil {
		return statusOf(apierrors.NewBadRequest(err.Error()))
	}
	return a.admitted(object)
}

func (a *api) admitted(object cluster.Object) runtime.Object {
	if a.admit != nil {
		if err := a.admit(object); err != nil {
			return statusOf(err)
		}
	}
	return object
}

func emptyOf(kind string) cluster.Object {
	switch kind {
	case "ReplicaSet":
		return &appsv1.ReplicaSet{}
	case "StatefulSet":
		return &appsv1.StatefulSet{}
	case "DaemonSet":
		return &appsv1.DaemonSet{}
	}
	return &appsv1.Deployment{}
}

func statusOf(err error) *metav1.Status {
	s := err.(apierrors.APIStatus).Status()
	return &s
}

func status(code int32, reason metav1.StatusReason, message string) *metav1.Status {
	return &metav1.Status{Status: metav1.StatusFailure, Code: code, Reason: reason, Message: message}
}

// answer writes an object, or a Status with its code.
func answer(w http.ResponseWriter, object runtime.Object) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, autoscalingv2.AddToScheme} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	kinds, _, err := scheme.ObjectKinds(object)
	if err != nil {
		panic(err)
	}
	object = object.DeepCopyObject()
	object.GetObjectKind().SetGroupVersionKind(kinds[0])
	w.Header().Set("Content-Type", "application/vnd.kubernetes.protobuf")
	if s, ok := object.(*metav1.Status); ok {
		w.WriteHeader(int(s.Code))
	}
	if err := protobuf.NewSerializer(scheme, scheme).Encode(object, w); err != nil {
		panic(err)
	}
}

// start serves an api over plain HTTP, and connects to it.
func start(t *testing.T, a *api) *Server {
	t.Helper()
	if a.version == "" {
		a.version = "v1.37.2"
	}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	return connect(t, &rest.Config{Host: server.URL})
}

func connect(t *testing.T, config *rest.Config) *Server {
	t.Helper()
	s, err := Connect(config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
