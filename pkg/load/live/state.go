package live

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// errVanished is wrapped where a workload came, went or was replaced while it was
// read.
var errVanished = errors.New("was deleted or replaced while it was read")

// maxParallel is how many requests are under way at once.
const maxParallel = 8

// State reads the state that the question is about, each kind sorted, with defaults,
// as of the server's clock. What the role may not read and a plan can do without is
// in Unread.
func (s *Server) State(ctx context.Context, q Question) (*cluster.Snapshot, error) {
	state, err := s.stateOnce(ctx, q)
	if errors.Is(err, errVanished) {
		state, err = s.stateOnce(ctx, q)
	}
	if errors.Is(err, errVanished) {
		return nil, tell(err, err.Error()+", twice", "try again when it is settled who changes it")
	}
	return state, err
}

func (s *Server) stateOnce(ctx context.Context, q Question) (*cluster.Snapshot, error) {
	a, err := s.aim(ctx, q)
	if err != nil {
		return nil, err
	}
	found := findings{aim: a}
	asked := ctx
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(maxParallel)
	group.Go(func() error {
		text, err := s.versionText(ctx)
		found.version = text
		return err
	})
	s.readWorkloads(ctx, group, q, &found)
	for _, namespace := range a.places {
		if a.scales() {
			group.Go(func() error { return s.readAutoscalers(ctx, scope{namespace: namespace}, &found) })
		}
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if err := s.readStorage(asked, &found); err != nil {
		return nil, err
	}
	if err := s.readNodes(asked, &found); err != nil {
		return nil, err
	}
	state := found.snapshot(q.Profile)
	state.At = s.clock.now()
	return state, nil
}

// readWorkloads starts the reads of all workloads: one by one, or by namespace.
func (s *Server) readWorkloads(
	ctx context.Context, group *errgroup.Group, q Question, found *findings,
) {
	if a := found.aim; a.byName() {
		for _, w := range a.named {
			group.Go(func() error { return s.readWorkload(ctx, w, found) })
		}
		return
	}
	for _, namespace := range found.aim.places {
		group.Go(func() error { return s.readNamespace(ctx, scope{namespace: namespace}, q, found) })
	}
}

// readNamespace reads all that a namespace has, or all namespaces have.
func (s *Server) readNamespace(ctx context.Context, at scope, q Question, found *findings) error {
	var by owners
	if found.aim.asksFor("Deployment") || found.aim.asksFor("ReplicaSet") {
		by.sets = s.replicaSets
	}
	if found.aim.asksFor("StatefulSet") {
		by.stateful = s.statefulSets
	}
	if found.aim.asksFor("DaemonSet") {
		by.daemons = s.daemonSets
	}
	f, err := s.family(ctx, at, by)
	if err != nil {
		return err
	}
	var deployments []*appsv1.Deployment
	if found.aim.asksFor("Deployment") {
		if q.Selector != nil {
			at.labels = q.Selector.String()
		}
		if deployments, err = s.deployments(ctx, at); err != nil {
			return err
		}
	}
	found.add(f, deployments...)
	return nil
}

// readWorkload reads a workload for its selector, what the selector finds, and the
// workload again: it must not be older than what its controller made of it.
func (s *Server) readWorkload(ctx context.Context, w Workload, found *findings) error {
	switch w.Ref.Kind {
	case "ReplicaSet":
		return s.readReplicaSet(ctx, w, found)
	case "StatefulSet":
		return s.readStatefulSet(ctx, w, found)
	case "DaemonSet":
		return s.readDaemonSet(ctx, w, found)
	}
	return s.readDeployment(ctx, w, found)
}

func (s *Server) readDeployment(ctx context.Context, w Workload, found *findings) error {
	first, err := s.deployment(ctx, w.Ref)
	if err != nil {
		return err
	}
	selector := w.Selector
	if first != nil {
		selector = first.Spec.Selector
	}
	at, ok := below(w.Ref, selector)
	if !ok {
		return nil
	}
	f, err := s.family(ctx, at, owners{sets: s.replicaSets})
	if err != nil {
		return err
	}
	last, err := again(w.Ref, first, s.deployment)(ctx, at)
	if err == nil {
		found.add(f, last...)
	}
	return err
}

func (s *Server) readReplicaSet(ctx context.Context, w Workload, found *findings) error {
	first, err := s.replicaSet(ctx, w.Ref)
	if err != nil {
		return err
	}
	if first != nil {
		w.Selector = first.Spec.Selector
	}
	return s.readOwner(ctx, w, owners{sets: again(w.Ref, first, s.replicaSet)}, found)
}

func (s *Server) readStatefulSet(ctx context.Context, w Workload, found *findings) error {
	first, err := s.statefulSet(ctx, w.Ref)
	if err != nil {
		return err
	}
	if first != nil {
		w.Selector = first.Spec.Selector
	}
	return s.readOwner(ctx, w, owners{stateful: again(w.Ref, first, s.statefulSet)}, found)
}

func (s *Server) readDaemonSet(ctx context.Context, w Workload, found *findings) error {
	first, err := s.daemonSet(ctx, w.Ref)
	if err != nil {
		return err
	}
	if first != nil {
		w.Selector = first.Spec.Selector
	}
	return s.readOwner(ctx, w, owners{daemons: again(w.Ref, first, s.daemonSet)}, found)
}

// readOwner reads what the selector of a workload finds that owns its pods itself, and
// the workload again.
func (s *Server) readOwner(ctx context.Context, w Workload, own owners, found *findings) error {
	at, ok := below(w.Ref, w.Selector)
	if !ok {
		return nil
	}
	f, err := s.family(ctx, at, own)
	if err == nil {
		found.add(f)
	}
	return err
}

// again reads an object that was read before, as a list of one, or of none where there
// is none. It must be the same object.
func again[T any, P interface {
	*T
	metav1.Object
}](
	ref cluster.Ref, first P, get func(context.Context, cluster.Ref) (P, error),
) func(context.Context, scope) ([]P, error) {
	return func(ctx context.Context, _ scope) ([]P, error) {
		last, err := get(ctx, ref)
		switch {
		case err != nil:
			return nil, err
		case !sameObject(first, last):
			return nil, fmt.Errorf("%s -n %s %w", ref, ref.Namespace, errVanished)
		case last == nil:
			return nil, nil
		}
		return []P{last}, nil
	}
}

// below is where the pods and ReplicaSets of a workload are. It is false for a
// selector that selects nothing, or everything: no server takes one.
func below(ref cluster.Ref, selector *metav1.LabelSelector) (scope, bool) {
	of, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil || selector == nil || of.Empty() {
		return scope{}, false
	}
	return scope{namespace: ref.Namespace, labels: of.String()}, true
}

// sameObject holds for two reads of one object; nil stands for none.
func sameObject[T any, P interface {
	*T
	metav1.Object
}](first, last P) bool {
	if first == nil || last == nil {
		return first == last
	}
	return first.GetUID() == last.GetUID()
}
