//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// An interrupt ends the program at once, with the code that shells give it, also
// while it waits for input.
func TestAnInterruptEndsTheProgram(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "state.yaml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("no named pipes here: ", err)
	}
	command := exec.Command("kubectl-workload", "plan", "--state", pipe)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	// Opening the pipe waits for the program to read from it.
	writer, err := os.OpenFile(pipe, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait()
	if code := command.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
}
