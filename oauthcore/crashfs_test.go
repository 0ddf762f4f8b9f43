//go:build unix

package oauthcore_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"baton/oauthcore/files"
)

// stepFS tells each change of the file system just before it is made. Nothing
// is synced: what a killed process wrote stays, and the disk's own losses are
// not what is looked for.
type stepFS struct {
	files.OS
	step func(name string)
}

// Overwrite writes in two halves, so that a file can be cut off in the middle.
func (f *stepFS) Overwrite(name string, data []byte) error {
	f.step("overwrite " + plain(name))
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.Write(data[:len(data)/2])
	f.step("overwrite on " + plain(name))
	if err == nil {
		_, err = file.Write(data[len(data)/2:])
	}
	return errors.Join(err, file.Truncate(int64(len(data))), file.Close())
}

func (f *stepFS) CreateTemp(dir, pattern string) (files.File, error) {
	name := plain(filepath.Join(dir, pattern))
	f.step("create " + name)
	file, err := f.OS.CreateTemp(dir, pattern)
	return &stepFile{file, f.step, name}, err
}

func (f *stepFS) Append(name string) (files.File, error) {
	f.step("append " + plain(name))
	file, err := f.OS.Append(name)
	return &stepFile{file, f.step, plain(name)}, err
}

func (f *stepFS) Rename(from, to string) error {
	f.step("rename " + plain(to))
	return f.OS.Rename(from, to)
}

func (f *stepFS) Remove(name string) error {
	f.step("remove " + plain(name))
	return f.OS.Remove(name)
}

func (f *stepFS) MkdirAll(name string) error {
	if _, err := f.OS.Stat(name); err != nil {
		f.step("mkdir " + plain(name))
	}
	return f.OS.MkdirAll(name)
}

func (f *stepFS) Match(name string, info fs.FileInfo) error {
	f.step("mode " + plain(name))
	return f.OS.Match(name, info)
}

func (f *stepFS) Touch(name string, t time.Time) error {
	f.step("touch " + plain(name))
	return f.OS.Touch(name, t)
}

func (f *stepFS) SyncDir(name string) error {
	f.step("syncdir " + plain(name))
	return nil
}

// stepFile writes in two halves, so that a file can be cut off in the middle.
type stepFile struct {
	files.File
	step func(name string)
	name string
}

func (f *stepFile) Write(p []byte) (int, error) {
	f.step("write " + f.name)
	n, err := f.File.Write(p[:len(p)/2])
	if err != nil {
		return n, err
	}
	f.step("write on " + f.name)
	more, err := f.File.Write(p[len(p)/2:])
	return n + more, err
}

func (f *stepFile) Sync() error {
	f.step("sync " + f.name)
	return nil
}

func (f *stepFile) Close() error {
	f.step("close " + f.name)
	return f.File.Close()
}

// quickFS is the real file system without waiting for the disk.
func quickFS() files.FS { return &stepFS{step: func(string) {}} }
