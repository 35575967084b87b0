package live

import (
	"context"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/kubeversion"
)

// Question is which workloads a plan is about: Named, or else all that fit.
type Question struct {
	// Named are workloads by name. Those that do not exist are not in the state.
	Named []Workload

	// Namespace is where to look; empty stands for all of them.
	Namespace string
	// Kinds are DaemonSet, Deployment, ReplicaSet, StatefulSet; none stands for all.
	Kinds []string
	// Selector is about the labels of workloads; nil fits all.
	Selector labels.Selector

	// Profile says how objects are defaulted.
	Profile kubeversion.Profile
}

// Workload is a workload by name. All fields of Ref are set.
type Workload struct {
	Ref cluster.Ref
	// Selector is that of a manifest: if there is no such workload yet, it will adopt
	// what fits and has no owner. Nil without a manifest.
	Selector *metav1.LabelSelector
	// Service is the serviceName in the manifest of a StatefulSet.
	Service string
}

// aim is what a question comes to: workloads by name, and where they are. Named is
// nil where all workloads of the places are meant.
type aim struct {
	named  []Workload
	places []string // namespaces; "" is all of them
	kinds  []string // of the workloads that are meant; none stands for all
}

// maxNamed is how many workloads are read one by one. More are faster by lists of
// their namespaces, which are few, however many workloads there are.
const maxNamed = 2

func (a aim) byName() bool { return a.named != nil && len(a.named) <= maxNamed }

// has reports whether a workload is meant.
func (a aim) has(ref cluster.Ref) bool {
	return a.named == nil || slices.ContainsFunc(a.named, func(w Workload) bool {
		return w.Ref == ref
	})
}

// asksFor reports whether workloads of a kind are meant.
func (a aim) asksFor(kind string) bool {
	return len(a.kinds) == 0 || slices.Contains(a.kinds, kind)
}

// scales reports whether workloads are meant that an autoscaler can scale: DaemonSets
// it cannot.
func (a aim) scales() bool {
	return a.asksFor("Deployment") || a.asksFor("ReplicaSet") || a.asksFor("StatefulSet")
}

// aim makes names of labels: these often fit few of the workloads in a namespace,
// and then only the pods of these few are needed.
func (s *Server) aim(ctx context.Context, q Question) (aim, error) {
	if len(q.Named) > 0 {
		return aim{named: q.Named, places: namespacesOf(q.Named), kinds: kindsOf(q.Named)}, nil
	}
	a := aim{places: []string{q.Namespace}, kinds: q.Kinds}
	if q.Selector == nil || q.Selector.Empty() {
		return a, nil
	}
	named, err := s.labelled(ctx, a, scope{namespace: q.Namespace, labels: q.Selector.String()})
	a.named, a.kinds = named, kindsOf(named)
	return a, err
}

// labelled are the workloads that are meant, by labels; where there is none, it is a
// list without any.
func (s *Server) labelled(ctx context.Context, a aim, at scope) ([]Workload, error) {
	named := []Workload{}
	if a.asksFor("Deployment") {
		deployments, err := s.deployments(ctx, at)
		if err != nil {
			return nil, err
		}
		for _, d := range deployments {
			named = append(named, Workload{Ref: refOf("Deployment", d)})
		}
	}
	if a.asksFor("ReplicaSet") {
		sets, err := s.replicaSets(ctx, at)
		if err != nil {
			return nil, err
		}
		for _, rs := range sets {
			if cluster.ControllerOf(rs) == nil {
				named = append(named, Workload{Ref: refOf("ReplicaSet", rs)})
			}
		}
	}
	if a.asksFor("StatefulSet") {
		sets, err := s.statefulSets(ctx, at)
		if err != nil {
			return nil, err
		}
		for _, set := range sets {
			named = append(named, Workload{Ref: refOf("StatefulSet", set)})
		}
	}
	if a.asksFor("DaemonSet") {
		sets, err := s.daemonSets(ctx, at)
		if err != nil {
			return nil, err
		}
		for _, ds := range sets {
			named = append(named, Workload{Ref: refOf("DaemonSet", ds)})
		}
	}
	return named, nil
}

// refOf is the reference of an object that does not know its kind, as in a list.
func refOf(kind string, object metav1.Object) cluster.Ref {
	return ref(kind, object.GetNamespace(), object.GetName())
}

func ref(kind, namespace, name string) cluster.Ref {
	return cluster.Ref{
		APIVersion: appsv1.SchemeGroupVersion.String(), Kind: kind, Namespace: namespace, Name: name,
	}
}

func namespacesOf(named []Workload) []string {
	var all []string
	for _, w := range named {
		all = append(all, w.Ref.Namespace)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func kindsOf(named []Workload) []string {
	var all []string
	for _, w := range named {
		all = append(all, w.Ref.Kind)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
