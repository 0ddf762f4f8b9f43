package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// ErrInUse says that another program has the file open in a way that keeps
// others out. Only Windows has such errors.
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
//
// Whatever is new belongs to the owner of the folder it is made in, also if
// root makes it in a person's home directory.
type FS interface {
	ReadFile(name string) ([]byte, error)
	Open(name string) (io.ReadCloser, error)
	Stat(name string) (fs.FileInfo, error)
	ReadDir(name string) ([]fs.DirEntry, error)
	Readlink(name string) (string, error)
	// CreateTemp makes a new file in dir, mode 0600 from the first byte.
	CreateTemp(dir, pattern string) (File, error)
	// Create makes a new file, mode 0600. The error is fs.ErrExist if there is
	// one already.
	Create(name string) (File, error)
	// Append opens a file for appending, made with mode 0600 if missing.
	Append(name string) (File, error)
	// Overwrite replaces the contents of an existing regular file and syncs
	// it. The file keeps its inode, owner and mode; it is never created. After
	// an error the file may hold part of data and part of what it held before.
	Overwrite(name string, data []byte) error
	// Writable opens an existing regular file for writing and closes it
	// unchanged. The error says why Overwrite would fail.
	Writable(name string) error
	// Mounted reports whether a file system is mounted at name itself, as
	// containers do with single files: a rename over it fails with EBUSY. It
	// is false if that cannot be found out.
	Mounted(name string) bool
	Rename(from, to string) error
	Remove(name string) error
	// MkdirAll makes missing folders with mode 0700.
	MkdirAll(name string) error
	// Match gives name the mode and, if this process is root, the owner of info.
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
func (OS) CreateTemp(dir, pattern string) (File, error) {
	f, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return nil, inUse(err, false)
	}
	giveFile(f)
	return f, nil
}

// Create implements FS.
func (OS) Create(name string) (File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, inUse(err, false)
	}
	giveFile(f)
	return f, nil
}

// Append implements FS.
func (OS) Append(name string) (File, error) {
	f, err := openOrCreate(name, os.O_APPEND|os.O_WRONLY)
	if err != nil {
		return nil, inUse(err, false)
	}
	return f, nil
}

// openOrCreate opens a file, made with mode 0600 if missing.
func openOrCreate(name string, flag int) (*os.File, error) {
	f, err := os.OpenFile(name, flag|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		giveFile(f)
		return f, nil
	}
	if !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.OpenFile(name, flag|os.O_CREATE, 0o600)
}

// Overwrite implements FS.
func (OS) Overwrite(name string, data []byte) error {
	f, err := openExisting(name)
	if err != nil {
		return err
	}
	// Cut to length only at the end: the blocks the file has already are
	// enough to write its old bytes back when the disk is full.
	if _, err = f.Write(data); err == nil {
		err = f.Truncate(int64(len(data)))
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Writable implements FS.
func (OS) Writable(name string) error {
	f, err := openExisting(name)
	if err != nil {
		return err
	}
	return f.Close()
}

// openExisting opens a regular file for writing. Anything else is refused
// before it is opened: opening a named pipe would wait for a reader.
func openExisting(name string) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.EISDIR}
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file")}
	}
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	return f, inUse(err, false)
}

// Mounted implements FS.
func (OS) Mounted(name string) bool { return mounted(name) }

// Rename implements FS.
func (OS) Rename(from, to string) error { return inUse(os.Rename(from, to), true) }

// Remove implements FS.
func (OS) Remove(name string) error { return inUse(os.Remove(name), true) }

// MkdirAll implements FS.
func (OS) MkdirAll(name string) error { return mkdirAll(filepath.Clean(name)) }

// Mkdir makes one folder with mode 0700 that belongs to the owner of the
// folder it is made in. The error is that of os.Mkdir.
func Mkdir(name string) error {
	if err := os.Mkdir(name, 0o700); err != nil {
		return err
	}
	giveFolder(name)
	return nil
}

// mkdirAll is os.MkdirAll by Mkdir.
func mkdirAll(name string) error {
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		return nil
	}
	if err == nil {
		return &fs.PathError{Op: "mkdir", Path: name, Err: syscall.ENOTDIR}
	}
	if up := filepath.Dir(name); up != name && errors.Is(err, fs.ErrNotExist) {
		if err := mkdirAll(up); err != nil {
			return err
		}
	}
	err = Mkdir(name)
	if errors.Is(err, fs.ErrExist) { // another program was faster
		if info, statErr := os.Stat(name); statErr == nil && info.IsDir() {
			return nil
		}
		if to, linkErr := os.Readlink(name); linkErr == nil {
			return &fs.PathError{Op: "mkdir", Path: name, Err: fmt.Errorf("it is a symbolic link to %s: %w", to, fs.ErrNotExist)}
		}
	}
	return err
}

// Match implements FS.
func (OS) Match(name string, info fs.FileInfo) error {
	if err := matchOwner(name, info); err != nil {
		return err
	}
	return inUse(os.Chmod(name, info.Mode().Perm()), false)
}

// Touch implements FS.
func (OS) Touch(name string, t time.Time) error { return inUse(os.Chtimes(name, t, t), false) }

// SyncDir implements FS.
func (OS) SyncDir(name string) error { return syncDir(filepath.Clean(name)) }
