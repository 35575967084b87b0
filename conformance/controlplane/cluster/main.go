// Command cluster keeps a control plane for a person to play with: make cluster and
// make cluster-down. It is run in the folder conformance.
//
//	go run ./controlplane/cluster build   only build what is missing
//	go run ./controlplane/cluster up      start one in the background, and say how to use it
//	go run ./controlplane/cluster down    end it
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/kubectl-workload/kubectl-workload/conformance/controlplane"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	root, err := controlplane.Root()
	if err != nil {
		return err
	}
	s := state{root: root, dir: filepath.Join(root, ".cluster")}
	switch strings.Join(args, " ") {
	case "build":
		_, err := controlplane.Build(context.Background(), os.Stderr)
		return err
	case "up":
		return s.up()
	case "stay":
		return s.stay()
	case "down":
		return s.down()
	}
	return errors.New("usage: cluster build|up|down")
}

// state is the folder of the cluster. The process that keeps it, and nobody else, holds a lock
// on the file of its process id: so a file that was left behind is never taken for a cluster.
type state struct {
	root string // of the conformance module
	dir  string
}

func (s state) pidFile() string { return filepath.Join(s.dir, "pid") }
func (s state) logFile() string { return filepath.Join(s.dir, "log") }

// lock is nil if a cluster is running.
func (s state) lock() (*os.File, error) {
	file, err := os.OpenFile(s.pidFile(), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	switch err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case err == nil:
		return file, nil
	case errors.Is(err, syscall.EWOULDBLOCK):
		return nil, file.Close()
	default:
		return nil, errors.Join(err, file.Close())
	}
}

// up builds what is missing and starts a process that stays when this one ends.
func (s state) up() error {
	binaries, err := controlplane.Build(context.Background(), os.Stderr)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	lock, err := s.lock()
	if err != nil {
		return err
	}
	if lock != nil {
		// The process takes the lock itself. Should two of them be started at the same
		// time, one does not get it and says so.
		if err := lock.Close(); err != nil {
			return err
		}
		if err := s.startStaying(); err != nil {
			return err
		}
	}
	fmt.Printf(instructions, filepath.Join(s.dir, "access"), filepath.Join(s.root, "..", "bin"), binaries)
	return nil
}

const instructions = `A cluster is running. To use it in this shell:

  export KUBECONFIG=%[1]s/admin.kubeconfig
  export PATH=%[2]s:%[3]s:$PATH

  kubectl create deployment web --image=web:1 --replicas=10
  kubectl workload plan deployment/web --image web=web:2

reader.kubeconfig and writer.kubeconfig beside that file may do what docs/rbac.yaml grants.
No container runs: pods become Ready 2s after they are bound, and go 1s after deletion.
To end it: make cluster-down
`

// startStaying starts the process that stays, and returns when its cluster is ready.
func (s state) startStaying() error {
	log, err := os.Create(s.logFile())
	if err != nil {
		return err
	}
	defer log.Close()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	ready, tell, err := os.Pipe()
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "starting a control plane in", s.dir)
	cmd := exec.Command(self, "stay")
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = log, log, []*os.File{tell}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // away from this terminal
	if err := cmd.Start(); err != nil {
		return err
	}
	_ = tell.Close()
	if word, _ := io.ReadAll(ready); len(word) == 0 {
		_ = cmd.Wait()
		text, _ := os.ReadFile(s.logFile())
		return fmt.Errorf("the cluster did not start:\n%s", text)
	}
	return nil
}

// toldWhenReady is the file that the process which stays writes to when its cluster is ready: the
// first of cmd.ExtraFiles.
const toldWhenReady = 3

// stay keeps a cluster until it is told to end.
func (s state) stay() error {
	syscall.CloseOnExec(toldWhenReady) // or the components would hold it open
	lock, err := s.lock()
	if err != nil {
		return err
	}
	if lock == nil {
		return errors.New("another one is just being started")
	}
	defer lock.Close() // a file that nobody will use again would be closed, and the lock with it
	if err := os.WriteFile(s.pidFile(), fmt.Appendln(nil, os.Getpid()), 0o600); err != nil {
		return err
	}
	cluster, err := controlplane.Launch(context.Background(), controlplane.Options{Dir: s.dir, Detached: true})
	if err != nil {
		return err
	}
	defer cluster.Stop()
	// If up was interrupted there is nobody to read this, nor to end the cluster.
	tell := os.NewFile(toldWhenReady, "ready")
	if _, err := tell.WriteString("ready"); err != nil {
		return err
	}
	if err := tell.Close(); err != nil {
		return err
	}
	select {} // Launch ends the program when it is told to end
}

// down ends the cluster and removes what it has left.
func (s state) down() error {
	if _, err := os.Stat(s.pidFile()); err != nil {
		fmt.Println("no cluster is running")
		return nil
	}
	lock, err := s.lock()
	if err == nil && lock == nil {
		lock, err = s.end()
	}
	if err != nil {
		return err
	}
	defer lock.Close()
	fmt.Println("no cluster is running any more")
	return os.RemoveAll(s.dir)
}

// end tells the process to end, and waits for the lock that it then gives up.
func (s state) end() (lock *os.File, err error) {
	text, err := os.ReadFile(s.pidFile())
	if err != nil {
		return nil, err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("%s holds no process id: %w", s.pidFile(), err)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		return nil, err
	}
	for range 200 {
		time.Sleep(100 * time.Millisecond)
		if lock, err := s.lock(); lock != nil || err != nil {
			return lock, err
		}
	}
	return nil, fmt.Errorf("the cluster does not end: kill process %d", pid)
}
