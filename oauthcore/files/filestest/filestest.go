// Package filestest has a file system for tests: the real one, in which
// operations can be made to fail and other programs can act in between. Only
// tests import it.
package filestest

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"baton/oauthcore/files"
)

// Hook is called before an operation with the operation's name and its path.
// It may do what another program would do at that moment. If it returns an
// error the operation fails with it and does nothing; the caller gets it in an
// *fs.PathError, from Rename in an *os.LinkError.
//
// The names, with the methods of files.FS and the path if it is not the
// method's only one:
//
//	read      ReadFile
//	open      Open
//	stat      Stat
//	list      ReadDir
//	readlink  Readlink
//	temp      CreateTemp, directory and pattern joined
//	create    Create
//	append    Append
//	overwrite Overwrite
//	writable  Writable
//	rename    Rename, the new path
//	remove    Remove
//	mkdir     MkdirAll
//	match     Match
//	touch     Touch
//	syncdir   SyncDir
type Hook func(op, path string) error

// ErrSkip is returned by a Hook for an operation that reports success and does
// nothing. It is meant for operations that return only an error.
var ErrSkip = errors.New("the operation is skipped")

// On is a hook for one operation.
func On(op string, hook func(path string) error) Hook {
	return func(o, path string) error {
		if o != op {
			return nil
		}
		return hook(path)
	}
}

// Fail is a hook that makes one operation fail on one path.
func Fail(op, path string, err error) Hook {
	return On(op, func(p string) error {
		if p == path {
			return err
		}
		return nil
	})
}

// FS implements files.FS. The zero value is the real file system that records
// its operations. The fields are not to be changed while another goroutine uses
// it.
type FS struct {
	Before Hook // nil for none
	// Mount reports whether a path is a mount point; nil for what is really
	// mounted.
	Mount func(path string) bool
	// Info changes what Stat returns; nil for no change.
	Info func(path string, info fs.FileInfo) fs.FileInfo
	// Under is the file system below; nil for the real one.
	Under files.FS

	mu  sync.Mutex
	ops []Op
}

var _ files.FS = (*FS)(nil)

// Op is an operation that was called, whether or not it failed. Name and Path
// are those a Hook gets.
type Op struct{ Name, Path string }

// Ops are the operations so far, the oldest first.
func (f *FS) Ops() []Op {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Op(nil), f.ops...)
}

// Count returns how many operations so far had this name and path; an empty
// path stands for every path.
func (f *FS) Count(op, path string) (n int) {
	for _, o := range f.Ops() {
		if o.Name == op && (path == "" || o.Path == path) {
			n++
		}
	}
	return n
}

// Forget removes the operations recorded so far.
func (f *FS) Forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ops = nil
}

func (f *FS) under() files.FS {
	if f.Under == nil {
		return files.OS{}
	}
	return f.Under
}

// before records an operation and calls the hook.
func (f *FS) before(op, path string) error {
	f.mu.Lock()
	f.ops = append(f.ops, Op{op, path})
	f.mu.Unlock()
	if f.Before == nil {
		return nil
	}
	return f.Before(op, path)
}

// do is one operation, real the one of the file system below.
func do[T any](f *FS, op, path string, real func() (T, error)) (none T, err error) {
	if err := f.before(op, path); errors.Is(err, ErrSkip) {
		return none, nil
	} else if err != nil {
		return none, &fs.PathError{Op: op, Path: path, Err: err}
	}
	return real()
}

// run is do for operations that return only an error.
func (f *FS) run(op, path string, real func() error) error {
	_, err := do(f, op, path, func() (struct{}, error) { return struct{}{}, real() })
	return err
}

// ReadFile implements files.FS.
func (f *FS) ReadFile(name string) ([]byte, error) {
	return do(f, "read", name, func() ([]byte, error) { return f.under().ReadFile(name) })
}

// Open implements files.FS.
func (f *FS) Open(name string) (io.ReadCloser, error) {
	return do(f, "open", name, func() (io.ReadCloser, error) { return f.under().Open(name) })
}

// Stat implements files.FS.
func (f *FS) Stat(name string) (fs.FileInfo, error) {
	info, err := do(f, "stat", name, func() (fs.FileInfo, error) { return f.under().Stat(name) })
	if err == nil && f.Info != nil {
		info = f.Info(name, info)
	}
	return info, err
}

// ReadDir implements files.FS.
func (f *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	return do(f, "list", name, func() ([]fs.DirEntry, error) { return f.under().ReadDir(name) })
}

// Readlink implements files.FS.
func (f *FS) Readlink(name string) (string, error) {
	return do(f, "readlink", name, func() (string, error) { return f.under().Readlink(name) })
}

// CreateTemp implements files.FS.
func (f *FS) CreateTemp(dir, pattern string) (files.File, error) {
	path := filepath.Join(dir, pattern)
	return do(f, "temp", path, func() (files.File, error) { return f.under().CreateTemp(dir, pattern) })
}

// Create implements files.FS.
func (f *FS) Create(name string) (files.File, error) {
	return do(f, "create", name, func() (files.File, error) { return f.under().Create(name) })
}

// Append implements files.FS.
func (f *FS) Append(name string) (files.File, error) {
	return do(f, "append", name, func() (files.File, error) { return f.under().Append(name) })
}

// Overwrite implements files.FS.
func (f *FS) Overwrite(name string, data []byte) error {
	return f.run("overwrite", name, func() error { return f.under().Overwrite(name, data) })
}

// Writable implements files.FS.
func (f *FS) Writable(name string) error {
	return f.run("writable", name, func() error { return f.under().Writable(name) })
}

// Mounted implements files.FS.
func (f *FS) Mounted(name string) bool {
	if f.Mount != nil {
		return f.Mount(name)
	}
	return f.under().Mounted(name)
}

// Rename implements files.FS.
func (f *FS) Rename(from, to string) error {
	if err := f.before("rename", to); errors.Is(err, ErrSkip) {
		return nil
	} else if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return f.under().Rename(from, to)
}

// Remove implements files.FS.
func (f *FS) Remove(name string) error {
	return f.run("remove", name, func() error { return f.under().Remove(name) })
}

// MkdirAll implements files.FS.
func (f *FS) MkdirAll(name string) error {
	return f.run("mkdir", name, func() error { return f.under().MkdirAll(name) })
}

// Match implements files.FS.
func (f *FS) Match(name string, info fs.FileInfo) error {
	return f.run("match", name, func() error { return f.under().Match(name, info) })
}

// Touch implements files.FS.
func (f *FS) Touch(name string, t time.Time) error {
	return f.run("touch", name, func() error { return f.under().Touch(name, t) })
}

// SyncDir implements files.FS.
func (f *FS) SyncDir(name string) error {
	return f.run("syncdir", name, func() error { return f.under().SyncDir(name) })
}
