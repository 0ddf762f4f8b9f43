//go:build unix

package oauthcore_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"baton/oauthcore/files"
)

// brokenDisk is the real file system on which one operation goes wrong: its
// n-th change fails once, or is the last one before the power goes. Changes are
// counted from 1.
type brokenDisk struct {
	files.OS
	mu   sync.Mutex
	n    int
	at   int    // the change that goes wrong, 0 for none
	last string // its name
	cut  bool   // the power goes; else the change fails
	dead bool   // and has gone
	disk *durable
}

var (
	errOnce  = errors.New("input/output error")
	errPower = errors.New("the power is gone")
)

// step is called before each change. Where the power goes the goroutine ends.
func (b *brokenDisk) step(what, path string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dead {
		return errPower
	}
	if b.n++; b.n != b.at {
		return nil
	}
	b.last = what + " " + plain(path)
	if b.cut {
		b.dead = true
		b.mu.Unlock()
		defer b.mu.Lock()
		runtime.Goexit()
	}
	return &fs.PathError{Op: what, Path: path, Err: errOnce}
}

// changes is how many there were.
func (b *brokenDisk) changes() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.n
}

// run runs an operation to its end, or to the end of the power.
func (b *brokenDisk) run(do func() error) (err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		err = errPower
		err = do()
	}()
	<-done
	return err
}

func (b *brokenDisk) CreateTemp(dir, pattern string) (files.File, error) {
	if err := b.step("create", filepath.Join(dir, pattern)); err != nil {
		return nil, err
	}
	f, err := b.OS.CreateTemp(dir, pattern)
	if err != nil {
		return nil, err
	}
	b.disk.made(f.Name())
	return &brokenFile{f, b}, nil
}

func (b *brokenDisk) Create(name string) (files.File, error) {
	if err := b.step("create", name); err != nil {
		return nil, err
	}
	f, err := b.OS.Create(name)
	if err != nil {
		return nil, err
	}
	b.disk.made(name)
	return &brokenFile{f, b}, nil
}

func (b *brokenDisk) Append(name string) (files.File, error) {
	if err := b.step("append", name); err != nil {
		return nil, err
	}
	f, err := b.OS.Append(name)
	if err != nil {
		return nil, err
	}
	b.disk.made(name)
	return &brokenFile{f, b}, nil
}

func (b *brokenDisk) Overwrite(name string, data []byte) error {
	if err := b.step("overwrite", name); err != nil {
		return err
	}
	err := b.OS.Overwrite(name, data)
	if err == nil {
		b.disk.synced(name)
	}
	return err
}

func (b *brokenDisk) Rename(from, to string) error {
	if err := b.step("rename", to); err != nil {
		return err
	}
	err := b.OS.Rename(from, to)
	if err == nil {
		b.disk.renamed(from, to)
	}
	return err
}

func (b *brokenDisk) Remove(name string) error {
	if err := b.step("remove", name); err != nil {
		return err
	}
	err := b.OS.Remove(name)
	if err == nil {
		b.disk.removed(name)
	}
	return err
}

func (b *brokenDisk) MkdirAll(name string) error {
	if _, err := b.Stat(name); err == nil {
		return nil
	}
	if err := b.step("mkdir", name); err != nil {
		return err
	}
	b.disk.madeDirs(name)
	return b.OS.MkdirAll(name)
}

func (b *brokenDisk) Match(name string, info fs.FileInfo) error {
	if err := b.step("mode", name); err != nil {
		return err
	}
	return b.OS.Match(name, info)
}

func (b *brokenDisk) Touch(name string, t time.Time) error {
	if err := b.step("touch", name); err != nil {
		return err
	}
	return b.OS.Touch(name, t)
}

func (b *brokenDisk) SyncDir(name string) error {
	if err := b.step("syncdir", name); err != nil {
		return err
	}
	b.disk.syncedDir(name)
	return nil
}

// brokenFile writes half of what it should where the write fails.
type brokenFile struct {
	files.File
	b *brokenDisk
}

func (f *brokenFile) Write(p []byte) (int, error) {
	if err := f.b.step("write", f.Name()); err != nil {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, err
	}
	return f.File.Write(p)
}

func (f *brokenFile) Sync() error {
	if err := f.b.step("sync", f.Name()); err != nil {
		return err
	}
	f.b.disk.synced(f.Name())
	return nil
}

func (f *brokenFile) Close() error {
	err := f.b.step("close", f.Name())
	return errors.Join(err, f.File.Close())
}

// durable is what of a directory tree survives the loss of power: of a file what
// was last fsynced, and its name as of the last fsync of its directory.
type durable struct {
	mu    sync.Mutex
	root  string
	names map[string]*content // as they are now
	disk  map[string]*content // as they are on the disk
	dirs  map[string]bool     // made, and not yet durable
}

// content is what of a file's bytes is on the disk.
type content struct{ data []byte }

// newDurable takes what there is for durable.
func newDurable(root string) (*durable, error) {
	d := &durable{root: root, names: map[string]*content{}, disk: map[string]*content{}, dirs: map[string]bool{}}
	return d, filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		doc, err := os.ReadFile(path)
		d.names[path] = &content{doc}
		d.disk[path] = d.names[path]
		return err
	})
}

func (d *durable) made(path string) {
	d.change(func() {
		if d.names[path] == nil {
			d.names[path] = &content{}
		}
	})
}

func (d *durable) synced(path string) {
	d.change(func() {
		if c := d.names[path]; c != nil {
			c.data, _ = os.ReadFile(path) // it was written just now
		}
	})
}

func (d *durable) renamed(from, to string) {
	d.change(func() {
		d.names[to] = d.names[from]
		delete(d.names, from)
	})
}

func (d *durable) removed(path string) { d.change(func() { delete(d.names, path) }) }

func (d *durable) madeDirs(path string) {
	d.change(func() {
		for at := path; ; at = filepath.Dir(at) {
			if _, err := os.Stat(at); err == nil || at == filepath.Dir(at) {
				return
			}
			d.dirs[at] = true
		}
	})
}

func (d *durable) syncedDir(dir string) {
	d.change(func() {
		for path := range d.disk {
			if filepath.Dir(path) == dir && d.names[path] == nil {
				delete(d.disk, path)
			}
		}
		for path, c := range d.names {
			if filepath.Dir(path) == dir {
				d.disk[path] = c
			}
		}
		for made := range d.dirs {
			if filepath.Dir(made) == dir {
				delete(d.dirs, made)
			}
		}
	})
}

func (d *durable) change(do func()) {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	do()
}

// lose makes the tree what a machine finds after the loss of power.
func (d *durable) lose() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for path := range d.names {
		if d.disk[path] == nil {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	for path, c := range d.disk {
		if now, err := os.ReadFile(path); err == nil && string(now) == string(c.data) {
			continue
		}
		if err := os.WriteFile(path, c.data, 0o600); err != nil {
			return fmt.Errorf("bring back %s: %w", path, err)
		}
	}
	for dir := range d.dirs {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return nil
}
