package controlplane

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// However a test run ends, none of its processes is left. The run is this test binary, started
// once more with a cluster of its own, which then waits in TestHold.
func TestAnInterruptedRunLeavesNoProcess(t *testing.T) {
	Need(t)
	for _, how := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(how.String(), func(t *testing.T) {
			if how == syscall.SIGKILL {
				needLinux(t)
			}
			run := hold(t, os.Args[0])
			if err := run.Process.Signal(how); err != nil {
				t.Fatal(err)
			}
			_ = run.Wait()
			if ended := run.ProcessState.Sys().(syscall.WaitStatus); ended.Signal() != how {
				t.Errorf("the run ended with %v, not by the signal", run.ProcessState)
			}
			run.leavesNoProcess(t)
			if how != syscall.SIGKILL {
				run.leavesNoFile(t)
			}
		})
	}
}

// A panic ends a run as it ends every program: without running what was deferred.
func TestARunThatPanicsLeavesNoProcess(t *testing.T) {
	Need(t)
	needLinux(t)
	t.Setenv("PANIC", "1")
	run := hold(t, os.Args[0])
	if err := run.Wait(); err == nil {
		t.Error("the run did not panic")
	}
	run.leavesNoProcess(t)
}

// Whoever kills `go test` does not kill the test binary that it has started.
func TestARunWhoseParentIsKilledLeavesNoProcess(t *testing.T) {
	Need(t)
	run := hold(t, "sh", "-c", `"$0" "$@"; exit`, os.Args[0])
	if err := run.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	run.leavesNoProcess(t)
	run.leavesNoFile(t)
}

// TestHold is what the runs above do: say which processes there are, and wait.
func TestHold(t *testing.T) {
	if os.Getenv("HOLD") == "" {
		t.Skip("is started by other tests")
	}
	for _, one := range cluster.processes.started {
		fmt.Println("pid", one.cmd.Process.Pid)
	}
	fmt.Println("held")
	if os.Getenv("PANIC") != "" {
		go panic("as asked")
	}
	time.Sleep(time.Minute) // the longest that it outlives a test that forgot it
}

// A heldRun is a test run that waits, and its processes.
type heldRun struct {
	*exec.Cmd
	temporary string
	pids      []int
}

// hold starts a run by the command and returns when its cluster runs.
func hold(t *testing.T, command ...string) *heldRun {
	t.Helper()
	run := &heldRun{temporary: t.TempDir()}
	run.Cmd = exec.Command(command[0], append(command[1:], "-test.run=^TestHold$", "-test.v")...)
	run.Env = append(os.Environ(), "HOLD=1", "E2E_DIR=", "TMPDIR="+run.temporary)
	output, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	run.Stderr = &said
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Process.Kill() })
	lines := bufio.NewScanner(output)
	for lines.Scan() && lines.Text() != "held" {
		var pid int
		if _, err := fmt.Sscanf(lines.Text(), "pid %d", &pid); err == nil {
			run.pids = append(run.pids, pid)
		}
	}
	if len(run.pids) != len(programs())-1 { // kubectl does not stay
		t.Fatalf("the run has the processes %v\n%s", run.pids, &said)
	}
	return run
}

// leavesNoProcess gives the run, and the kernel, the moment that it takes to end processes.
func (run *heldRun) leavesNoProcess(t *testing.T) {
	t.Helper()
	for range 100 {
		if !slices.ContainsFunc(run.pids, runs) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("of the processes %v some still run", run.pids)
}

// leavesNoFile asks for the folder of the cluster, which is removed after the last process.
func (run *heldRun) leavesNoFile(t *testing.T) {
	t.Helper()
	var left []os.DirEntry
	for range 100 {
		left, _ = os.ReadDir(run.temporary)
		if len(left) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("files are left: %v", left)
}

func needLinux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends processes with their parent")
	}
}

// runs is false of a process that has ended, also where nobody has asked how.
func runs(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !strings.Contains(string(stat), ") Z ")
}
