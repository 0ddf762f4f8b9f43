package oauthcore_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Nothing that cannot be read is ever written, moved or removed, and what
// Baton does instead is said. Only the notes of locks may go.
func TestDoctorDamagedFiles(t *testing.T) {
	const torn = `{"accounts":{"claudeAiOauth":{"accessToken":"sk-ant-oat01-TEST-torn","refr`
	for _, tt := range []struct {
		path func(*patient) string
		doc  string
		want string
	}{
		{func(p *patient) string { return p.paths.Vault() }, torn, "error damaged accounts.json"},
		{func(p *patient) string { return p.paths.Vault() }, `{"accounts":[]}`, "error damaged accounts.json"},
		{func(p *patient) string { return p.paths.Pool() }, torn, "error damaged oauth_pool.json"},
		{func(p *patient) string { return p.paths.Pool() }, `{"pool":{}}`, "error damaged oauth_pool.json"},
		{func(p *patient) string { return p.paths.Credentials() }, torn, "error damaged .credentials.json"},
		{func(p *patient) string { return p.paths.ClaudeJSON }, torn, "error damaged .claude.json"},
		{func(p *patient) string { return p.paths.ClaudeJSON }, `{"oauthAccount":7}`, "error damaged .claude.json"},
		{func(p *patient) string { return p.paths.Usage() }, torn, "error damaged usage.json"},
		{func(p *patient) string { return p.paths.Settings() }, `{"usage.poll":"yes"}`, "error damaged settings.json"},
		{func(p *patient) string { return p.paths.OldInbox() }, torn, "error damaged inbox.json"},
		{func(p *patient) string { return p.paths.OldInbox() }, `{}`, "error damaged inbox.json"},
		{func(p *patient) string { return p.paths.ClaudeSettings() }, torn, "warning damaged settings.json"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			p := newPatient(t)
			p.write(tt.path(p), tt.doc)
			p.check([]string{tt.want}, []string{tt.want})
			if got := string(p.read(tt.path(p))); got != tt.doc {
				t.Errorf("it was changed to %q", got)
			}
			if f := p.doctor(false)[0]; f.Path != tt.path(p) || f.Fix == "" {
				t.Errorf("%+v", f)
			}
		})
	}
}

// Before there is a vault the pool is the list of accounts: while it cannot be
// read no login can be called unknown.
func TestDoctorDamagedPoolWithoutAVault(t *testing.T) {
	p := patientOf(newWorld(t))
	p.write(p.paths.Pool(), `{"accounts":`)
	p.del(p.paths.Credentials(), "claudeAiOauth", "accountUuid")
	want := []string{"error damaged oauth_pool.json"}
	p.check(want, want)
}

func TestDoctorBlankFilesAreNoDamage(t *testing.T) {
	p := newPatient(t)
	for _, path := range []string{p.paths.Settings(), p.paths.OldInbox(), p.paths.LockRegistry(), p.paths.ClaudeSettings()} {
		p.write(path, "\n")
	}
	p.check([]string{}, []string{})
}

func TestDoctorRemovesADamagedLedger(t *testing.T) {
	p := newPatient(t)
	p.write(p.paths.LockRegistry(), `{"locks":`)
	p.check([]string{"warning damaged locks.json"}, []string{"fixed damaged locks.json"})
	if _, err := os.Stat(p.paths.LockRegistry()); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}

// A file that cannot be read for another reason is not reported as damage.
func TestDoctorUnreadable(t *testing.T) {
	p := newPatient(t)
	if err := os.Remove(p.paths.Usage()); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(p.paths.Usage(), 0o700); err != nil {
		t.Fatal(err)
	}
	want := []string{"error unreadable usage.json"}
	p.check(want, want)
}

func TestDoctorLeftovers(t *testing.T) {
	p := newPatient(t)
	old := []string{
		filepath.Join(p.paths.Secure, "..credentials.json.baton-1.tmp"),
		filepath.Join(p.paths.State, "."+filepath.Base(p.paths.HighWater())+".baton-3.tmp"),
		filepath.Join(p.paths.Own(), ".accounts.json.baton-2.tmp"),
	}
	young := filepath.Join(p.paths.Answers(), ".login-4.json.baton-4.tmp") // written under no lock: another Baton may be at it
	foreign := filepath.Join(p.paths.Own(), ".usage.json.swp")
	for _, path := range append(old, young, foreign) {
		p.write(path, "cut off")
		at := p.clock.Now().Add(-2 * time.Minute)
		if path == young {
			at = p.clock.Now().Add(-time.Second)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	var look, fix []string
	for _, path := range old {
		look = append(look, "warning leftover "+filepath.Base(path))
		fix = append(fix, "fixed leftover "+filepath.Base(path))
	}
	p.check(look, fix)
	for _, path := range []string{young, foreign} {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// A login through Claude Code that was cut off is taken over if it was made; if
// not, its directory is only named.
func TestDoctorUnfinishedLogin(t *testing.T) {
	p := newPatient(t)
	made, cut := filepath.Join(p.paths.Own(), "login-123"), filepath.Join(p.paths.Own(), "login-456")
	p.write(filepath.Join(made, ".credentials.json"), `{"claudeAiOauth":`+p.issued(night)+`}`)
	p.write(filepath.Join(cut, ".claude.json"), `{}`)
	long := p.clock.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(made, ".credentials.json"), long, long); err != nil {
		t.Fatal(err)
	}
	look := []string{"warning unfinished_login login-123", "warning unfinished_login login-456"}
	if got := summary(p.doctor(false)); !slices.Equal(got, look) {
		t.Errorf("found %q\nwant  %q", got, look)
	}
	p.doctor(true)
	if got := summary(p.doctor(false)); !slices.Equal(got, look) {
		t.Errorf("left %q, want the two directories without a login", got)
	}
	if _, err := os.Stat(filepath.Join(made, ".credentials.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a login that was taken over stays in %s: %v", made, err)
	}
	p.kept(night)
}

func TestDoctorSetAside(t *testing.T) {
	p := newPatient(t)
	path := filepath.Join(p.paths.SetAside(), "login-20261101T000000Z-1.json")
	p.write(path, `{"claudeAiOauth":`+sample+`}`)
	want := []string{"info set_aside " + filepath.Base(path)}
	p.check(want, want)
	if f := p.doctor(false)[0]; f.Path != path || !strings.Contains(f.Message, "set aside on 20") {
		t.Errorf("%+v", f)
	}
}
