package selection

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/load/live"
)

// Place is where workloads are chosen from.
type Place struct {
	State     *cluster.Snapshot
	Namespace string // of names without one
	// Live: the state is the part of a cluster that Question asks for, and there may
	// be more.
	Live bool
}

// Question asks a cluster for what is chosen, and for the workloads of manifests.
func (c *Choice) Question(namespace string) live.Question {
	q := live.Question{Namespace: namespace, Kinds: c.kinds, Selector: c.labels}
	if c.flags.AllNamespaces {
		q.Namespace = ""
	}
	if c.only != "" && c.Everything() {
		q.Kinds = []string{c.only}
	}
	for _, ref := range c.named(namespace) {
		q.Named = append(q.Named, live.Workload{Ref: ref})
	}
	return q
}

// From returns the workloads of a state that are chosen, in the order of a plan. One
// that is named has to be there, and at least one has to fit.
func (c *Choice) From(p Place) ([]cluster.Ref, error) {
	var refs []cluster.Ref
	for _, w := range p.State.Workloads() {
		ref := cluster.RefOf(w)
		if (c.isAnywhere(p) || ref.Namespace == p.Namespace) && c.Takes(ref, w.GetLabels()) {
			refs = append(refs, ref)
		}
	}
	if err := c.missing(refs, p); err != nil {
		return nil, err
	}
	switch {
	case len(refs) == 0:
		return nil, c.nothing(p)
	case !p.Live:
		return refs, CheckNodes(p.State, refs)
	}
	return refs, nil
}

// CheckNodes refuses DaemonSets in a state of files that has no nodes: their pods would
// have nowhere to be. Files often have workloads without nodes, as kubectl get all writes
// them, and are good for plans of others.
func CheckNodes(state *cluster.Snapshot, refs []cluster.Ref) error {
	i := slices.IndexFunc(refs, func(ref cluster.Ref) bool { return ref.Kind == "DaemonSet" })
	if i < 0 || len(state.Nodes) > 0 {
		return nil
	}
	return failure.WithHint(
		fmt.Errorf("%s -n %s: the state has no nodes, and a DaemonSet has a pod on each that fits", refs[i], refs[i].Namespace),
		"kubectl get nodes -o yaml > nodes.yaml, and --state nodes.yaml beside the other")
}

// isAnywhere: files that are named without -n are meant with all that is in them.
func (c *Choice) isAnywhere(p Place) bool {
	return c.flags.AllNamespaces || !p.Live && c.flags.Namespace == "" && c.Everything()
}

func (c *Choice) nothing(p Place) error {
	switch {
	case !p.Live:
		return fmt.Errorf("the state has no workload that fits: it has %s", have(p.State))
	case c.flags.AllNamespaces:
		return fmt.Errorf("the cluster has no workload that fits")
	case c.Everything():
		return failure.WithHint(
			fmt.Errorf("namespace %s of the cluster has no %s of its own", p.Namespace,
				cmp.Or(c.only, "Deployment, StatefulSet, DaemonSet or ReplicaSet")),
			"-n names another namespace, -A takes all")
	}
	return failure.WithHint(fmt.Errorf("namespace %s of the cluster has no workload that fits", p.Namespace),
		"-n names another namespace, -A takes all")
}

// missing is the error of the first named workload that is not among those found.
func (c *Choice) missing(found []cluster.Ref, p Place) error {
	ref, ok := c.Missing(found, p.Namespace)
	if !ok {
		return nil
	}
	if object := p.State.Find(ref); object != nil {
		return notChosen(ref, object)
	}
	if p.Live {
		return failure.WithHint(fmt.Errorf("%s is not in namespace %s of the cluster", ref, ref.Namespace),
			"-n names another namespace")
	}
	return fmt.Errorf("%s is not in namespace %s of the state: it has %s", ref, ref.Namespace, have(p.State))
}

// Missing is the first workload that is named and not among those found.
func (c *Choice) Missing(found []cluster.Ref, namespace string) (cluster.Ref, bool) {
	for _, ref := range c.named(namespace) {
		isRef := func(other cluster.Ref) bool { return other.Kind == ref.Kind && other.Name == ref.Name }
		if !slices.ContainsFunc(found, isRef) {
			return ref, true
		}
	}
	return cluster.Ref{}, false
}

// notChosen says why a workload that is there is not taken.
func notChosen(ref cluster.Ref, object cluster.Object) error {
	owner := cluster.ControllerOf(object)
	if owner == nil {
		return fmt.Errorf("%s -n %s does not fit -l", ref, ref.Namespace)
	}
	err := fmt.Errorf("%s -n %s is controlled by %s %s, which decides its size",
		ref, ref.Namespace, owner.Kind, owner.Name)
	if owner.Kind == "Deployment" {
		return failure.WithHint(err, "kubectl workload plan deployment/"+owner.Name)
	}
	return err
}

// have lists the workloads of a state, at most five.
func have(state *cluster.Snapshot) string {
	var names []string
	for _, w := range state.Workloads() {
		ref := cluster.RefOf(w)
		names = append(names, fmt.Sprintf("%s -n %s", ref, ref.Namespace))
	}
	switch {
	case len(names) == 0 && len(state.ReplicaSets) > 0:
		owner := cluster.ControllerOf(state.ReplicaSets[0])
		return fmt.Sprintf("no workloads, only ReplicaSets of others, such as %s %s", owner.Kind, owner.Name)
	case len(names) == 0:
		return "no workloads"
	case len(names) > 5:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:5], ", "), len(names)-5)
	}
	return strings.Join(names, ", ")
}
