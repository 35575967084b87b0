package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-workload/kubectl-workload/pkg/change"
	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
	"github.com/kubectl-workload/kubectl-workload/pkg/load"
	"github.com/kubectl-workload/kubectl-workload/pkg/planner"
)

// asks are the workloads to plan and what is to become of each.
func (o *Options) asks(state *cluster.Snapshot) ([]planner.Ask, []string, error) {
	chosen, err := o.choose()
	if err != nil {
		return nil, nil, err
	}
	intents, err := o.change.intents()
	if err != nil {
		return nil, nil, err
	}
	if o.input.hasManifests() {
		return o.manifestAsks(state, chosen, intents)
	}
	asks, err := o.stateAsks(state, chosen, intents)
	return asks, nil, err
}

// stateAsks are workloads of the state: those that are named, or all.
func (o *Options) stateAsks(state *cluster.Snapshot, chosen choice, intents []change.Intent) ([]planner.Ask, error) {
	if len(intents) > 0 && chosen.everything() {
		return nil, failure.WithHint(errors.New("say which workload the change is for"),
			"name it: kubectl workload plan deployment/NAME …", "or choose by label with -l, or take --all")
	}
	namespace := o.namespace(state)
	var asks []planner.Ask
	for _, w := range state.Workloads() {
		ref := cluster.RefOf(w)
		if (o.input.allNamespaces || *o.config.Namespace == "" && chosen.everything() || ref.Namespace == namespace) &&
			chosen.takes(ref, w.GetLabels()) {
			asks = append(asks, planner.Ask{Ref: ref, Intent: change.Combine(intents...)})
		}
	}
	if err := chosen.missing(asks, namespace, state); err != nil {
		return nil, err
	}
	if len(asks) == 0 {
		return nil, fmt.Errorf("the state has no workload that fits: it has %s", have(state))
	}
	return asks, nil
}

// namespace is that of names without one: -n, else the only one in the state, else
// default.
func (o *Options) namespace(state *cluster.Snapshot) string {
	if *o.config.Namespace != "" {
		return *o.config.Namespace
	}
	if only := load.OnlyNamespace(state); only != "" {
		return only
	}
	return "default"
}

// choice is what the arguments and -l pick.
type choice struct {
	kinds    []string            // of TYPE alone, with -l or --all
	names    map[string][]string // by kind
	selector labels.Selector
}

func (o *Options) choose() (choice, error) {
	c := choice{names: map[string][]string{}, selector: labels.Everything()}
	if o.input.selector != "" {
		selector, err := labels.Parse(o.input.selector)
		if err != nil {
			return c, fmt.Errorf("-l %q: %w", o.input.selector, err)
		}
		c.selector = selector
		if len(o.args) == 0 {
			c.kinds = []string{"Deployment", "ReplicaSet"}
		}
	}
	if o.input.all && len(o.args) == 0 {
		c.kinds = []string{"Deployment", "ReplicaSet"}
	}
	return c, c.read(o.args, o.input)
}

// read takes TYPE/NAME…, TYPE NAME… or TYPE with -l or --all.
func (c *choice) read(args []string, input inputFlags) error {
	if len(args) == 0 {
		return nil
	}
	if !strings.Contains(args[0], "/") {
		kinds, err := kindsOf(args[0], args)
		if err != nil {
			return err
		}
		if len(args) == 1 {
			if input.selector == "" && !input.all && !input.hasManifests() {
				return failure.WithHint(fmt.Errorf("which %s? name it, or say --all", args[0]),
					fmt.Sprintf("kubectl workload plan %s/NAME", args[0]))
			}
			c.kinds = kinds
			return nil
		}
		for _, name := range args[1:] {
			if strings.Contains(name, "/") {
				return fmt.Errorf("%q: there is already a type, %s; write TYPE/NAME TYPE/NAME or TYPE NAME NAME", name, args[0])
			}
			c.add(kinds[0], name)
		}
		return nil
	}
	for _, arg := range args {
		kind, name, ok := strings.Cut(arg, "/")
		if strings.Contains(kind, "=") {
			return failure.WithHint(fmt.Errorf("%q is no workload", arg), "write --image "+arg)
		}
		if !ok || name == "" || strings.Contains(name, "/") {
			return fmt.Errorf("%q: write it as TYPE/NAME, for example deployment/web", arg)
		}
		kinds, err := kindsOf(kind, args)
		if err != nil {
			return err
		}
		c.add(kinds[0], name)
	}
	return nil
}

func (c *choice) add(kind, name string) { c.names[kind] = append(c.names[kind], name) }

func (c *choice) everything() bool { return len(c.kinds) == 0 && len(c.names) == 0 }

func (c *choice) takes(ref cluster.Ref, has map[string]string) bool {
	if !c.selector.Matches(labels.Set(has)) {
		return false
	}
	return c.everything() || slices.Contains(c.kinds, ref.Kind) || slices.Contains(c.names[ref.Kind], ref.Name)
}

// missing says which named workload is not among those found.
func (c *choice) missing(asks []planner.Ask, namespace string, state *cluster.Snapshot) error {
	for _, kind := range []string{"Deployment", "ReplicaSet"} {
		for _, name := range c.names[kind] {
			found := slices.ContainsFunc(asks, func(a planner.Ask) bool {
				return a.Ref.Kind == kind && a.Ref.Name == name
			})
			if found {
				continue
			}
			ref := cluster.Ref{APIVersion: "apps/v1", Kind: kind, Namespace: namespace, Name: name}
			if object := state.Find(ref); object != nil {
				return notChosen(ref, object)
			}
			return fmt.Errorf("%s is not in namespace %s of the state: it has %s", ref, namespace, have(state))
		}
	}
	return nil
}

// notChosen says why a workload that is there is not planned.
func notChosen(ref cluster.Ref, object cluster.Object) error {
	owner := cluster.ControllerOf(object)
	if owner == nil {
		return fmt.Errorf("%s -n %s does not fit -l", ref, ref.Namespace)
	}
	err := fmt.Errorf("%s -n %s is controlled by %s %s, which decides its size", ref, ref.Namespace, owner.Kind, owner.Name)
	if owner.Kind == "Deployment" {
		return failure.WithHint(err, "kubectl workload plan deployment/"+owner.Name)
	}
	return err
}

// kindsOf reads a type as kubectl takes it: singular, plural, short, with its group.
func kindsOf(word string, args []string) ([]string, error) {
	switch strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(word, ".v1.apps"), ".apps")) {
	case "deployment", "deployments", "deploy":
		return []string{"Deployment"}, nil
	case "replicaset", "replicasets", "rs":
		return []string{"ReplicaSet"}, nil
	case "all":
		return []string{"Deployment", "ReplicaSet"}, nil
	case "statefulset", "statefulsets", "sts", "daemonset", "daemonsets", "ds", "job", "jobs", "cronjob", "cronjobs", "cj":
		return nil, fmt.Errorf("%s cannot be planned yet: deployments and replicasets can", word)
	}
	err := fmt.Errorf("the type %q is not known: deployments and replicasets can be planned", word)
	if hint := slip(word, args); hint != "" {
		return nil, failure.WithHint(err, hint)
	}
	return nil, err
}

// slip guesses what a word of another kubectl command was meant to be.
func slip(word string, args []string) string {
	target := "deployment/NAME"
	for _, arg := range args {
		if strings.Contains(arg, "/") {
			target = arg
		}
	}
	switch word {
	case "restart", "pause", "resume":
		return fmt.Sprintf("kubectl workload plan %s --%s", target, word)
	case "set", "image":
		return fmt.Sprintf("kubectl workload plan %s --image CONTAINER=IMAGE", target)
	case "scale":
		return fmt.Sprintf("kubectl workload plan %s --replicas N", target)
	case "undo", "rollback":
		return fmt.Sprintf("kubectl workload plan %s --to-revision N", target)
	}
	if len(args) == 1 {
		return "kubectl workload plan deployment/" + word
	}
	return ""
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
