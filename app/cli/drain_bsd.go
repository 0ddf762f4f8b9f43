//go:build darwin || freebsd || openbsd || netbsd || dragonfly

package cli

import (
	"os"

	"golang.org/x/sys/unix"
)

// flushRead is FREAD of sys/fcntl.h: the input queue.
const flushRead = 1

func dropInput(f *os.File) { _ = unix.IoctlSetPointerInt(int(f.Fd()), unix.TIOCFLUSH, flushRead) }
