package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-workload/kubectl-workload/conformance/controlplane"
)

const (
	manyDeployments = 100
	// mostOfDiff is what part of the time of kubectl diff a plan may take.
	mostOfDiff = 0.25
)

// BenchmarkLivePlan plans new images for 100 live Deployments, each manifest tried on the
// server, and lets kubectl diff compare the same ones in the same run. It reports the seconds
// of both, and fails where the plan takes more than a quarter of the time.
func BenchmarkLivePlan(b *testing.B) {
	controlplane.Need(b)
	f := newFolder(b)
	f.run(b, 0, "kubectl", "apply", "--server-side", "-f", f.write(b, "web:1"))
	f.settle(b)
	changed := f.write(b, "web:2")
	var plan, diff time.Duration
	rounds := 0
	for b.Loop() {
		rounds++
		plan += f.run(b, 0, "kubectl-workload", "plan", "-f", changed)
		diff += f.run(b, 1, "kubectl", "diff", "-f", changed) // 1: there are differences
	}
	part := plan.Seconds() / diff.Seconds()
	b.ReportMetric(plan.Seconds()/float64(rounds), "s/plan")
	b.ReportMetric(diff.Seconds()/float64(rounds), "s/kubectl-diff")
	b.ReportMetric(part, "of-kubectl-diff")
	b.ReportMetric(0, "ns/op")
	if part > mostOfDiff {
		b.Errorf("a plan took %.2f of the time of kubectl diff; %g is the most", part, mostOfDiff)
	}
}

// folder is manifests of many Deployments, and the programs that read them as a writer.
type folder struct {
	programs  []string // folders with programs
	namespace string
	env       []string
}

func newFolder(b *testing.B) *folder {
	b.Helper()
	namespace, err := newNamespace()
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "writer.kubeconfig")
	if err := cluster.WriteKubeconfig(path, "writer", namespace); err != nil {
		b.Fatal(err)
	}
	return &folder{
		programs:  []string{buildProgram(b), cluster.Binaries()},
		namespace: namespace,
		env:       append(os.Environ(), "KUBECONFIG="+path, "HOME="+b.TempDir()),
	}
}

// write writes the manifests with an image, and returns the folder that they are in.
func (f *folder) write(b *testing.B, image string) string {
	b.Helper()
	dir := b.TempDir()
	for i := range manyDeployments {
		text := fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: %[1]s
spec:
  selector:
    matchLabels: {app: %[1]s}
  template:
    metadata:
      labels: {app: %[1]s}
    spec:
      containers:
      - {name: web, image: %[2]s}
`, deploymentName(i), image)
		if err := os.WriteFile(filepath.Join(dir, deploymentName(i)+".yaml"), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

func deploymentName(i int) string { return fmt.Sprintf("web-%03d", i) }

func (f *folder) settle(b *testing.B) {
	b.Helper()
	client, err := kubernetes.NewForConfig(cluster.Config("admin"))
	if err != nil {
		b.Fatal(err)
	}
	for i := range manyDeployments {
		if err := settle(b.Context(), client, f.namespace, "deployment/"+deploymentName(i)); err != nil {
			b.Fatal(err)
		}
	}
}

// run runs a program that is to exit with a code, and returns how long that took.
func (f *folder) run(b *testing.B, exitCode int, program string, args ...string) time.Duration {
	b.Helper()
	command := exec.CommandContext(b.Context(), f.find(b, program), args...)
	var stderr bytes.Buffer
	command.Env, command.Stderr = f.env, &stderr
	began := time.Now()
	err := command.Run()
	took := time.Since(began)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || command.ProcessState.ExitCode() != exitCode {
		b.Fatalf("%s: %v\n%s", command, err, &stderr)
	}
	return took
}

func (f *folder) find(b *testing.B, program string) string {
	b.Helper()
	for _, dir := range f.programs {
		path := filepath.Join(dir, program)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	b.Fatalf("there is no %s in %v", program, f.programs)
	return ""
}
