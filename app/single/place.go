//go:build !js

package single

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrPlace says that there is no folder in which a lock and a socket of this
// user's own can lie.
var ErrPlace = errors.New("no folder of your own for it")

// mostAddress is how long the path of a socket may be, in bytes: 108 with the
// zero at its end on Linux and Windows, 104 on macOS and the BSDs (unix(7)).
const mostAddress = 103

// Place says where instances of one set of accounts find each other.
type Place struct {
	// Accounts is the folder the accounts are in. Its path keeps those of two
	// sets apart.
	Accounts string
	// Runtime is XDG_RUNTIME_DIR, "" where there is none. It belongs to this
	// user and this machine, and goes with the session.
	Runtime string
	// Own is the folder to use without Runtime.
	Own string
	// Temp is the system's folder for temporary files, for a socket whose path
	// would be too long elsewhere.
	Temp string
}

// files gives the paths of the lock and the socket, in the first folder that
// will do: one only this user can look into, with a path short enough. The
// error wraps ErrPlace.
func (p Place) files() (lock, socket string, err error) {
	sum := sha256.Sum256([]byte(filepath.Clean(p.Accounts)))
	name := "window-" + hex.EncodeToString(sum[:6])
	dirs := []string{p.Own, filepath.Join(p.Temp, fmt.Sprintf("baton-%d", os.Getuid()))}
	if filepath.IsAbs(p.Runtime) {
		dirs[0] = filepath.Join(p.Runtime, "baton")
	}
	var why []error
	for _, dir := range dirs {
		socket = filepath.Join(dir, name+".sock")
		if len(socket) > mostAddress {
			why = append(why, fmt.Errorf("%s is too long for a socket", socket))
			continue
		}
		if err := private(dir); err != nil {
			why = append(why, err)
			continue
		}
		return filepath.Join(dir, name+".lock"), socket, nil
	}
	return "", "", fmt.Errorf("%w: %w", ErrPlace, errors.Join(why...))
}

// private makes a folder, or makes sure of one that is there: among temporary
// files somebody else may have put it, to listen in.
func private(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() || !ours(info) {
		return fmt.Errorf("%s is not yours alone", dir)
	}
	return nil
}
