package oauthcore_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"baton/oauthcore/providertest"

	"github.com/tidwall/gjson"
)

// A refresh that is under way has sent its token and has no answer yet: that is
// no doubt, and the doctor does not send the token a second time.
func TestDoctorBesideARefresh(t *testing.T) {
	p := newPatient(t)
	answer := p.midRefresh(t.Context(), night)
	before := p.provider.State().Calls[providertest.EndpointRefresh]
	if got := summary(p.doctor(false)); len(got) != 0 {
		t.Errorf("%q", got)
	}
	if got := p.provider.State().Calls[providertest.EndpointRefresh]; got != before {
		t.Errorf("%d requests", got-before)
	}
	if err := answer(); err != nil {
		t.Fatal(err)
	}
	p.check([]string{}, []string{})
	p.kept(night)
}

// A request that was sent, and whose answer never came: the account is unsure.
func TestDoctorRequestWithoutAnAnswer(t *testing.T) {
	p := newPatient(t)
	path := filepath.Join(p.paths.Answers(), p.account(night).Credential.Fingerprint()+".json")
	p.write(path, `{"schemaVersion":1,"lost":true}`)
	p.check([]string{"warning unsure"}, []string{"fixed unsure"})
	p.kept(night)
}

// A later login in the pool whose owner is not known is kept beside the account's;
// once the provider is back the doctor finds out whose it is.
func TestDoctorRival(t *testing.T) {
	p := newPatient(t)
	cr := gjson.Parse(p.issued(night))
	for _, m := range []string{"accessToken", "refreshToken"} {
		p.set(p.paths.Pool(), cr.Get(m).Raw, "accounts", night, m)
	}
	p.set(p.paths.Pool(), millis(p.account(night).Credential.ExpiresAt.Add(1e9)), "accounts", night, "expiresAt")
	for _, endpoint := range []providertest.Endpoint{providertest.EndpointProfile, providertest.EndpointRefresh} {
		if err := p.provider.Fail(providertest.Fault{Endpoint: endpoint, Kind: providertest.FaultUnavailable, Times: -1}); err != nil {
			t.Fatal(err)
		}
	}
	p.doctor(true)
	if got := summary(p.doctor(false)); !slices.Contains(got, "warning rival") {
		t.Fatalf("%q", got)
	}
	p.provider.ClearFaults()
	if got := summary(p.doctor(true)); !slices.Contains(got, "fixed rival") {
		t.Errorf("%q", got)
	}
	p.kept(night)
	aside := []string{"info set_aside login-20261123T131300Z-1.json"} // the account's other login, which is good as well
	p.check(aside, aside)
}

// Another account's members beside the live login: Claude Code would act for
// that one's organization.
func TestDoctorMixedLogin(t *testing.T) {
	p := newPatient(t)
	p.set(p.paths.Credentials(), `"`+p.resident(lab).Person.OrganizationUUID+`"`, "organizationUuid")
	p.check([]string{"error mixed_login .credentials.json"}, []string{"fixed mixed_login .credentials.json"})
	p.live(work)
}

// A file that open cannot repair stops only what needs it: other accounts are
// refreshed.
func TestDoctorRefreshesBesideAFileItCannotRepair(t *testing.T) {
	p := newPatient(t)
	p.set(p.paths.ClaudeJSON, `"11111111-2222-4333-8444-555555555555"`, "oauthAccount", "accountUuid")
	p.doubt(night)
	p.core = p.newCore(limited(
		map[string]error{filepath.Dir(p.paths.ClaudeJSON): syscall.EROFS},
		map[string]error{p.paths.ClaudeJSON: syscall.EROFS},
	))
	got := summary(p.doctor(true))
	if !slices.Contains(got, "fixed unsure") || !slices.Contains(got, "error account_mismatch .claude.json") {
		t.Errorf("%q", got)
	}
	p.kept(night)
}

// What a symbolic link leads to is reported under its own name, and its mode is
// left to the person.
func TestDoctorLinkedModes(t *testing.T) {
	p := newPatient(t)
	target := filepath.Join(p.home.Dir, "dotfiles", "credentials.json")
	p.write(target, string(p.read(p.paths.Credentials())))
	p.chmod(target, 0o644)
	if err := os.Remove(p.paths.Credentials()); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, p.paths.Credentials()); err != nil {
		t.Fatal(err)
	}
	want := []string{"error mode credentials.json"}
	p.check(want, want)
	if got := p.mode(target); got != 0o644 {
		t.Errorf("its mode became %v", got)
	}
	f := p.doctor(false)[0]
	if !strings.Contains(f.Message, p.paths.Credentials()) || !strings.Contains(f.Fix, "chmod 0600") || !strings.Contains(f.Fix, filepath.Base(target)) {
		t.Errorf("%+v", f)
	}
}

// Everything of Baton's own is checked, also what only some operations make.
func TestDoctorModesOfTheJournal(t *testing.T) {
	p := newPatient(t)
	for dir, mode := range map[string]fs.FileMode{p.paths.Answers(): 0o755, filepath.Dir(p.paths.InPlace("x")): 0o750} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		p.chmod(dir, mode)
	}
	entry := filepath.Join(p.paths.Answers(), "unread.json")
	p.write(entry, `{}`)
	p.chmod(entry, 0o640)
	got := summary(p.doctor(false))
	for _, want := range []string{"warning mode answers", "error mode unread.json", "warning mode in-place"} {
		if !slices.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	p.doctor(true)
	if got := p.mode(p.paths.Answers()); got != 0o700 {
		t.Errorf("mode %v", got)
	}
}

// Repairs that need each other are made in one run: a lock that stands in the
// way of open is broken before it, though other findings come earlier.
func TestDoctorRepairsInOrder(t *testing.T) {
	p := newPatient(t)
	old := gjson.GetBytes(p.read(p.paths.Credentials()), "claudeAiOauth").Raw
	if _, err := p.core.Refresh(t.Context(), work); err != nil {
		t.Fatal(err)
	}
	p.set(p.paths.Credentials(), old, "claudeAiOauth")
	lock, left := filepath.Join(p.paths.Secure, ".storage-write.lock"), filepath.Join(p.paths.Own(), ".usage.json.baton-1.tmp")
	p.write(left, "cut off")
	if err := os.Mkdir(lock, 0o700); err != nil {
		t.Fatal(err)
	}
	at := p.clock.Now().Add(-time.Hour)
	for _, path := range []string{lock, left} {
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"fixed leftover .usage.json.baton-1.tmp", "fixed stale_lock .storage-write.lock", "fixed login_older .credentials.json"}
	if got := summary(p.doctor(true)); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	p.live(work)
}
