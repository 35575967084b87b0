package controlplane

import (
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"
)

// A user is one that the API server knows by a token.
type user struct {
	name   string // of the kubeconfig file
	as     string // what the API server calls him
	groups string // with commas between them
}

func users() []user {
	return []user{
		{"admin", "admin", "system:masters"},
		{"reader", "reader", ""},
		{"writer", "writer", ""},
		{"nobody", "nobody", ""},
		// With an account per controller instead, as installers set it up, creating these would
		// take five seconds of each start. Each controller has a client of its own either way.
		{"kube-controller-manager", "system:kube-controller-manager", "system:masters"},
		{"kube-scheduler", "system:kube-scheduler", ""},
		{"kwok", "kwok", "system:masters"},
	}
}

// access is how users reach the API server: files in a folder of the cluster.
type access struct {
	dir    string
	server string // https://127.0.0.1:6443, once its port is known
	ca     []byte
	tokens map[string]string
}

// newAccess makes up certificate, keys and tokens and writes what the API server reads of them.
func newAccess(dir string) (access, error) {
	a := access{dir: dir, tokens: map[string]string{}}
	certificate, key, err := cert.GenerateSelfSignedCertKey("localhost", []net.IP{net.IPv4(127, 0, 0, 1)}, nil)
	if err != nil {
		return a, err
	}
	a.ca = certificate
	serviceAccounts, err := keyutil.MakeEllipticPrivateKeyPEM()
	if err != nil {
		return a, err
	}
	var tokens strings.Builder
	for _, u := range users() {
		a.tokens[u.name] = rand.Text()
		fmt.Fprintf(&tokens, "%s,%s,%s,%q\n", a.tokens[u.name], u.as, u.name, u.groups)
	}
	return a, a.write(map[string][]byte{
		"server.crt": certificate, "server.key": key,
		"service-accounts.key": serviceAccounts, "tokens.csv": []byte(tokens.String()),
	})
}

func (a access) write(files map[string][]byte) error {
	if err := os.MkdirAll(a.dir, 0o700); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(a.file(name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (a access) file(name string) string { return filepath.Join(a.dir, name) }

func (a access) path(user string) string { return a.file(user + ".kubeconfig") }

// writeKubeconfigs writes one file per user.
func (a access) writeKubeconfigs() error {
	for _, u := range users() {
		if err := clientcmd.WriteToFile(a.kubeconfig(u.name, "default"), a.path(u.name)); err != nil {
			return err
		}
	}
	return nil
}

func (a access) kubeconfig(user, namespace string) clientcmdapi.Config {
	config := clientcmdapi.NewConfig()
	config.Clusters["local"] = &clientcmdapi.Cluster{Server: a.server, CertificateAuthorityData: a.ca}
	config.AuthInfos[user] = &clientcmdapi.AuthInfo{Token: a.tokens[user]}
	config.Contexts["local"] = &clientcmdapi.Context{Cluster: "local", AuthInfo: user, Namespace: namespace}
	config.CurrentContext = "local"
	return *config
}

func (a access) config(user string) *rest.Config {
	return &rest.Config{
		Host:            a.server,
		BearerToken:     a.tokens[user],
		TLSClientConfig: rest.TLSClientConfig{CAData: a.ca},
		QPS:             -1, // no limit
	}
}
