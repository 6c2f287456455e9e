//go:build !linux

package qtasks_test

import "os/exec"

// dieWithParent: other systems have no such thing, and processes are killed at the end of their test alone.
func dieWithParent(*exec.Cmd) {}
