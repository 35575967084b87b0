package controlplane

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// endWithProgram calls stop when this program is told to end, and then lets it end. A program
// whose parent has ended (a `go test` or `go run` that was killed) is told by nobody: unless
// it is detached from its parent it looks for itself.
func (p *processes) endWithProgram(stop func(), detached bool) {
	told := make(chan os.Signal, 1)
	for _, why := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(why) { // as nohup ignores SIGHUP
			signal.Notify(told, why)
		}
	}
	parent := os.Getppid()
	look := time.NewTicker(time.Second)
	go func() {
		defer look.Stop()
		defer signal.Stop(told)
		for {
			select {
			case why := <-told:
				endProgram(stop, why.(syscall.Signal))
			case <-look.C:
				if !detached && os.Getppid() != parent {
					endProgram(stop, syscall.SIGTERM)
				}
			case <-p.stopped:
				return
			}
		}
	}()
}

// endProgram ends the program as the signal would have done, but for calling stop before.
func endProgram(stop func(), why syscall.Signal) {
	stop()
	signal.Reset(why)
	_ = syscall.Kill(os.Getpid(), why)
	time.Sleep(time.Second)
	os.Exit(1) // the program ignores the signal
}
