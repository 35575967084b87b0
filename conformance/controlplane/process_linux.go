package controlplane

import "syscall"

// endsWithParent lets the kernel kill a process when its parent is gone, however that ended. In
// a group of its own it does not get the interrupt that is typed at a terminal: its parent does,
// and ends it in order.
func endsWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
