// Package connection says which cluster to ask, and as whom: with the flags and the
// kubeconfig of kubectl. Unlike kubectl it never falls back on the cluster that it
// runs in, nor on a server at localhost: a plan of the wrong cluster is worse than
// none.
package connection

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Flags are the flags of kubectl for a connection.
type Flags struct {
	kubeconfig string
	overrides  clientcmd.ConfigOverrides
	inCluster  bool
	added      *pflag.FlagSet
}

// Target is a cluster to ask.
type Target struct {
	Config    *rest.Config
	Context   string // of the kubeconfig; empty where none has a part in it
	Namespace string // of what names none
}

// Add adds the flags. Those that hardly anybody needs are not in the help: Rare names
// them.
func (f *Flags) Add(flags *pflag.FlagSet) {
	f.added = flags
	user, server, context := &f.overrides.AuthInfo, &f.overrides.ClusterInfo, &f.overrides.Context
	flags.StringVar(&f.kubeconfig, "kubeconfig", "", "The `FILE` with clusters and users (default: $KUBECONFIG, else ~/.kube/config)")
	flags.StringVar(&f.overrides.CurrentContext, "context", "", "The `CONTEXT` of the kubeconfig (default: the current one)")
	flags.StringVar(&context.Cluster, "cluster", "", "The `CLUSTER` of the kubeconfig")
	flags.StringVar(&context.AuthInfo, "user", "", "The `USER` of the kubeconfig")
	flags.StringVarP(&server.Server, "server", "s", "", "The `ADDRESS` of the API server")
	flags.StringVar(&user.Token, "token", "", "A bearer `TOKEN`")
	flags.StringVar(&user.Impersonate, "as", "", "Ask as another `USER`")
	flags.StringArrayVar(&user.ImpersonateGroups, "as-group", nil, "Ask as a member of a `GROUP`; repeatable")
	flags.StringVar(&f.overrides.Timeout, "request-timeout", "", "How long (`TIME`) one request may take (default 1m)")
	flags.BoolVar(&f.inCluster, "in-cluster", false, "Ask the cluster of the pod that this runs in, as its service account")

	flags.StringVar(&user.ImpersonateUID, "as-uid", "", "Ask as the user with this `UID`")
	flags.StringVar(&server.CertificateAuthority, "certificate-authority", "", "The `FILE` with the server's certificate authority")
	flags.StringVar(&user.ClientCertificate, "client-certificate", "", "The `FILE` with a client certificate")
	flags.StringVar(&user.ClientKey, "client-key", "", "The `FILE` with the key of the client certificate")
	flags.BoolVar(&server.InsecureSkipTLSVerify, "insecure-skip-tls-verify", false, "Believe any certificate of the server")
	flags.StringVar(&server.TLSServerName, "tls-server-name", "", "The `NAME` that the server's certificate must have")
	flags.StringVar(&server.ProxyURL, "proxy-url", "", "The `URL` of a proxy to the server")
	flags.BoolVar(&server.DisableCompression, "disable-compression", false, "Have answers sent uncompressed")
	for _, name := range rare() {
		flags.Lookup(name).Hidden = true
	}
}

func rare() []string {
	return []string{
		"as-uid", "client-certificate", "client-key",
		"certificate-authority", "disable-compression",
		"insecure-skip-tls-verify", "proxy-url", "tls-server-name",
	}
}

// Rare is the help of the flags that have none of their own.
func Rare() string {
	return "      And as in kubectl: --" + strings.Join(rare()[:3], ", --") +
		",\n      --" + strings.Join(rare()[3:5], ", --") +
		",\n      --" + strings.Join(rare()[5:], ", --") + "\n"
}

// Given returns the first flag that was given, as it was written; empty if there was
// none.
func (f *Flags) Given() string { return f.givenBut() }

func (f *Flags) givenBut(names ...string) string {
	first := ""
	f.added.VisitAll(func(flag *pflag.Flag) {
		if first == "" && flag.Changed && !slices.Contains(names, flag.Name) {
			first = "--" + flag.Name
		}
	})
	return first
}

// Target finds the cluster. Nothing is sent.
func (f *Flags) Target() (Target, error) {
	timeout, err := clientcmd.ParseTimeout(cmp.Or(f.overrides.Timeout, "0"))
	if err != nil || timeout < 0 {
		return Target{}, fmt.Errorf("--request-timeout %q is not a duration: write it as 30s",
			f.overrides.Timeout)
	}
	target, err := f.target()
	if err != nil {
		return Target{}, err
	}
	target.Config.Timeout = timeout
	target.Config.UserAgent = "kubectl-workload"
	return target, nil
}

func (f *Flags) target() (Target, error) {
	if !f.inCluster {
		return f.fromKubeconfig()
	}
	if other := f.givenBut("in-cluster", "request-timeout"); other != "" {
		return Target{}, fmt.Errorf("%s and --in-cluster exclude each other", other)
	}
	config, err := rest.InClusterConfig()
	if err != nil {
		return Target{}, fmt.Errorf("--in-cluster: this does not run in a pod with a service account: %w", err)
	}
	namespace, err := os.ReadFile(namespaceOfPod)
	if err != nil {
		return Target{}, fmt.Errorf("--in-cluster: the pod's namespace: %w", err)
	}
	return Target{Config: config, Namespace: strings.TrimSpace(string(namespace))}, nil
}

// namespaceOfPod is the file in which every pod with a service account has its
// namespace.
const namespaceOfPod = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"
