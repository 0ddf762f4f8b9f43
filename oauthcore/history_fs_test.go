//go:build unix

package oauthcore_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"baton/oauthcore/files"
)

// mishap is what befalls one operation of Baton's. The zero value is nothing.
type mishap struct {
	failAt int // this file operation fails, once
	killAt int // the process is killed before this file operation or step
	// meetAt is the step at which other does something.
	meetAt int
	other  func()
}

// historyFS is the file system of one Baton. Nothing is synced; the disk's own
// losses are not what is looked for.
type historyFS struct {
	files.OS
	h      *history
	plan   mishap
	ops    int    // file operations and steps so far
	steps  int    // steps so far
	killed string // before what the process was killed, "" while it lives
	failed string
}

// at counts one file operation.
func (f *historyFS) at(name string) error {
	f.ops++
	f.die(name)
	if f.plan.failAt == f.ops {
		f.failed = name
		return &fs.PathError{Op: name, Path: "a file", Err: syscall.ENOSPC}
	}
	return nil
}

// die kills the process: the home is moved away, so that what its deferred
// functions do changes nothing, and the goroutine ends.
func (f *historyFS) die(name string) {
	if f.killed != "" || f.plan.killAt == 0 || f.plan.killAt != f.ops {
		return
	}
	f.killed = name
	if err := os.Rename(f.h.dir, f.h.dir+".killed"); err != nil {
		panic(err)
	}
	runtime.Goexit()
}

// lockIgnored are the steps at which only programs that keep to the locks may
// come in between: a token was checked and is about to be sent, or is under way.
// What others do there cannot be prevented.
func lockIgnored() []string { return []string{"refresh.send", "refresh.send again"} }

// stepped is Env.Step.
func (f *historyFS) stepped(name string) {
	f.ops++
	f.steps++
	f.die(name)
	if f.killed == "" && f.plan.other != nil && f.plan.meetAt <= f.steps && !slices.Contains(lockIgnored(), name) {
		other := f.plan.other
		f.plan.other = nil
		f.h.Logf("      at %s:", name)
		other()
	}
}

// Overwrite writes in two halves, so that a file can be cut off in the middle.
func (f *historyFS) Overwrite(name string, data []byte) error {
	if err := f.at("overwrite " + plain(name)); err != nil {
		return err
	}
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.Write(data[:len(data)/2])
	if err == nil {
		if err = f.overwriteOn(file, name); err == nil {
			_, err = file.Write(data[len(data)/2:])
		}
	}
	if err == nil {
		err = file.Truncate(int64(len(data)))
	}
	return errors.Join(err, file.Close())
}

func (f *historyFS) overwriteOn(file *os.File, name string) error {
	ended := false
	defer func() {
		if !ended { // killed
			_ = file.Close()
		}
	}()
	err := f.at("overwrite on " + plain(name))
	ended = true
	return err
}

// CreateTemp implements files.FS.
func (f *historyFS) CreateTemp(dir, pattern string) (files.File, error) {
	name := plain(filepath.Join(dir, pattern))
	if err := f.at("create " + name); err != nil {
		return nil, err
	}
	file, err := f.OS.CreateTemp(dir, pattern)
	if err != nil {
		return nil, err
	}
	return &historyFile{file, f, name}, nil
}

// Append implements files.FS.
func (f *historyFS) Append(name string) (files.File, error) {
	if err := f.at("append " + plain(name)); err != nil {
		return nil, err
	}
	file, err := f.OS.Append(name)
	if err != nil {
		return nil, err
	}
	return &historyFile{file, f, plain(name)}, nil
}

// Mounted implements files.FS.
func (f *historyFS) Mounted(name string) bool { return f.h.mounted && name == f.h.paths.Credentials() }

// Rename implements files.FS.
func (f *historyFS) Rename(from, to string) error {
	if err := f.at("rename " + plain(to)); err != nil {
		return err
	}
	if f.Mounted(to) {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: syscall.EBUSY}
	}
	return f.OS.Rename(from, to)
}

// Remove implements files.FS.
func (f *historyFS) Remove(name string) error {
	if err := f.at("remove " + plain(name)); err != nil {
		return err
	}
	return f.OS.Remove(name)
}

// MkdirAll implements files.FS.
func (f *historyFS) MkdirAll(name string) error {
	if _, err := f.OS.Stat(name); err != nil {
		if err := f.at("mkdir " + plain(name)); err != nil {
			return err
		}
	}
	return f.OS.MkdirAll(name)
}

// Touch implements files.FS.
func (f *historyFS) Touch(name string, t time.Time) error {
	if err := f.at("touch " + plain(name)); err != nil {
		return err
	}
	return f.OS.Touch(name, t)
}

// SyncDir implements files.FS.
func (f *historyFS) SyncDir(name string) error { return f.at("syncdir " + plain(name)) }

// historyFile is a file while it is being written.
type historyFile struct {
	files.File
	f    *historyFS
	name string
}

func (w *historyFile) Write(p []byte) (int, error) {
	if err := w.f.at("write " + w.name); err != nil {
		return 0, err
	}
	return w.File.Write(p)
}

func (w *historyFile) Sync() error { return w.f.at("sync " + w.name) }
