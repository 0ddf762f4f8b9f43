//go:build !js

package keyring

import (
	"os"
	"runtime"
)

// self is the path of this program. On Linux it is the program that runs, even
// where its file was replaced meanwhile.
func self() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}

// ownName is the name this program was started under.
func ownName() string {
	if len(os.Args) > 0 && os.Args[0] != "" {
		return os.Args[0]
	}
	return "baton"
}

// IsHelper says whether these arguments, the program's name first, start a
// helper.
func IsHelper(args []string) bool { return len(args) == 2 && args[1] == HelperArg }
