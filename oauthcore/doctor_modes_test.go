package oauthcore_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/doctor"
	"baton/oauthcore/files"
)

func TestDoctorModes(t *testing.T) {
	p := newPatient(t)
	if got := p.mode(p.paths.ClaudeJSON); got&0o022 != 0 {
		t.Fatalf("the home has a .claude.json others can write: %v", got)
	}
	p.chmod(p.paths.ClaudeJSON, 0o644) // others may read it
	aside := filepath.Join(p.paths.SetAside(), "login-20261123T131300Z-1.json")
	p.write(aside, `{"claudeAiOauth":{}}`)
	for path, mode := range map[string]fs.FileMode{
		p.paths.Credentials():       0o644,
		p.paths.Pool():              0o620,
		p.paths.Vault():             0o604,
		p.paths.Usage():             0o644,
		p.paths.ClientLock():        0o700,
		p.paths.Own():               0o755,
		p.paths.SetAside():          0o777,
		aside:                       0o440,
		p.paths.State:               0o711,
		filepath.Dir(p.paths.State): 0o777, // nothing of Baton's
	} {
		p.chmod(path, mode)
	}
	keep := "info set_aside login-20261123T131300Z-1.json"
	var look, fix []string
	for _, line := range []string{
		"error mode .credentials.json", "error mode oauth_pool.json",
		"warning mode baton", "error mode accounts.json", "warning mode client.lock",
		"error mode set-aside", "error mode login-20261123T131300Z-1.json", "warning mode usage.json",
		"warning mode baton",
	} {
		look = append(look, line)
		_, line, _ = strings.Cut(line, " ")
		fix = append(fix, "fixed "+line)
	}
	p.check(append(look, keep), append(fix, keep))
	for path, want := range map[string]fs.FileMode{
		p.paths.Credentials(): 0o600, p.paths.Pool(): 0o600, p.paths.Vault(): 0o600, p.paths.Usage(): 0o600,
		p.paths.ClientLock(): 0o600, p.paths.Own(): 0o700, p.paths.SetAside(): 0o700, p.paths.State: 0o700,
		aside:              0o400, // never widened
		p.paths.ClaudeJSON: 0o644, filepath.Dir(p.paths.State): 0o777,
	} {
		if got := p.mode(path); got != want {
			t.Errorf("%s has mode %v, want %v", path, got, want)
		}
	}
}

func TestDoctorOnlySaysWhatIsNotItsOwn(t *testing.T) {
	p := newPatient(t)
	p.chmod(p.paths.ClaudeJSON, 0o666)
	p.chmod(p.paths.Config, 0o775)
	want := []string{"warning others_write .claude.json", "warning others_write .claude"}
	p.check(want, want)
	if got := p.mode(p.paths.ClaudeJSON); got != 0o666 {
		t.Errorf("its mode became %v", got)
	}
}

func TestDoctorNeverFollowsLinksOutOfItsDirectory(t *testing.T) {
	p := newPatient(t)
	other := filepath.Join(p.home.Dir, "foreign")
	p.write(other, "public")
	p.chmod(other, 0o644)
	if err := os.Symlink(other, filepath.Join(p.paths.Own(), "link.json")); err != nil {
		t.Fatal(err)
	}
	p.check([]string{}, []string{})
	if got := p.mode(other); got != 0o644 {
		t.Errorf("mode %v", got)
	}
}

func TestDoctorClosedDirectory(t *testing.T) {
	p := newPatient(t)
	p.chmod(p.paths.Own(), 0o500)
	t.Cleanup(func() { p.chmod(p.paths.Own(), 0o700) })
	got := p.doctor(true)
	if len(got) == 0 || got[0].ID != "folder_closed" || got[0].Severity != doctor.SeverityError || got[0].Fixed {
		t.Errorf("%+v", got)
	}
	if p.mode(p.paths.Own()) != 0o500 {
		t.Error("the mode was widened")
	}
}

// Mode bits mean nothing on Windows, and a mode that cannot be changed stays a
// finding that says why.
func TestDoctorModesElsewhere(t *testing.T) {
	p := newPatient(t)
	p.chmod(p.paths.Vault(), 0o644)
	env := p.world.env
	env.GOOS = "windows"
	if got, err := doctor.New(oauthcore.New(env), nil).Examine(context.Background(), doctor.Request{}); err != nil || len(got) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	p.core = p.newCore(stubborn{})
	got := p.doctor(true)
	if len(got) != 1 || got[0].Fixed || !strings.Contains(got[0].Message, "the repair failed: cannot write") {
		t.Errorf("%+v", got)
	}
}

// stubborn is a file system that refuses to change a mode.
type stubborn struct{ files.OS }

func (stubborn) Match(name string, _ fs.FileInfo) error {
	return &fs.PathError{Op: "chmod", Path: name, Err: fs.ErrPermission}
}
