//go:build unix && !linux

package controlplane

import "syscall"

// endsWithParent puts a process into a group of its own, so that it does not get the interrupt
// that is typed at a terminal: its parent does, and ends it in order. Where there is no Linux,
// a parent that is killed leaves its processes behind.
func endsWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
