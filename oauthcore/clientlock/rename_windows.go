package clientlock

import (
	"errors"
	"io/fs"
	"os"
)

var errNotEmpty = errors.New("not empty") // Windows has no such answer

// renameExclusive renames without replacing: Windows never puts a directory
// over another one, it only words the refusal in several ways.
func renameExclusive(from, to string) error {
	err := os.Rename(from, to)
	if err == nil {
		return nil
	}
	if _, statErr := os.Lstat(to); statErr == nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: fs.ErrExist}
	}
	return err
}
