// Package selection reads which workloads a command is about: TYPE/NAME…, TYPE NAME…,
// or TYPE with -l or --all, as kubectl takes them.
package selection

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
	"github.com/kubectl-workload/kubectl-workload/pkg/cluster"
)

// Flags choose workloads beside the arguments.
type Flags struct {
	Namespace     string
	Labels        string
	All           bool // all workloads of the type
	AllNamespaces bool
}

// Add adds the flags, but for --all.
func (f *Flags) Add(flags *pflag.FlagSet) {
	flags.StringVarP(&f.Labels, "selector", "l", "", "Only workloads whose `LABELS` fit, as in app=web,tier!=front")
	flags.BoolVarP(&f.AllNamespaces, "all-namespaces", "A", false, "Workloads of all namespaces")
	flags.StringVarP(&f.Namespace, "namespace", "n", "", "The `NAMESPACE` of what names none (default: the context's; of files the only one in them)")
}

// Arguments are what a person typed.
type Arguments struct {
	Command string // the subcommand, for hints
	Words   []string
	Flags
	// TypeAlone: a TYPE without a name, -l and --all is understood as all of it.
	TypeAlone bool
	// Only is the one kind that the command is about; empty: all.
	Only string
}

// Choice is what the arguments and -l pick.
type Choice struct {
	kinds  []string            // of TYPE alone, with -l or --all
	names  map[string][]string // by kind
	labels labels.Selector
	flags  Flags
	only   string
}

// Choose reads the arguments.
func (a Arguments) Choose() (Choice, error) {
	c := Choice{names: map[string][]string{}, labels: labels.Everything(), flags: a.Flags, only: a.Only}
	namespace, err := clientcmd.RemoveNamespacesPrefix(a.Namespace)
	if err != nil {
		return c, err
	}
	c.flags.Namespace = namespace
	if a.Labels != "" {
		if c.labels, err = labels.Parse(a.Labels); err != nil {
			return c, fmt.Errorf("-l %q: %w", a.Labels, err)
		}
	}
	switch {
	case len(a.Words) > 0 && strings.Contains(a.Words[0], "/"):
		err = c.readPairs(a)
	case len(a.Words) > 0:
		err = c.readType(a)
	case a.Labels != "" || a.All:
		if c.kinds = kinds(); a.Only != "" {
			c.kinds = []string{a.Only}
		}
	}
	if err == nil && len(c.names) > 0 && a.AllNamespaces {
		return c, fmt.Errorf("-A does not go with %s: a name is of one namespace", c.firstName())
	}
	if err == nil {
		err = c.checkKinds(a)
	}
	return c, err
}

// checkKinds refuses what is named and of another kind than the command is about.
func (c *Choice) checkKinds(a Arguments) error {
	if c.only == "" || len(a.Words) == 0 {
		return nil
	}
	named := slices.Concat(c.kinds, slices.Sorted(maps.Keys(c.names)))
	if slices.ContainsFunc(named, func(kind string) bool { return kind != c.only }) {
		return failure.WithHint(fmt.Errorf("%s is no %s: %s is about these alone", a.Words[0], c.only, a.Command),
			fmt.Sprintf("kubectl workload %s %s/NAME", a.Command, strings.ToLower(c.only)))
	}
	return nil
}

// readType takes TYPE NAME…, or TYPE alone.
func (c *Choice) readType(a Arguments) error {
	kinds, err := a.kindsOf(a.Words[0])
	if err != nil {
		return err
	}
	if len(a.Words) == 1 {
		if a.Labels == "" && !a.All && !a.TypeAlone {
			return failure.WithHint(fmt.Errorf("which %s? name it, or say --all", a.Words[0]),
				fmt.Sprintf("kubectl workload %s %s/NAME", a.Command, a.Words[0]))
		}
		c.kinds = kinds
		return nil
	}
	for _, name := range a.Words[1:] {
		if strings.Contains(name, "/") {
			return fmt.Errorf("%q: there is already a type, %s; write TYPE/NAME TYPE/NAME or TYPE NAME NAME",
				name, a.Words[0])
		}
		c.add(kinds[0], name)
	}
	return nil
}

// readPairs takes TYPE/NAME….
func (c *Choice) readPairs(a Arguments) error {
	for _, word := range a.Words {
		kind, name, ok := strings.Cut(word, "/")
		if strings.Contains(kind, "=") {
			return failure.WithHint(fmt.Errorf("%q is no workload", word), "write --image "+word)
		}
		if !ok || name == "" || strings.Contains(name, "/") {
			return fmt.Errorf("%q: write it as TYPE/NAME, for example deployment/web", word)
		}
		kinds, err := a.kindsOf(kind)
		if err != nil {
			return err
		}
		c.add(kinds[0], name)
	}
	return nil
}

func (c *Choice) add(kind, name string) {
	if !slices.Contains(c.names[kind], name) {
		c.names[kind] = append(c.names[kind], name)
	}
}

func (c *Choice) firstName() string {
	return c.named("")[0].String()
}

// Everything says that nothing was chosen, so all is meant.
func (c *Choice) Everything() bool { return len(c.kinds) == 0 && len(c.names) == 0 }

// Namespace is that of -n, or empty.
func (c *Choice) Namespace() string { return c.flags.Namespace }

// Takes reports whether a workload with these labels is chosen.
func (c *Choice) Takes(ref cluster.Ref, has map[string]string) bool {
	if !c.labels.Matches(labels.Set(has)) || c.only != "" && ref.Kind != c.only {
		return false
	}
	return c.Everything() || slices.Contains(c.kinds, ref.Kind) ||
		slices.Contains(c.names[ref.Kind], ref.Name)
}

// named are the workloads that the arguments name, in a namespace.
func (c *Choice) named(namespace string) []cluster.Ref {
	var refs []cluster.Ref
	for _, kind := range kinds() {
		for _, name := range c.names[kind] {
			refs = append(refs, cluster.Ref{APIVersion: "apps/v1", Kind: kind, Namespace: namespace, Name: name})
		}
	}
	return refs
}
