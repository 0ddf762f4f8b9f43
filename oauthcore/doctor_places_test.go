package oauthcore_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/doctor"
	"baton/oauthcore/files"
	"baton/oauthcore/files/filestest"
)

// limited is a file system on which no new file can be made in some directories
// and some files cannot be written.
func limited(dirs, files map[string]error) *filestest.FS {
	return &filestest.FS{Before: func(op, path string) error {
		switch op {
		case "temp":
			return dirs[filepath.Dir(path)]
		case "writable":
			return files[path]
		}
		return nil
	}}
}

// Each place that Baton and Claude Code have to write, with each reason why it
// cannot be written: the finding names the path that fails and the reason.
func TestDoctorPlaces(t *testing.T) {
	type where struct {
		name     string
		path     func(*patient) string // the directory or file that fails
		severity doctor.Severity
		id       string
		says     func(*patient) string // a path the message has to name
	}
	dirs := []where{
		{"S", func(p *patient) string { return p.paths.Secure }, doctor.SeverityError, "not_writable", nil},
		{"S/baton", func(p *patient) string { return p.paths.Own() }, doctor.SeverityError, "not_writable", nil},
		{"S/baton/locks", func(p *patient) string { return filepath.Join(p.paths.Own(), "locks") }, doctor.SeverityError, "not_writable", nil},
		{"state", func(p *patient) string { return p.paths.State }, doctor.SeverityWarning, "not_writable", nil},
	}
	reasons := []struct {
		err   error
		words string
		fix   string
	}{
		{syscall.EACCES, "permission denied", "ls -ld"},
		{syscall.EPERM, "permission denied", "ls -ld"},
		{syscall.EROFS, "read-only", "mount it writable"},
		{syscall.ENOSPC, "no space", "free some space"},
		{syscall.EIO, "input/output error", "ls -ld"},
	}
	for _, d := range dirs {
		for _, r := range reasons {
			t.Run(fmt.Sprint(d.name, " ", r.err), func(t *testing.T) {
				p := newPatient(t)
				p.core = p.newCore(limited(map[string]error{d.path(p): r.err}, nil))
				f := p.findingOf(d.id, d.path(p))
				if f.Severity != d.severity || !strings.Contains(f.Message, r.words) || !strings.Contains(f.Fix, r.fix) {
					t.Errorf("%+v", f)
				}
			})
		}
	}
	t.Run("S/baton is missing", func(t *testing.T) {
		p := patientOf(newWorld(t))
		p.core = p.newCore(limited(map[string]error{p.paths.Secure: syscall.EROFS}, nil))
		f := p.findingOf("not_writable", p.paths.Secure)
		if f.Severity != doctor.SeverityError {
			t.Errorf("%+v", f)
		}
		if _, err := os.Stat(p.paths.Own()); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the doctor made %s", p.paths.Own())
		}
	})
}

// A home that is read-only, with ~/.claude writable: Claude Code works there, and
// so does Baton.
func TestDoctorReadOnlyHome(t *testing.T) {
	p := newPatient(t)
	home := filepath.Dir(p.paths.Secure)
	for _, cause := range []error{syscall.EROFS, syscall.EACCES} {
		p.core = p.newCore(limited(map[string]error{home: cause}, nil))
		want := []string{"info outer_lock " + filepath.Base(home), "warning in_place .claude.json"}
		if got := summary(p.doctor(false)); !slices.Equal(got, want) {
			t.Errorf("%v: %q", cause, got)
		}
		f := p.findingOf("outer_lock", home)
		if !strings.Contains(f.Message, p.paths.Secure+".lock") {
			t.Errorf("%+v", f)
		}
	}
}

// Files of Claude Code's that cannot be replaced are written in place if that is
// possible; the finding says which of the two holds.
func TestDoctorFilesThatCannotBeReplaced(t *testing.T) {
	live := []func(*patient) string{
		func(p *patient) string { return p.paths.Credentials() },
		func(p *patient) string { return p.paths.ClaudeJSON },
	}
	others := []func(*patient) string{
		func(p *patient) string { return p.paths.Pool() },
		func(p *patient) string { return p.paths.Vault() },
	}
	for _, tt := range []struct {
		name     string
		files    []func(*patient) string
		mounted  bool
		err      error
		id       string
		severity doctor.Severity
		words    string
	}{
		{"mounted", live, true, nil, "in_place", doctor.SeverityWarning, "mounted by itself"},
		{"mounted read-only", live, true, syscall.EROFS, "not_writable", doctor.SeverityError, "read-only"},
		{"mounted", others, true, nil, "not_writable", doctor.SeverityError, "mounted by itself"},
		{"in use", live, false, files.ErrInUse, "in_use", doctor.SeverityWarning, "another program has it open"},
	} {
		for _, path := range tt.files {
			p := newPatient(t)
			t.Run(tt.name+" "+filepath.Base(path(p)), func(t *testing.T) {
				fsys := limited(nil, map[string]error{path(p): tt.err})
				fsys.Mount = func(name string) bool { return tt.mounted && name == path(p) }
				p.core = p.newCore(fsys)
				f := p.findingOf(tt.id, path(p))
				if f.Severity != tt.severity || !strings.Contains(f.Message, tt.words) || f.Fix == "" {
					t.Errorf("%+v", f)
				}
				if tt.mounted && tt.err == nil && !strings.Contains(f.Fix, "mount the directory "+filepath.Dir(path(p))) {
					t.Errorf("%+v", f)
				}
			})
		}
	}
}

// Settings that are a link into a read-only store: the file that cannot be
// replaced is named, and the link that leads to it.
func TestDoctorSettingsInAReadOnlyStore(t *testing.T) {
	p := newPatient(t)
	store := filepath.Join(t.TempDir(), "store")
	target := filepath.Join(store, "settings.json")
	p.write(target, "{}")
	_ = os.Remove(p.paths.ClaudeSettings())
	if err := os.Symlink(target, p.paths.ClaudeSettings()); err != nil {
		t.Fatal(err)
	}
	target, err := filepath.EvalSymlinks(target)
	if err != nil {
		t.Fatal(err)
	}
	p.core = p.newCore(limited(map[string]error{filepath.Dir(target): syscall.EROFS}, nil))
	f := p.findingOf("not_writable", filepath.Dir(target))
	if f.Severity != doctor.SeverityWarning || !strings.Contains(f.Message, target) || !strings.Contains(f.Message, p.paths.ClaudeSettings()) {
		t.Errorf("%+v", f)
	}
}

// A lock that cannot be had for another reason than its holder; one that is
// only held is no trouble.
func TestDoctorLocksThatCannotBeHad(t *testing.T) {
	p := newPatient(t)
	release, err := (&files.Locks{}).Lock(t.Context(), p.paths.ClientLock())
	if err != nil {
		t.Fatal(err)
	}
	if got := p.doctor(false); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	release()
	for _, path := range []string{p.paths.ClientLock(), p.paths.StoreLock()} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		f := p.findingOf("no_lock", path)
		if f.Severity != doctor.SeverityError || !strings.Contains(f.Message, "it is a directory") {
			t.Errorf("%+v", f)
		}
	}
}

// findingOf is the finding of a kind about a path, of an examination that
// repairs nothing.
func (p *patient) findingOf(id, path string) doctor.Finding {
	p.Helper()
	all := p.doctor(false)
	for _, f := range all {
		if f.ID == id && (path == "" || f.Path == path) {
			return f
		}
	}
	p.Errorf("no %s of %s in %+v", id, path, all)
	return doctor.Finding{}
}

// The doctor leaves nothing of what it tries behind, also where it may not be
// removed at once.
func TestDoctorLeavesNoTemporaryFiles(t *testing.T) {
	p := patientOf(newWorld(t))
	before := p.tree()
	p.doctor(false)
	if p.tree() != before {
		t.Error("something is left")
	}
	p.swap(oauthcore.SwapRequest{To: work})
	before = p.tree()
	p.doctor(false)
	if p.tree() != before {
		t.Error("something is left")
	}
}
