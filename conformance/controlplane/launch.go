package controlplane

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"k8s.io/client-go/kubernetes"
)

// startWithin bounds the start of all components, which takes a few seconds: beyond it something
// is wrong, and the error says what was waited for.
const startWithin = 2 * time.Minute

// launch starts the components in the order in which they need each other, and returns when
// a Deployment rolls out.
func (c *Cluster) launch(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	fmt.Fprintln(c.options.Progress, "starting a control plane in", c.dir)
	if c.access, err = newAccess(filepath.Join(c.dir, "access")); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(c.dir, "logs"), 0o700); err != nil {
		return err
	}
	if err := c.startEtcd(); err != nil {
		return err
	}
	if err := c.startServer(ctx); err != nil {
		return err
	}
	if err := c.startControllers(); err != nil {
		return err
	}
	if err := c.furnish(ctx); err != nil {
		return err
	}
	c.processes.tell(c.options.Progress)
	return nil
}

func (c *Cluster) startEtcd() error {
	// Clients come through a socket, so that there is no port to be taken by somebody else.
	// What is advertised is for other members, of which there are none.
	_, err := c.start("etcd",
		"--data-dir="+filepath.Join(c.dir, "etcd"),
		"--listen-client-urls=unix://"+c.etcdSocket(),
		"--advertise-client-urls=http://127.0.0.1:0",
		"--listen-peer-urls=http://127.0.0.1:0",
		"--unsafe-no-fsync",
		"--log-level=warn")
	return err
}

// startServer starts the API server on a free port. A port that is free now may be taken before
// the server listens, so it is tried again.
func (c *Cluster) startServer(ctx context.Context) error {
	for try := 1; ; try++ {
		port, err := freePort()
		if err != nil {
			return err
		}
		c.access.server = "https://127.0.0.1:" + strconv.Itoa(port)
		server, err := c.start("kube-apiserver", c.serverFlags(port)...)
		if err != nil {
			return err
		}
		err = c.await(ctx, "the API server to be ready", c.ready)
		if err == nil {
			return c.access.writeKubeconfigs()
		}
		if try == 3 || !isClosed(server.ended) || !strings.Contains(server.tail(100), "address already in use") {
			return err
		}
		c.processes.forget(server)
	}
}

func (c *Cluster) serverFlags(port int) []string {
	file := c.access.file
	return []string{
		"--etcd-servers=unix://" + c.etcdSocket(),
		"--bind-address=127.0.0.1",
		"--secure-port=" + strconv.Itoa(port),
		"--tls-cert-file=" + file("server.crt"),
		"--tls-private-key-file=" + file("server.key"),
		"--token-auth-file=" + file("tokens.csv"),
		"--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + file("service-accounts.key"),
		"--service-account-signing-key-file=" + file("service-accounts.key"),
		"--service-cluster-ip-range=10.0.0.0/16",
		"--endpoint-reconciler-type=none",
		// No pod talks to the server, and none waits for the account of a new namespace.
		"--disable-admission-plugins=ServiceAccount",
	}
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

// startControllers starts what works on objects: controllers, scheduler and kubelets.
func (c *Cluster) startControllers() error {
	stages := filepath.Join(c.dir, "kwok.yaml")
	if err := os.WriteFile(stages, []byte(c.options.stages()), 0o600); err != nil {
		return err
	}
	_, controllers := c.start("kube-controller-manager", c.controllerFlags()...)
	_, scheduler := c.start("kube-scheduler",
		"--kubeconfig="+c.Kubeconfig("kube-scheduler"), "--leader-elect=false", "--secure-port=0")
	_, kubelets := c.start("kwok",
		"--kubeconfig="+c.Kubeconfig("kwok"), "--config="+stages,
		"--manage-all-nodes=true",
		// Without leases the node controller finds all nodes dead after 50 seconds.
		"--node-lease-duration-seconds=40",
		"--cidr=10.64.0.1/10")
	return errors.Join(controllers, scheduler, kubelets)
}

func (c *Cluster) controllerFlags() []string {
	flags := []string{
		"--kubeconfig=" + c.Kubeconfig("kube-controller-manager"),
		"--leader-elect=false", "--secure-port=0",
		"--service-account-private-key-file=" + c.access.file("service-accounts.key"),
		// This one wants a signer that there is not, and fails every second.
		"--controllers=*,-kube-apiserver-serving-clustertrustbundle-publisher-controller",
	}
	if c.options.ControllerQPS != 0 {
		flags = append(flags, fmt.Sprintf("--kube-api-qps=%d", c.options.ControllerQPS))
	}
	if c.options.ControllerBurst != 0 {
		flags = append(flags, fmt.Sprintf("--kube-api-burst=%d", c.options.ControllerBurst))
	}
	return flags
}

func (c *Cluster) start(name string, flags ...string) (*process, error) {
	cmd := exec.Command(filepath.Join(c.binaries, name), flags...)
	cmd.Dir = c.dir
	return c.processes.start(filepath.Join(c.dir, "logs", name+".log"), cmd)
}

// ready is nil when the API server says that it is.
func (c *Cluster) ready(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(c.Config("admin"))
	if err != nil {
		return err
	}
	return client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
}

// await asks until the answer is nil. It gives up when a component has ended, or when the start
// takes too long.
func (c *Cluster) await(ctx context.Context, what string, ask func(context.Context) error) error {
	for {
		answer := ask(ctx)
		if answer == nil {
			return nil
		}
		if err := c.processes.failed(); err != nil {
			return fmt.Errorf("waiting for %s: %w", what, err)
		}
		if sleep(ctx, 50*time.Millisecond) != nil {
			return fmt.Errorf("waiting for %s took too long: %w\n%s", what, answer, c.processes.tails(5))
		}
	}
}
