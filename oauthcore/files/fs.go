package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ErrInUse says that another program has the file open in a way that keeps
// others out, as programs on Windows do. Only there it is ever met.
var ErrInUse = errors.New("another program has it open")

// File is a new file while it is being written.
type File interface {
	io.Writer
	Name() string
	Sync() error
	Close() error
}

// FS is the part of a file system Baton uses. Errors are those of package os:
// errors.Is(err, fs.ErrNotExist) and its like hold.
type FS interface {
	ReadFile(name string) ([]byte, error)
	Open(name string) (io.ReadCloser, error)
	Stat(name string) (fs.FileInfo, error)
	ReadDir(name string) ([]fs.DirEntry, error)
	Readlink(name string) (string, error)
	// CreateTemp makes a new file in dir, mode 0600 from the first byte.
	CreateTemp(dir, pattern string) (File, error)
	// Append opens a file for appending, made with mode 0600 where missing.
	Append(name string) (File, error)
	Rename(from, to string) error
	Remove(name string) error
	// MkdirAll makes missing folders with mode 0700.
	MkdirAll(name string) error
	// Match gives name the mode and, where this process may, the owner of info.
	Match(name string, info fs.FileInfo) error
	// Touch sets the modification time.
	Touch(name string, t time.Time) error
	// SyncDir makes the folder's entries durable.
	SyncDir(name string) error
}

// OS is the real file system.
type OS struct{}

var _ FS = OS{}

// ReadFile implements FS.
func (OS) ReadFile(name string) ([]byte, error) {
	doc, err := os.ReadFile(name)
	return doc, inUse(err, false)
}

// Open implements FS.
func (OS) Open(name string) (io.ReadCloser, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, inUse(err, false)
	}
	return f, nil
}

// Stat implements FS.
func (OS) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }

// ReadDir implements FS.
func (OS) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }

// Readlink implements FS.
func (OS) Readlink(name string) (string, error) { return os.Readlink(name) }

// CreateTemp implements FS; os.CreateTemp makes files with mode 0600.
func (OS) CreateTemp(dir, pattern string) (File, error) { return os.CreateTemp(dir, pattern) }

// Append implements FS.
func (OS) Append(name string) (File, error) {
	return os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
}

// Rename implements FS.
func (OS) Rename(from, to string) error { return inUse(os.Rename(from, to), true) }

// Remove implements FS.
func (OS) Remove(name string) error { return inUse(os.Remove(name), true) }

// MkdirAll implements FS.
func (OS) MkdirAll(name string) error { return os.MkdirAll(name, 0o700) }

// Match implements FS.
func (OS) Match(name string, info fs.FileInfo) error {
	if err := matchOwner(name, info); err != nil {
		return err
	}
	return os.Chmod(name, info.Mode().Perm())
}

// Touch implements FS.
func (OS) Touch(name string, t time.Time) error { return os.Chtimes(name, t, t) }

// SyncDir implements FS.
func (OS) SyncDir(name string) error { return syncDir(filepath.Clean(name)) }
