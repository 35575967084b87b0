package controlplane

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A program is one that a control plane needs.
type program struct {
	name   string
	module string // the folder beside this file with the go.mod that it is built from
	path   string // of its main package
}

func programs() []program {
	return []program{
		{"etcd", "kubernetes", "go.etcd.io/etcd/server/v3"},
		{"kube-apiserver", "kubernetes", "k8s.io/kubernetes/cmd/kube-apiserver"},
		{"kube-controller-manager", "kubernetes", "k8s.io/kubernetes/cmd/kube-controller-manager"},
		{"kube-scheduler", "kubernetes", "k8s.io/kubernetes/cmd/kube-scheduler"},
		{"kubectl", "kubernetes", "k8s.io/kubernetes/cmd/kubectl"},
		{"kwok", "kwok", "sigs.k8s.io/kwok/cmd/kwok"},
	}
}

// A build is the making of all programs of one version.
type build struct {
	root      string // the folder of the conformance module
	to        string // the folder that the programs go to
	version   string // of Kubernetes, "v1.37.0"
	progress  io.Writer
	processes *processes
}

// Build builds the programs of a control plane that are missing and returns the folder that
// they are in. That takes minutes the first time, so progress is told what is being done.
func Build(ctx context.Context, progress io.Writer) (string, error) {
	b, err := newBuild(progress)
	if err != nil {
		return "", fmt.Errorf("building a control plane: %w", err)
	}
	if len(b.missing()) == 0 {
		return b.to, nil
	}
	b.processes.endWithProgram(b.processes.stop, false)
	defer b.processes.stop()
	if err := b.all(ctx); err != nil {
		return "", fmt.Errorf("building a control plane: %w", err)
	}
	return b.to, nil
}

var kubernetesVersion = regexp.MustCompile(`(?m)^\s*k8s\.io/kubernetes (v\S+)`)

// newBuild reads from the go.mod files what is to be built. The folder is named after what they
// say: when a version changes, another folder is looked into and filled.
func newBuild(progress io.Writer) (*build, error) {
	root, err := Root()
	if err != nil {
		return nil, err
	}
	modules := filepath.Join(root, "controlplane")
	kubernetes, err := os.ReadFile(filepath.Join(modules, "kubernetes", "go.mod"))
	if err != nil {
		return nil, err
	}
	kwok, err := os.ReadFile(filepath.Join(modules, "kwok", "go.mod"))
	if err != nil {
		return nil, err
	}
	found := kubernetesVersion.FindSubmatch(kubernetes)
	if found == nil {
		return nil, errors.New("controlplane/kubernetes/go.mod does not require k8s.io/kubernetes")
	}
	version := string(found[1])
	b := &build{root: root, version: version, progress: progress, processes: newProcesses()}
	key := sha256.Sum256(fmt.Appendln(nil, string(kubernetes), string(kwok), b.flags()))
	b.to = filepath.Join(root, ".bin", fmt.Sprintf("%s-%.4x", version, key))
	return b, nil
}

// Root is the folder of the conformance module, which is the current folder or one above it.
func Root() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "controlplane", "kubernetes", "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("%s is not in the folder conformance: run this from there", start)
		}
	}
}

func (b *build) missing() []program {
	var missing []program
	for _, p := range programs() {
		if _, err := os.Stat(filepath.Join(b.to, p.name)); err != nil {
			missing = append(missing, p)
		}
	}
	return missing
}

// all builds the missing programs one after the other: the compiler uses all processors anyway,
// and two linkers at once would need several gigabytes.
func (b *build) all(ctx context.Context) error {
	if err := os.MkdirAll(b.to, 0o755); err != nil {
		return err
	}
	unlock, err := b.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	missing := b.missing() // somebody else may just have built them
	for i, p := range missing {
		fmt.Fprintf(b.progress, "building %s for Kubernetes %s, %d of %d\n", p.name, b.version, i+1, len(missing))
		if err := b.one(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// lock waits until nobody else builds: test packages are run at the same time.
func (b *build) lock(ctx context.Context) (unlock func(), err error) {
	file, err := os.Create(filepath.Join(b.to, ".lock"))
	if err != nil {
		return nil, err
	}
	for told := false; ; told = true {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = file.Close() }, nil
		}
		if !told {
			fmt.Fprintln(b.progress, "waiting for another build of the control plane to end")
		}
		if err := sleep(ctx, 200*time.Millisecond); err != nil {
			_ = file.Close()
			return nil, err
		}
	}
}

// one builds a program under another name first, so that what has its name is whole.
func (b *build) one(ctx context.Context, p program) error {
	made := filepath.Join(b.to, p.name)
	cmd := exec.Command("go", slices.Concat([]string{"build", "-v"}, b.flags(), []string{"-o", made + ".part", p.path})...)
	cmd.Dir = filepath.Join(b.root, "controlplane", p.module)
	// Without cgo it builds on a machine without a C compiler, and to the same program.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	compiler, err := b.processes.start(made+".log", cmd)
	if err != nil {
		return err
	}
	if err := b.wait(ctx, compiler); err != nil {
		return err
	}
	if !cmd.ProcessState.Success() {
		return fmt.Errorf("%s: %w", p.name, compiler.failure())
	}
	return os.Rename(made+".part", made)
}

// flags are those of go build that shape a program. They give Kubernetes the version that its own
// build would give it; kwok, which has the same library, is not asked for its version.
func (b *build) flags() []string {
	const version = "k8s.io/component-base/version"
	parts := strings.Split(strings.TrimPrefix(b.version, "v"), ".")
	return []string{"-trimpath", "-ldflags", fmt.Sprintf(
		"-s -w -X %[1]s.gitVersion=%[2]s -X %[1]s.gitMajor=%[3]s -X %[1]s.gitMinor=%[4]s",
		version, b.version, parts[0], parts[1])}
}

// wait waits for the compiler and now and then says how far it is.
func (b *build) wait(ctx context.Context, compiler *process) error {
	every := time.NewTicker(15 * time.Second)
	defer every.Stop()
	start := time.Now()
	for {
		select {
		case <-compiler.ended:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-every.C:
			// With -v, go build names each package when it begins with it.
			text, _ := os.ReadFile(compiler.log)
			fmt.Fprintf(b.progress, "  %3.0fs, %d packages compiled\n",
				time.Since(start).Seconds(), strings.Count(string(text), "\n"))
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
