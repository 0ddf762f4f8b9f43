//go:build !unix

package keychain

import "os/exec"

// ownGroup does nothing: the Keychain is macOS's, and this only has to build.
func ownGroup(*exec.Cmd) {}
