package live

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// readStorage reads what pods of StatefulSets use: claims, and the Services that their
// DNS names come from. It is read when it is known whether there are StatefulSets. A
// claim that its controller makes meanwhile is one that a plan would have made. Plans
// can do without.
func (s *Server) readStorage(ctx context.Context, found *findings) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(maxParallel)
	for _, namespace := range found.statefulPlaces() {
		at := scope{namespace: namespace}
		group.Go(func() error {
			list, err := s.claims(ctx, at)
			return found.optional("persistentvolumeclaims", err, func() {
				found.claims = append(found.claims, list...)
			})
		})
		group.Go(func() error {
			list, err := s.services(ctx, at)
			return found.optional("services", err, func() {
				found.services = append(found.services, list...)
			})
		})
	}
	return group.Wait()
}

// statefulPlaces is where StatefulSets are, or will be.
func (f *findings) statefulPlaces() []string {
	if f.aim.named == nil {
		if len(f.stateful) == 0 {
			return nil
		}
		return f.aim.places
	}
	return namespacesOf(keep(f.aim.named, func(w Workload) bool {
		exists := slices.ContainsFunc(f.stateful, func(set *appsv1.StatefulSet) bool {
			return refOf("StatefulSet", set) == w.Ref
		})
		return exists || w.Ref.Kind == "StatefulSet" && w.Selector != nil
	}))
}

// storageOf are the claims and Services of StatefulSets in the state, and of those that
// a manifest will create.
func (f *findings) storageOf(
	state *cluster.Snapshot,
) ([]*corev1.PersistentVolumeClaim, []*corev1.Service) {
	all := &cluster.Snapshot{Claims: once(f.claims), Services: once(f.services)}
	claims, services := all.ClaimsOf(state.StatefulSets...), all.ServicesOf(state.StatefulSets...)
	for _, w := range f.aim.named {
		if w.Ref.Kind != "StatefulSet" || state.Find(w.Ref) != nil {
			continue
		}
		claims = append(claims, keep(all.Claims, func(c *corev1.PersistentVolumeClaim) bool {
			return c.Namespace == w.Ref.Namespace && strings.Contains(c.Name, "-"+w.Ref.Name+"-")
		})...)
		services = append(services, keep(all.Services, func(s *corev1.Service) bool {
			return s.Namespace == w.Ref.Namespace && s.Name == w.Service
		})...)
	}
	return once(claims), once(services)
}

// belongs reports whether an object is of one of the owners, or of nobody: then one of
// them may adopt it.
func belongs(owners map[types.UID]bool, object cluster.Object) bool {
	owner := cluster.ControllerOf(object)
	return owner == nil || owners[owner.UID]
}
