package controlplane

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestAProcessThatEndedIsNamedWithItsLastWords(t *testing.T) {
	p := newProcesses()
	defer p.stop()
	for _, script := range []string{"sleep 60", "echo it had no data; exit 3"} {
		one, err := p.start(filepath.Join(t.TempDir(), "log"), exec.Command("sh", "-c", script))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(script, "echo") {
			<-one.ended
		}
	}
	err := p.failed()
	if err == nil || !strings.Contains(err.Error(), "sh ended (exit status 3)") ||
		!strings.HasSuffix(err.Error(), "it had no data") {
		t.Errorf("the failure is %v", err)
	}
}

func TestNothingIsStartedOnceAllIsStopped(t *testing.T) {
	p := newProcesses()
	p.stop()
	if _, err := p.start(filepath.Join(t.TempDir(), "log"), exec.Command("sh", "-c", "sleep 60")); err != errStopped {
		t.Errorf("starting a process gives %v", err)
	}
}
