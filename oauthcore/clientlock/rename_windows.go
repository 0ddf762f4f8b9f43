package clientlock

import (
	"errors"
	"io/fs"
	"os"

	"baton/oauthcore/files"
)

var errNotEmpty = errors.New("not empty") // Windows has no such answer

// renameExclusive renames without replacing: Windows never puts a directory
// over another one, it only words the refusal in several ways. One that is open
// somewhere is not moved either: files.ErrInUse.
func renameExclusive(from, to string) error {
	err := files.OS{}.Rename(from, to)
	if err == nil {
		return nil
	}
	if _, statErr := os.Lstat(to); statErr == nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: fs.ErrExist}
	}
	return err
}
