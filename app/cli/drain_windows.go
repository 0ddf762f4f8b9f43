package cli

import (
	"os"

	"golang.org/x/sys/windows"
)

func dropInput(f *os.File) { _ = windows.FlushConsoleInputBuffer(windows.Handle(f.Fd())) }
