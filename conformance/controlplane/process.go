package controlplane

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// processes are those that a program has started, and ends together.
type processes struct {
	mu      sync.Mutex
	started []*process
	stopped chan struct{} // closed when they are to end
}

// A process is a program that is running, or has run.
type process struct {
	name  string
	log   string // path of the file with all its output
	cmd   *exec.Cmd
	ended chan struct{} // closed when it has ended
}

var errStopped = errors.New("the control plane is being stopped")

func newProcesses() *processes {
	return &processes{stopped: make(chan struct{})}
}

// start starts a program whose output goes to the file log.
func (p *processes) start(log string, cmd *exec.Cmd) (*process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if isClosed(p.stopped) {
		return nil, errStopped
	}
	one := &process{
		name: filepath.Base(cmd.Path), log: log, cmd: cmd, ended: make(chan struct{}),
	}
	if err := one.start(); err != nil {
		return nil, err
	}
	p.started = append(p.started, one)
	return one, nil
}

// start starts the process and sees to its end.
func (p *process) start() error {
	output, err := os.Create(p.log)
	if err != nil {
		return err
	}
	p.cmd.Stdout, p.cmd.Stderr = output, output
	p.cmd.SysProcAttr = endsWithParent()
	started := make(chan error)
	go func() {
		// To the kernel, the parent of a process is the thread that started it. This thread
		// does nothing but wait, and ends when the process has ended, not before.
		runtime.LockOSThread()
		defer output.Close()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait()
			close(p.ended)
		}
	}()
	return <-started
}

// stop ends the processes, the last one first, and waits until they have ended. There is
// nothing that they would have to save. Further processes are then refused.
func (p *processes) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if isClosed(p.stopped) {
		return
	}
	close(p.stopped)
	for i := len(p.started) - 1; i >= 0; i-- {
		p.started[i].kill()
	}
}

// kill ends the process and those that it has started.
func (p *process) kill() {
	if !isClosed(p.ended) {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	}
	<-p.ended
}

// failed is an error if one of the processes has ended: what it said last.
func (p *processes) failed() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range p.started {
		if isClosed(one.ended) {
			return one.failure()
		}
	}
	return nil
}

// failure says how the process ended, and what it said last.
func (p *process) failure() error {
	return fmt.Errorf("%s ended (%s); %s ends with\n%s", p.name, p.cmd.ProcessState, p.log, p.tail(15))
}

// tail is the end of what the process has said.
func (p *process) tail(lines int) string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// forget takes a process that has ended out of those that must not end.
func (p *processes) forget(one *process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.started = slices.DeleteFunc(p.started, func(other *process) bool { return other == one })
}

// tails is what each process has said last.
func (p *processes) tails(lines int) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var text strings.Builder
	for _, one := range p.started {
		fmt.Fprintf(&text, "%s ends with\n%s\n", one.log, one.tail(lines))
	}
	return text.String()
}

// tell says so at once if a process ends before it is stopped: tests would only see that
// nothing happens any more.
func (p *processes) tell(w io.Writer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range p.started {
		go func() {
			select {
			case <-one.ended:
				fmt.Fprintln(w, one.failure())
			case <-p.stopped:
			}
		}()
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
