//go:build unix

package oauthcore_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"baton/oauthcore/doctor"
	"baton/oauthcore/files/filestest"
)

// ownedBy is for filestest.FS.Info: these paths have another owner than the real
// one.
func ownedBy(uid uint32, paths ...string) func(string, fs.FileInfo) fs.FileInfo {
	return func(name string, info fs.FileInfo) fs.FileInfo {
		if slices.Contains(paths, name) {
			return filestest.OwnedBy(info, uid)
		}
		return info
	}
}

// What another user left in the person's home and the person cannot use, as a
// run as root does: the command that gives it back is in the finding.
func TestDoctorOwner(t *testing.T) {
	const other = 4242
	me := os.Geteuid() // also as root: the home is root's own then
	for _, tt := range []struct {
		name string
		path func(*patient) string
		at   func(*patient) string // the finding's path
		fix  string
	}{
		{"vault", func(p *patient) string { return p.paths.Vault() }, func(p *patient) string { return p.paths.Own() }, "chown -R %d"},
		{"a lock", func(p *patient) string { return p.paths.ClientLock() }, func(p *patient) string { return p.paths.Own() }, "chown -R %d"},
		{"pool", func(p *patient) string { return p.paths.Pool() }, func(p *patient) string { return p.paths.Pool() }, "chown %d"},
		{"credentials", func(p *patient) string { return p.paths.Credentials() }, func(p *patient) string { return p.paths.Credentials() }, "chown %d"},
		{"high-water mark", func(p *patient) string { return p.paths.HighWater() }, func(p *patient) string { return p.paths.HighWater() }, "chown %d"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPatient(t)
			path := tt.path(p)
			p.core = p.newCore(&filestest.FS{Before: filestest.Fail("writable", path, syscall.EACCES), Info: ownedBy(other, path)})
			f := p.findingOf("owner", tt.at(p))
			if f.Severity != doctor.SeverityError || !strings.Contains(f.Message, "the user 4242") || !strings.Contains(f.Fix, fmt.Sprintf(tt.fix, me)) || !strings.Contains(f.Fix, tt.at(p)) {
				t.Errorf("%+v", f)
			}
			p.doctor(true)
			if got := summary(p.doctor(false)); !slices.Contains(got, "error owner "+filepath.Base(tt.at(p))) {
				t.Errorf("%q", got)
			}
		})
	}
	t.Run("usable all the same", func(t *testing.T) {
		p := newPatient(t)
		p.core = p.newCore(&filestest.FS{Info: ownedBy(other, p.paths.Pool(), p.paths.Own())})
		if got := p.doctor(false); len(got) != 0 {
			t.Errorf("%+v", got)
		}
	})
}
