package qtasks_test

import (
	"os/exec"
	"syscall"
)

// dieWithParent has a process end when these tests are killed.
func dieWithParent(process *exec.Cmd) {
	process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
