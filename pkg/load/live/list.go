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

// list reads all pages of a list. It asks for no resource version, so the server
// answers with what is true now. A list that the server no longer keeps, because
// reading it takes too long, starts again once.
func list[T, L any, P pageOf[L]](
	ctx context.Context, s *Server, c call, at scope, items func(P) []T,
) ([]*T, error) {
	c.verb, c.namespace = "list", at.namespace
	for range 2 {
		all, err := pages(ctx, s, c, at, items)
		if !apierrors.IsResourceExpired(err) {
			return all, err
		}
	}
	return nil, &Error{
		Err:   fmt.Errorf("the server gave up a list twice before its last page was read: %s", c),
		Hints: []string{"it keeps a list for some minutes: read less at once, by name or by namespace"},
	}
}

func pages[T, L any, P pageOf[L]](
	ctx context.Context, s *Server, c call, at scope, items func(P) []T,
) ([]*T, error) {
	var all []*T
	options := metav1.ListOptions{LabelSelector: at.labels, Limit: pageSize}
	for range maxPages {
		page := P(new(L))
		request := s.clients[c.group].Get().
			NamespaceIfScoped(c.namespace, c.namespace != "").
			Resource(c.resource).
			VersionedParams(&options, s.options)
		if err := s.send(ctx, c, request, into(page)); err != nil {
			return nil, err
		}
		of := items(page)
		for i := range of {
			all = append(all, &of[i])
		}
		if options.Continue = page.GetContinue(); options.Continue == "" {
			return all, nil
		}
	}
	return nil, fmt.Errorf("the server finds no end of pages: %s", c)
}

func (s *Server) deployments(ctx context.Context, at scope) ([]*appsv1.Deployment, error) {
	return list(ctx, s, call{group: "apps", resource: "deployments"}, at,
		func(l *appsv1.DeploymentList) []appsv1.Deployment { return l.Items })
}

func (s *Server) replicaSets(ctx context.Context, at scope) ([]*appsv1.ReplicaSet, error) {
	return list(ctx, s, call{group: "apps", resource: "replicasets"}, at,
		func(l *appsv1.ReplicaSetList) []appsv1.ReplicaSet { return l.Items })
}

func (s *Server) pods(ctx context.Context, at scope) ([]*corev1.Pod, error) {
	return list(ctx, s, call{resource: "pods"}, at,
		func(l *corev1.PodList) []corev1.Pod { return l.Items })
}

func (s *Server) autoscalers(
	ctx context.Context, at scope,
) ([]*autoscalingv2.HorizontalPodAutoscaler, error) {
	return list(ctx, s, call{group: "autoscaling", resource: "horizontalpodautoscalers"}, at,
		func(l *autoscalingv2.HorizontalPodAutoscalerList) []autoscalingv2.HorizontalPodAutoscaler {
			return l.Items
		})
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
