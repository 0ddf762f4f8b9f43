package oauthcore_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"baton/oauthcore/files"
)

// faultMode says what goes wrong from a step on.
type faultMode string

const (
	faultOnce faultMode = "one change fails"         // a virus scanner, a network file system
	faultFull faultMode = "the disk is full"         // nothing grows any more
	faultDead faultMode = "the process does no more" // killed, as far as the disk can tell
	faultNone faultMode = "nothing goes wrong"       // to count the steps
)

// faultFS fails changes of files: at the step given, or from there on. Steps of
// files that no login depends on (the lock registry, the log) count as well.
type faultFS struct {
	files.OS
	mode faultMode
	at   int

	mu     sync.Mutex
	steps  int
	failed []string // what failed
}

// change is called before each change of a file; grows says that it needs room
// on the disk.
func (f *faultFS) change(op, path string, grows bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.steps++
	name := plain(path)
	err := error(nil)
	switch {
	case f.mode == faultOnce && f.steps == f.at, f.mode == faultDead && f.steps >= f.at:
		err = syscall.EIO
	case f.mode == faultFull && f.steps >= f.at && grows:
		err = syscall.ENOSPC
	}
	if err == nil {
		return nil
	}
	f.failed = append(f.failed, op+" "+name)
	return &os.PathError{Op: op, Path: path, Err: err}
}

func (f *faultFS) CreateTemp(dir, pattern string) (files.File, error) {
	path := filepath.Join(dir, pattern)
	if err := f.change("create", path, true); err != nil {
		return nil, err
	}
	file, err := f.OS.CreateTemp(dir, pattern)
	return &faultFile{file, f}, err
}

func (f *faultFS) Create(name string) (files.File, error) {
	if err := f.change("create", name, true); err != nil {
		return nil, err
	}
	file, err := f.OS.Create(name)
	if err != nil {
		return nil, err
	}
	return &faultFile{file, f}, nil
}

func (f *faultFS) Append(name string) (files.File, error) {
	if err := f.change("append", name, true); err != nil {
		return nil, err
	}
	file, err := f.OS.Append(name)
	return &faultFile{file, f}, err
}

// Overwrite leaves half of the new bytes where it fails.
func (f *faultFS) Overwrite(name string, data []byte) error {
	grows := false
	if info, err := os.Stat(name); err == nil {
		grows = info.Size() < int64(len(data))
	}
	if err := f.change("overwrite", name, grows); err != nil {
		if file, openErr := os.OpenFile(name, os.O_WRONLY, 0); openErr == nil && f.mode != faultFull {
			_, _ = file.Write(data[:len(data)/2])
			_ = file.Close()
		}
		return err
	}
	return f.OS.Overwrite(name, data)
}

func (f *faultFS) Rename(from, to string) error {
	if err := f.change("rename", to, false); err != nil {
		return err
	}
	return f.OS.Rename(from, to)
}

func (f *faultFS) Remove(name string) error {
	if err := f.change("remove", name, false); err != nil {
		return err
	}
	return f.OS.Remove(name)
}

func (f *faultFS) MkdirAll(name string) error {
	if _, err := os.Stat(name); err == nil {
		return nil
	}
	if err := f.change("mkdir", name, true); err != nil {
		return err
	}
	return f.OS.MkdirAll(name)
}

func (f *faultFS) SyncDir(name string) error { return f.change("syncdir", name, false) }

// faultFile fails writing and syncing; half of a write is on disk then.
type faultFile struct {
	files.File
	fs *faultFS
}

func (f *faultFile) Write(p []byte) (int, error) {
	if err := f.fs.change("write", f.Name(), true); err != nil {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, err
	}
	return f.File.Write(p)
}

func (f *faultFile) Sync() error { return f.fs.change("sync", f.Name(), false) }

// String says what failed, for a test's message.
func (f *faultFS) String() string {
	return fmt.Sprintf("%s from step %d: %s", f.mode, f.at, strings.Join(f.failed[:min(len(f.failed), 4)], ", "))
}
