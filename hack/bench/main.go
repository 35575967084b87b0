//go:build unix

// Command bench measures the whole program: seconds on the clock, seconds of CPU and memory
// of a plan, from start to exit, beside those of kubectl. It judges nothing; the bars are for
// the reader.
//
//	go run ./hack/bench bin/kubectl-workload
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// row is one kind of work. The fastest of its runs counts: the others measure what
// else the machine did. More CPU than clock means that several cores were at work.
type row struct {
	work string
	bar  string
	args []string
	runs int
}

type figure struct {
	seconds float64
	cpu     float64
	mebi    float64
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: bench BINARY")
		os.Exit(1)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(binary string) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%-44s %9s %9s %6s   %s\n", "whole process", "seconds", "CPU", "MiB", "bar")
	if kubectl, err := exec.LookPath("kubectl"); err == nil {
		version := row{work: "kubectl version --client", args: []string{"version", "--client"}, runs: 5}
		if _, err := version.measure(kubectl); err != nil {
			return err
		}
	}
	for _, s := range []series{
		{deployment, []int{10, 10_000, 100_000, 150_000}, "10,000 -> 100,000 pods of a Deployment", 1},
		{statefulSet, []int{5_000, 50_000}, "5,000 -> 50,000 pods of a StatefulSet", 0},
		{tenths, []int{6_500, 65_000}, "6,500 -> 65,000 nodes, 10% at once", 0},
		{oneByOne, []int{6_500, 65_000}, "6,500 -> 65,000 nodes, one by one", 0},
	} {
		if err := s.measure(binary, dir); err != nil {
			return err
		}
	}
	folder, err := workloads(dir, 10_000)
	if err != nil {
		return err
	}
	_, err = folder.measure(binary)
	return err
}

// series is the same work at growing sizes.
type series struct {
	work  func(dir string, replicas int) (row, error)
	sizes []int
	// growth names the step from the size with the index from to the next, ten times as
	// large.
	growth string
	from   int
}

func (s series) measure(binary, dir string) error {
	var took []float64
	for _, size := range s.sizes {
		r, err := s.work(dir, size)
		if err != nil {
			return err
		}
		f, err := r.measure(binary)
		if err != nil {
			return err
		}
		took = append(took, f.cpu)
	}
	fmt.Printf("%-44s %19.1f %6s   at most 12 times as much CPU\n", s.growth, took[s.from+1]/took[s.from], "")
	return nil
}

// statefulSet is a new image for one Parallel StatefulSet.
func statefulSet(dir string, replicas int) (row, error) {
	before, after, err := pair(dir, fmt.Sprint("stateful-", replicas), func(image string) string {
		text := strings.Replace(manifest("db", replicas, image), "kind: Deployment", "kind: StatefulSet", 1)
		return strings.Replace(text, "spec:\n", "spec:\n  serviceName: db\n  podManagementPolicy: Parallel\n", 1)
	})
	bars := map[int]string{5_000: "0.5 s"}
	return row{
		work: fmt.Sprintf("plan of a Parallel StatefulSet of %d", replicas),
		bar:  bars[replicas],
		args: []string{"plan", "--state", before, "-f", after},
		runs: 5,
	}, err
}

// tenths is a new image for a DaemonSet, a tenth of its nodes at once.
func tenths(dir string, nodes int) (row, error) {
	bars := map[int]string{65_000: "2 s, 1024 MiB"}
	return daemonSet(dir, nodes, "10%", bars[nodes])
}

// oneByOne is a new image for a DaemonSet, one node after the other.
func oneByOne(dir string, nodes int) (row, error) {
	bars := map[int]string{65_000: "5 s, 1024 MiB"}
	return daemonSet(dir, nodes, "1", bars[nodes])
}

func daemonSet(dir string, nodes int, maxUnavailable, bar string) (row, error) {
	all := filepath.Join(dir, fmt.Sprint("nodes-", nodes, ".json"))
	if err := write(all, nodeList(nodes)); err != nil {
		return row{}, err
	}
	before, after, err := pair(dir, fmt.Sprint("daemon-", nodes, "-", maxUnavailable), func(image string) string {
		text := strings.Replace(manifest("agent", 0, image), "kind: Deployment", "kind: DaemonSet", 1)
		return strings.Replace(text, "replicas: 0", "updateStrategy: {rollingUpdate: {maxUnavailable: "+maxUnavailable+"}}", 1)
	})
	return row{
		work: fmt.Sprintf("plan of a DaemonSet on %d nodes, %s", nodes, maxUnavailable),
		bar:  bar,
		args: []string{"plan", "--state", before, "--state", all, "-f", after},
		runs: 5,
	}, err
}

// nodeList is what kubectl get nodes -o json writes, without what nobody looks at.
func nodeList(count int) string {
	var text strings.Builder
	text.WriteString(`{"apiVersion": "v1", "kind": "List", "items": [`)
	for i := range count {
		if i > 0 {
			text.WriteString(",")
		}
		fmt.Fprintf(&text, `
  {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n%05d", "labels": {
    "kubernetes.io/hostname": "n%05d", "kubernetes.io/os": "linux", "topology.kubernetes.io/zone": "zone%d"}}}`,
			i, i, i%3)
	}
	text.WriteString("\n]}\n")
	return text.String()
}

// deployment is a new image for one Deployment.
func deployment(dir string, replicas int) (row, error) {
	before, after, err := pair(dir, fmt.Sprint(replicas), func(image string) string {
		return manifest("web", replicas, image)
	})
	bars := map[int]string{
		10: "that of kubectl version --client", 10_000: "0.3 s", 150_000: "3 s, 1024 MiB",
	}
	return row{
		work: fmt.Sprintf("plan of a Deployment of %d, 25%%/25%%", replicas),
		bar:  bars[replicas],
		args: []string{"plan", "--state", before, "-f", after},
		runs: 5,
	}, err
}

// workloads is a new image for every Deployment of a folder.
func workloads(dir string, count int) (row, error) {
	before, after := filepath.Join(dir, "before"), filepath.Join(dir, "after")
	for i := range count {
		for folder, image := range map[string]string{before: "web:1", after: "web:2"} {
			name := fmt.Sprintf("web-%05d", i)
			if err := write(filepath.Join(folder, name+".yaml"), manifest(name, 3, image)); err != nil {
				return row{}, err
			}
		}
	}
	return row{
		work: fmt.Sprintf("plan of a folder of %d Deployments of 3", count),
		bar:  "10 s, 1024 MiB",
		args: []string{"plan", "--state", before, "-f", after},
		runs: 1,
	}, nil
}

// pair writes a file for the state and one for the change.
func pair(dir, name string, text func(image string) string) (before, after string, err error) {
	before = filepath.Join(dir, name+"-before.yaml")
	after = filepath.Join(dir, name+"-after.yaml")
	if err := write(before, text("web:1")); err != nil {
		return "", "", err
	}
	return before, after, write(after, text("web:2"))
}

func write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

func manifest(name string, replicas int, image string) string {
	return strings.NewReplacer("NAME", name, "REPLICAS", strconv.Itoa(replicas), "IMAGE", image).Replace(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: NAME
  namespace: shop
spec:
  replicas: REPLICAS
  selector:
    matchLabels:
      app: NAME
  template:
    metadata:
      labels:
        app: NAME
    spec:
      containers:
      - name: web
        image: IMAGE
        resources:
          requests:
            cpu: 100m
            memory: 128Mi
`)
}

// measure runs the program and prints the fastest run and the most memory.
func (r row) measure(program string) (figure, error) {
	best := figure{seconds: -1}
	for range r.runs {
		command := exec.Command(program, r.args...)
		command.Stderr = os.Stderr
		began := time.Now()
		if err := command.Run(); err != nil {
			return best, fmt.Errorf("%s: %w", command, err)
		}
		seconds := time.Since(began).Seconds()
		if best.seconds < 0 || seconds < best.seconds {
			best.seconds = seconds
			best.cpu = (command.ProcessState.UserTime() + command.ProcessState.SystemTime()).Seconds()
		}
		best.mebi = max(best.mebi, memory(command.ProcessState))
	}
	fmt.Printf("%-44s %9.3f %9.3f %6.0f   %s\n", r.work, best.seconds, best.cpu, best.mebi, r.bar)
	return best, nil
}

// memory is the most that a process held at once, in MiB.
func memory(state *os.ProcessState) float64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	bytes := float64(usage.Maxrss) * 1024
	if runtime.GOOS == "darwin" { // which counts bytes, where others count KiB
		bytes = float64(usage.Maxrss)
	}
	return bytes / (1 << 20)
}
