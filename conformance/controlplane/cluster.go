package controlplane

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Options are the wishes for a cluster. The zero value is a good one.
type Options struct {
	// Dir takes credentials, data and logs, and is kept: the logs of each component are in
	// Dir/logs. Without it a temporary folder is used, which goes when the cluster goes.
	Dir string
	// ControllerQPS and ControllerBurst limit the requests of each controller, as
	// --kube-api-qps and --kube-api-burst of the controller manager. 0: its defaults, 20 and 30.
	ControllerQPS, ControllerBurst int
	// Nodes is how many there are: node1, node2, … with 32 CPUs, 256Gi and 110 pods each.
	// 0: nine of them.
	Nodes int
	// PodReadyAfter is how long after its binding a pod becomes Ready. 0: two seconds;
	// time.Millisecond: at once.
	PodReadyAfter time.Duration
	// PodGoneAfter is how long after its deletion a pod is gone. 0: one second.
	PodGoneAfter time.Duration
	// Progress is told what is being built and started. nil: os.Stderr.
	Progress io.Writer
	// Detached keeps the cluster when the parent of this program ends. Otherwise it ends
	// then, so that a killed `go test` leaves nothing behind.
	Detached bool
}

// A Cluster is a running control plane.
type Cluster struct {
	options   Options
	root      string // the folder of the conformance module
	binaries  string
	dir       string
	temporary bool // dir goes with the cluster
	processes *processes
	access    access
}

// Start starts a control plane, building first what is missing, and ends it with the test.
// Without E2E=1 it skips the test.
func Start(t testing.TB, o Options) *Cluster {
	t.Helper()
	Need(t)
	c, err := Launch(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	return c
}

// Need skips a test that needs a control plane unless E2E=1 asks for such tests: they take long
// to build, and machines have no room for them while somebody types.
func Need(t testing.TB) {
	t.Helper()
	if !wanted() {
		t.Skip("needs a control plane: say make e2e, or set E2E=1")
	}
}

func wanted() bool { return os.Getenv("E2E") == "1" }

// Main runs the tests of a package beside one cluster, which shared is set to, and returns the
// exit code. Without E2E=1 shared stays nil, and tests skip themselves by Need.
func Main(m *testing.M, o Options, shared **Cluster) int {
	if !wanted() {
		return m.Run()
	}
	c, err := Launch(context.Background(), o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer c.Stop()
	*shared = c
	return m.Run()
}

// Launch starts a control plane, building first what is missing. It runs until Stop, and no
// longer than this program.
func Launch(ctx context.Context, o Options) (*Cluster, error) {
	o.Nodes = cmp.Or(o.Nodes, 9)
	o.PodReadyAfter = cmp.Or(o.PodReadyAfter, 2*time.Second)
	o.PodGoneAfter = cmp.Or(o.PodGoneAfter, time.Second)
	if o.Progress == nil {
		o.Progress = os.Stderr
	}
	binaries, err := Build(ctx, o.Progress)
	if err != nil {
		return nil, err
	}
	root, err := Root()
	if err != nil {
		return nil, err
	}
	c := &Cluster{options: o, root: root, binaries: binaries, processes: newProcesses()}
	if err := c.makeDir(); err != nil {
		return nil, err
	}
	c.processes.endWithProgram(c.Stop, o.Detached)
	if err := c.launch(ctx); err != nil {
		c.Stop()
		return nil, fmt.Errorf("starting a control plane: %w", err)
	}
	return c, nil
}

// Stop ends all processes and returns when they have ended.
func (c *Cluster) Stop() {
	c.processes.stop()
	if c.temporary {
		_ = os.RemoveAll(c.dir)
	}
}

// Config is how the user reaches the API server: "admin", "reader", "writer" or "nobody". It
// limits no requests; clients of the program under test limit themselves.
func (c *Cluster) Config(user string) *rest.Config {
	return c.access.config(user)
}

// Kubeconfig is the path of a kubeconfig file for the user.
func (c *Cluster) Kubeconfig(user string) string {
	return c.access.path(user)
}

// WriteKubeconfig writes a kubeconfig file for the user in which the namespace is the current one.
func (c *Cluster) WriteKubeconfig(path, user, namespace string) error {
	return clientcmd.WriteToFile(c.access.kubeconfig(user, namespace), path)
}

// Dir is the folder of the cluster; the logs of its components are in Dir/logs.
func (c *Cluster) Dir() string { return c.dir }

// Binaries is the folder that kubectl is in, of the version of the cluster.
func (c *Cluster) Binaries() string { return c.binaries }

// makeDir makes the folder of the cluster. Data of an earlier one in it go, so that every
// cluster starts empty.
func (c *Cluster) makeDir() (err error) {
	c.dir, c.temporary = c.options.Dir, c.options.Dir == ""
	if c.temporary {
		c.dir, err = os.MkdirTemp("", "controlplane-")
	} else {
		c.dir, err = filepath.Abs(c.dir)
	}
	if err != nil {
		return err
	}
	// A longer path is no address of a socket, on any Unix.
	if len(c.etcdSocket()) > 100 {
		return fmt.Errorf("the folder %s is too long a name for a socket in it: choose a shorter one", c.dir)
	}
	for _, old := range []string{"etcd", "logs", "etcd.sock"} {
		if err := os.RemoveAll(filepath.Join(c.dir, old)); err != nil {
			return err
		}
	}
	return os.MkdirAll(c.dir, 0o700)
}

func (c *Cluster) etcdSocket() string { return filepath.Join(c.dir, "etcd.sock") }
