package connection

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	// How users log in who have neither a token nor a certificate nor a program for it.
	_ "k8s.io/client-go/plugin/pkg/client/auth"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-workload/kubectl-workload/pkg/cli/failure"
)

// fromKubeconfig is the cluster of a context, with what flags say otherwise.
func (f *Flags) fromKubeconfig() (Target, error) {
	rules := f.rules()
	config, err := rules.Load()
	if err != nil {
		return Target{}, unreadable(err)
	}
	name := cmp.Or(f.overrides.CurrentContext, config.CurrentContext)
	context := config.Contexts[name]
	if err := f.usable(config, name); err != nil {
		return Target{}, err
	}
	// Not the deferred loader of ConfigFlags: that one falls back on the pod's cluster.
	client, err := clientcmd.NewNonInteractiveClientConfig(*config, name, &f.overrides, rules).ClientConfig()
	if err != nil {
		return Target{}, unreadable(err)
	}
	target := Target{Config: client, Context: name, Namespace: "default"}
	if context != nil && context.Namespace != "" {
		target.Namespace = context.Namespace
	}
	return target, nil
}

// rules are where the kubeconfig is. kubectl also moves one of an old version to
// where it belongs now; here nothing is written.
func (f *Flags) rules() *clientcmd.ClientConfigLoadingRules {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = f.kubeconfig
	rules.MigrationRules = nil
	rules.WarnIfAllMissing = false
	return rules
}

// usable says what is missing, before the client does: that one speaks of environment
// variables of its own.
func (f *Flags) usable(config *api.Config, name string) error {
	names := slices.Sorted(maps.Keys(config.Contexts))
	named := f.overrides.Context
	switch {
	case name != "" && config.Contexts[name] == nil && len(names) > 0:
		return failure.WithHint(fmt.Errorf("the kubeconfig has no context %q: it has %s", name, listed(names)),
			"--context names another one")
	case named.AuthInfo != "" && config.AuthInfos[named.AuthInfo] == nil:
		return fmt.Errorf("the kubeconfig has no user %q", named.AuthInfo)
	case named.Cluster != "" && config.Clusters[named.Cluster] == nil:
		return fmt.Errorf("the kubeconfig has no cluster %q", named.Cluster)
	case f.overrides.ClusterInfo.Server != "" || named.Cluster != "":
		return nil
	case len(names) == 0:
		return f.nowhere()
	case name == "":
		return failure.WithHint(fmt.Errorf("the kubeconfig has no current context: it has %s", listed(names)),
			"--context names one, kubectl config use-context makes it the current one")
	}
	of := config.Contexts[name].Cluster
	if cluster := config.Clusters[of]; cluster == nil || cluster.Server == "" {
		return fmt.Errorf("the kubeconfig has no server for the cluster %q of its context %q", of, name)
	}
	return nil
}

// nowhere says that there is no cluster to ask, and where a kubeconfig was looked for.
func (f *Flags) nowhere() error {
	where := "there is none at ~/.kube/config"
	if list := os.Getenv(clientcmd.RecommendedConfigPathEnvVar); list != "" {
		where = "KUBECONFIG names " + list
	}
	if f.kubeconfig != "" {
		where = f.kubeconfig + " has no context"
	}
	return failure.WithHint(fmt.Errorf("no kubeconfig says which cluster to ask: %s", where),
		"--kubeconfig FILE or KUBECONFIG names one",
		"--state FILE takes the state from files and asks no cluster",
		"in a pod, --in-cluster asks the pod's own cluster")
}

// listed is at most five names.
func listed(names []string) string {
	if len(names) > 5 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:5], ", "), len(names)-5)
	}
	return strings.Join(names, ", ")
}

// unreadable makes one line of what client-go says about a kubeconfig.
func unreadable(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("the kubeconfig: cannot read %s: %w", path.Path, path.Err)
	}
	text := strings.TrimPrefix(strings.Join(strings.Fields(err.Error()), " "), "invalid configuration: ")
	return fmt.Errorf("the kubeconfig: %s", text)
}
