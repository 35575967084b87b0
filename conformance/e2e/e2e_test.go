// Package e2e tests the program against a real control plane: scripts in testdata say what a
// person types and what comes back. CONTRIBUTING.md says how to write one.
package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-workload/kubectl-workload/conformance/controlplane"
)

// cluster is the one that all tests of this package share, each in a namespace of its own. It
// is nil without E2E=1: tests begin with controlplane.Need.
var cluster *controlplane.Cluster

// E2E_DIR=folder keeps data and logs of the cluster there.
func TestMain(m *testing.M) {
	os.Exit(controlplane.Main(m, controlplane.Options{Dir: os.Getenv("E2E_DIR")}, &cluster))
}

// UPDATE_GOLDEN=1 rewrites what scripts compare with.
func TestScripts(t *testing.T) {
	controlplane.Need(t)
	program := buildProgram(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		UpdateScripts:       os.Getenv("UPDATE_GOLDEN") != "",
		RequireExplicitExec: true,
		Setup:               func(env *testscript.Env) error { return setup(env, program) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"as":      as,
			"settled": settled,
		},
	})
}

// buildProgram builds kubectl-workload as its makers do, from the module beside this one, and
// returns the folder that it is in.
func buildProgram(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", dir, "./cmd/kubectl-workload")
	build.Dir = filepath.Join("..", "..")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building kubectl-workload: %v\n%s", err, output)
	}
	return dir
}

// setup gives a script a namespace and the programs: kubectl of the version of the cluster, and
// its plugin.
func setup(env *testscript.Env, program string) error {
	namespace, err := newNamespace()
	if err != nil {
		return err
	}
	home := filepath.Join(env.WorkDir, ".home")
	env.Setenv("HOME", home)
	env.Setenv("NAMESPACE", namespace)
	env.Setenv("PATH", program+string(os.PathListSeparator)+cluster.Binaries()+
		string(os.PathListSeparator)+env.Getenv("PATH"))
	// Nobody in particular: a script says who it is.
	env.Setenv("KUBECONFIG", filepath.Join(home, "say-as-first"))
	return os.Mkdir(home, 0o700)
}

// newNamespace creates one. It goes with the cluster.
func newNamespace() (string, error) {
	client, err := kubernetes.NewForConfig(cluster.Config("admin"))
	if err != nil {
		return "", err
	}
	created, err := client.CoreV1().Namespaces().Create(context.Background(), &corev1.Namespace{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "e2e-"},
	}, metav1.CreateOptions{})
	if err != nil {
		return "", fmt.Errorf("creating a namespace: %w", err)
	}
	return created.Name, nil
}
