package live

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// Lists come in pages, so that neither side holds all of a large one at once. The
// pages of one list are of one instant.
const (
	pageSize = 500
	maxPages = 10_000
)

// scope is what of a resource is listed: a namespace, or all where it is empty, and
// the objects whose labels fit.
type scope struct {
	namespace string
	labels    string
}

// pageOf is a list type of the API.
type pageOf[L any] interface {
	*L
	runtime.Object
	metav1.ListInterface
}

// listing is how a resource is listed: T is what a list L has.
type listing[T, L any, P pageOf[L]] struct {
	server *Server
	call   call
	items  func(P) []T
	// take returns what is kept of an item; nil keeps all of it, and its page.
	take func(*T) *T
}

func newListing[T, L any, P pageOf[L]](s *Server, c call, items func(P) []T) listing[T, L, P] {
	c.verb = "list"
	return listing[T, L, P]{server: s, call: c, items: items}
}

// read reads all pages of a list. It asks for no resource version, so the server
// answers with what is true now. A list that the server no longer keeps, because
// reading it takes too long, starts again once.
func (l listing[T, L, P]) read(ctx context.Context, at scope) ([]*T, error) {
	l.call.namespace = at.namespace
	for range 2 {
		all, err := l.pages(ctx, at)
		if !apierrors.IsResourceExpired(err) {
			return all, err
		}
	}
	return nil, &Error{
		Err: fmt.Errorf("the server gave up a list twice before its last page was read: %s", l.call),
		Hints: []string{
			"it keeps a list for some minutes: read less at once, by name or by namespace",
		},
	}
}

func (l listing[T, L, P]) pages(ctx context.Context, at scope) ([]*T, error) {
	var all []*T
	options := metav1.ListOptions{LabelSelector: at.labels, Limit: pageSize}
	for range maxPages {
		page := P(new(L))
		request := l.server.clients[l.call.group].Get().
			NamespaceIfScoped(at.namespace, at.namespace != "").
			Resource(l.call.resource).
			VersionedParams(&options, l.server.options)
		if err := l.server.send(ctx, l.call, request, into(page)); err != nil {
			return nil, err
		}
		items := l.items(page)
		for i := range items {
			all = append(all, &items[i])
			if l.take != nil {
				all[len(all)-1] = l.take(&items[i])
			}
		}
		if options.Continue = page.GetContinue(); options.Continue == "" {
			return all, nil
		}
	}
	return nil, fmt.Errorf("the server finds no end of pages: %s", l.call)
}

func (s *Server) deployments(ctx context.Context, at scope) ([]*appsv1.Deployment, error) {
	return newListing(s, call{group: "apps", resource: "deployments"},
		func(l *appsv1.DeploymentList) []appsv1.Deployment { return l.Items }).read(ctx, at)
}

func (s *Server) replicaSets(ctx context.Context, at scope) ([]*appsv1.ReplicaSet, error) {
	return newListing(s, call{group: "apps", resource: "replicasets"},
		func(l *appsv1.ReplicaSetList) []appsv1.ReplicaSet { return l.Items }).read(ctx, at)
}

func (s *Server) statefulSets(ctx context.Context, at scope) ([]*appsv1.StatefulSet, error) {
	return newListing(s, call{group: "apps", resource: "statefulsets"},
		func(l *appsv1.StatefulSetList) []appsv1.StatefulSet { return l.Items }).read(ctx, at)
}

func (s *Server) daemonSets(ctx context.Context, at scope) ([]*appsv1.DaemonSet, error) {
	return newListing(s, call{group: "apps", resource: "daemonsets"},
		func(l *appsv1.DaemonSetList) []appsv1.DaemonSet { return l.Items }).read(ctx, at)
}

func (s *Server) revisions(ctx context.Context, at scope) ([]*appsv1.ControllerRevision, error) {
	return newListing(s, call{group: "apps", resource: "controllerrevisions"},
		func(l *appsv1.ControllerRevisionList) []appsv1.ControllerRevision {
			return l.Items
		}).read(ctx, at)
}

func (s *Server) claims(ctx context.Context, at scope) ([]*corev1.PersistentVolumeClaim, error) {
	return newListing(s, call{resource: "persistentvolumeclaims"},
		func(l *corev1.PersistentVolumeClaimList) []corev1.PersistentVolumeClaim {
			return l.Items
		}).read(ctx, at)
}

func (s *Server) services(ctx context.Context, at scope) ([]*corev1.Service, error) {
	return newListing(s, call{resource: "services"},
		func(l *corev1.ServiceList) []corev1.Service { return l.Items }).read(ctx, at)
}

func (s *Server) pods(ctx context.Context, at scope) ([]*corev1.Pod, error) {
	l := newListing(s, call{resource: "pods"},
		func(l *corev1.PodList) []corev1.Pod { return l.Items })
	l.take = texts{}.pod
	return l.read(ctx, at)
}

// nodes lists all nodes.
func (s *Server) nodes(ctx context.Context) ([]*corev1.Node, error) {
	l := newListing(s, call{resource: "nodes"},
		func(l *corev1.NodeList) []corev1.Node { return l.Items })
	l.take = texts{}.node
	return l.read(ctx, scope{})
}

func (s *Server) autoscalers(
	ctx context.Context, at scope,
) ([]*autoscalingv2.HorizontalPodAutoscaler, error) {
	return newListing(s, call{group: "autoscaling", resource: "horizontalpodautoscalers"},
		func(l *autoscalingv2.HorizontalPodAutoscalerList) []autoscalingv2.HorizontalPodAutoscaler {
			return l.Items
		}).read(ctx, at)
}

// deployment reads one by name; nil where there is none.
func (s *Server) deployment(ctx context.Context, ref cluster.Ref) (*appsv1.Deployment, error) {
	d := &appsv1.Deployment{}
	c := call{group: "apps", resource: "deployments", namespace: ref.Namespace, name: ref.Name}
	if ok, err := s.get(ctx, c, d); !ok {
		return nil, err
	}
	return d, nil
}

// replicaSet reads one by name; nil where there is none.
func (s *Server) replicaSet(ctx context.Context, ref cluster.Ref) (*appsv1.ReplicaSet, error) {
	rs := &appsv1.ReplicaSet{}
	c := call{group: "apps", resource: "replicasets", namespace: ref.Namespace, name: ref.Name}
	if ok, err := s.get(ctx, c, rs); !ok {
		return nil, err
	}
	return rs, nil
}

// statefulSet reads one by name; nil where there is none.
func (s *Server) statefulSet(ctx context.Context, ref cluster.Ref) (*appsv1.StatefulSet, error) {
	set := &appsv1.StatefulSet{}
	c := call{group: "apps", resource: "statefulsets", namespace: ref.Namespace, name: ref.Name}
	if ok, err := s.get(ctx, c, set); !ok {
		return nil, err
	}
	return set, nil
}

// daemonSet reads one by name; nil where there is none.
func (s *Server) daemonSet(ctx context.Context, ref cluster.Ref) (*appsv1.DaemonSet, error) {
	ds := &appsv1.DaemonSet{}
	c := call{group: "apps", resource: "daemonsets", namespace: ref.Namespace, name: ref.Name}
	if ok, err := s.get(ctx, c, ds); !ok {
		return nil, err
	}
	return ds, nil
}
