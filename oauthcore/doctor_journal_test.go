package oauthcore_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/files/filestest"
	"baton/oauthcore/providertest"
	"baton/oauthcore/setup"
	"baton/oauthcore/view"
)

// cutOff runs fn in a goroutine until it ends one way or the other: runtime.Goexit
// in a hook of the file system ends it as a power failure would end the process.
func cutOff(fn func()) {
	done := make(chan struct{})
	go func() { defer close(done); fn() }()
	<-done
}

// alive says whether the provider still takes a refresh token.
func (p *patient) alive(fp string) bool {
	return slices.ContainsFunc(p.provider.State().Logins, func(l providertest.LoginState) bool { return l.RefreshFingerprint == fp })
}

// The computer loses power between the answer to a refresh and the vault: the
// answer is in the journal, and the doctor takes it over by open.
func TestDoctorAnswerWaiting(t *testing.T) {
	p := newPatient(t)
	n := 0
	cut := p.newCore(&filestest.FS{Before: filestest.On("rename", func(to string) error {
		if to == p.paths.Vault() {
			n++
		}
		if n == 1 {
			runtime.Goexit()
		}
		return nil
	})})
	cutOff(func() { _, _ = cut.Refresh(t.Context(), night) })
	name := filepath.Base(p.theEntry())
	var look, fix []string
	for _, f := range p.doctor(false) {
		if f.ID == "leftover" { // the vault's temp file, too
			look = append(look, "warning leftover "+filepath.Base(f.Path))
			fix = append(fix, "fixed leftover "+filepath.Base(f.Path))
		}
	}
	p.check(append(look, "info answer_waiting "+name), append(fix, "fixed answer_waiting "+name))
	p.kept(night)
	if a := p.account(night); a.NeedsLogin || p.unsure(night) {
		t.Errorf("%+v", a)
	}
}

// A new login that waits in the journal.
func TestDoctorLoginWaiting(t *testing.T) {
	p := newPatient(t)
	path := filepath.Join(p.paths.Answers(), "login-0123.json")
	p.write(path, `{"schemaVersion":1,"claudeAiOauth":`+p.issued(night)+`}`)
	p.check([]string{"info answer_waiting login-0123.json"}, []string{"fixed answer_waiting login-0123.json"})
	p.kept(night)
}

// An entry that cannot be read is left alone and reported: it may hold a login.
func TestDoctorDamagedEntry(t *testing.T) {
	p := newPatient(t)
	path := filepath.Join(p.paths.Answers(), p.account(night).Credential.Fingerprint()+".json")
	p.write(path, `{"claudeAiOauth":{`)
	p.write(filepath.Join(p.paths.Answers(), ".hidden.json"), "{") // no entry
	got := summary(p.doctor(false))
	if want := []string{"error damaged " + filepath.Base(path), "warning unsure"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// A write in place that was cut off: the file is damaged, and its old content is
// kept.
func TestDoctorWriteCutOff(t *testing.T) {
	p := newPatient(t)
	old := p.read(p.paths.ClaudeJSON)
	record, err := json.Marshal(map[string]any{"schemaVersion": 1, "path": p.paths.ClaudeJSON, "old": old, "new": []byte(`{"x":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	p.write(p.paths.InPlace(p.paths.ClaudeJSON), string(record))
	at := p.clock.Now().Add(-time.Hour)
	if err := os.Chtimes(p.paths.InPlace(p.paths.ClaudeJSON), at, at); err != nil {
		t.Fatal(err)
	}
	p.write(p.paths.ClaudeJSON, string(old[:len(old)/2]))
	p.check(
		[]string{"error damaged .claude.json", "warning cut_off_write .claude.json"},
		[]string{"fixed damaged .claude.json", "fixed cut_off_write .claude.json"},
	)
	if string(p.read(p.paths.ClaudeJSON)) != string(old) {
		t.Error("the old content did not come back")
	}
}

// doubt makes an account's login one of which it is not known whether it works.
func (p *patient) doubt(key string) {
	p.Helper()
	p.set(p.paths.Vault(), `"client"`, "accounts", key, "doubt")
}

// fakeCopies is a keyring.
type fakeCopies struct {
	taken, maybeRotated bool
	err                 error
	asked               []string
	take                func(key string)
}

func (f *fakeCopies) TakeNewer(_ context.Context, key string) (taken, maybeRotated bool, err error) {
	f.asked = append(f.asked, key)
	if f.take != nil {
		f.take(key)
	}
	return f.taken, f.maybeRotated, f.err
}

// Before an unsure token is presented the keyring is asked for a newer login.
func TestDoctorAsksTheKeyringFirst(t *testing.T) {
	const unsure = "warning unsure"
	for _, tt := range []struct {
		name    string
		copies  fakeCopies
		want    string // left
		refresh bool   // the token is presented
		says    string
	}{
		{"no newer copy", fakeCopies{}, "", true, ""},
		{"a newer copy", fakeCopies{taken: true}, "", true, ""},
		{"one that may be replaced", fakeCopies{maybeRotated: true}, unsure, false, "baton keyring restore"},
		{"locked", fakeCopies{err: &view.Problem{Code: view.CodeKeyring, Message: "the keyring is locked", Hint: "unlock it"}}, unsure, false, "unlock it"},
		{"canceled", fakeCopies{err: errors.New("no answer")}, unsure, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPatient(t)
			p.doubt(night)
			p.core.Copies = &tt.copies
			before := p.provider.State().Calls[providertest.EndpointRefresh]
			found := p.doctor(true)
			if got := p.provider.State().Calls[providertest.EndpointRefresh] > before; got != tt.refresh {
				t.Errorf("presented: %v", got)
			}
			if !slices.Equal(tt.copies.asked, []string{night}) {
				t.Errorf("asked for %q", tt.copies.asked)
			}
			left := ""
			for _, f := range found {
				if !f.Fixed {
					left = string(f.Severity) + " " + f.ID
					if !strings.Contains(f.Fix, tt.says) {
						t.Errorf("%+v", f)
					}
				}
			}
			if left != tt.want {
				t.Errorf("%+v", found)
			}
			p.kept(night)
		})
	}
}

// The login of a person is moved out of the way by swap --set-aside while the
// provider cannot say whose it is. Later the doctor finds its owner, and does not
// present the account's older token, which was used up.
func TestDoctorLooksIntoSetAsideFirst(t *testing.T) {
	for _, tt := range []struct {
		name          string
		online, later bool
	}{
		{"the provider names its owner", true, true},
		{"it does not tell which login is the later", true, false},
		{"the provider is away", false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := patientOf(newWorld(t))
			p.swap(oauthcore.SwapRequest{To: personal})
			p.clientRefreshes() // the vault's token is used up now
			for _, m := range []string{"accountUuid", "organizationUuid", "refreshTokenExpiresAt"} {
				p.del(p.paths.Credentials(), "claudeAiOauth", m)
			}
			if tt.later {
				p.set(p.paths.Credentials(), millis(p.clock.Now().Add(12*time.Hour)), "claudeAiOauth", "expiresAt")
			}
			newest := p.credential()
			if err := p.provider.Fail(providertest.Fault{Endpoint: providertest.EndpointProfile, Kind: providertest.FaultUnavailable, Times: -1}); err != nil {
				t.Fatal(err)
			}
			done, err := p.core.Swap(t.Context(), oauthcore.SwapRequest{To: work, SetAside: true})
			if err != nil || done.SetAside == "" {
				t.Fatalf("%+v, %v", done, err)
			}
			if tt.online {
				p.provider.ClearFaults()
			}
			found := p.doctor(true)
			taken := tt.online && tt.later
			if taken {
				p.kept(personal) // and refreshed
			} else if !p.alive(newest.Fingerprint()) || p.account(personal).Credential.RefreshToken.Equal(newest.RefreshToken) {
				t.Error("the login in set-aside is dead, or the account's")
			}
			if got := p.unsure(personal); got == taken {
				t.Errorf("unsure: %v, %+v", got, found)
			}
			if !taken {
				for _, f := range found {
					if f.ID == "unsure" && !f.Fixed && strings.Contains(f.Message, " of "+personal+" ") && !strings.Contains(f.Message, done.SetAside) {
						t.Errorf("%+v", f)
					}
				}
			}
		})
	}
}

// fakeSetup stands for package setup.
type fakeSetup struct {
	state    setup.Status
	err      error
	restored int
}

func (f *fakeSetup) Examine() (setup.Status, error) {
	return f.state, nil
}

func (f *fakeSetup) Restore(context.Context) error {
	f.restored++
	if f.err == nil {
		f.state = isSetUp()
	}
	return f.err
}

// isSetUp is the state after a setup.
func isSetUp() setup.Status { return setup.Status{Noted: true, StatusLine: true, Hook: true} }

// isOff is the state in which a cause stops the status line, and with both the
// hook as well.
func isOff(c setup.Cause, both bool) setup.Status {
	st := isSetUp()
	if st.Off.StatusLine = c; both {
		st.Off.Hook = c
	}
	return st
}

func TestDoctorSetup(t *testing.T) {
	for _, tt := range []struct {
		name      string
		setup     fakeSetup
		automatic bool
		look, fix []string
	}{
		{"never set up", fakeSetup{}, false, []string{}, []string{}},
		{"needed", fakeSetup{}, true, []string{"warning not_told settings.json"}, []string{"warning not_told settings.json"}},
		{"set up", fakeSetup{state: isSetUp()}, true, []string{}, []string{}},
		{"switched off", fakeSetup{state: isOff(setup.Cause{Name: "disableAllHooks", Path: "/p/.claude/settings.local.json", Kind: claude.ProjectSettings}, true)}, true, []string{"warning hooks_off settings.local.json"}, []string{"warning hooks_off settings.local.json"}},
		{"another status line", fakeSetup{state: isOff(setup.Cause{Name: "statusLine", Path: "/etc/managed-settings.json", Kind: claude.ManagedSettings}, false)}, true, []string{"info statusline_replaced managed-settings.json"}, []string{"info statusline_replaced managed-settings.json"}},
		{"undone", fakeSetup{state: setup.Status{Noted: true}}, false, []string{"warning setup_undone settings.json"}, []string{"fixed setup_undone settings.json"}},
		{"note lost", fakeSetup{state: setup.Status{StatusLine: true}}, false, []string{"warning setup_forgotten settings.json"}, []string{"fixed setup_forgotten settings.json"}},
		{
			"program gone",
			fakeSetup{state: setup.Status{Noted: true, ProgramGone: true, ProgramPath: "/opt/baton"}},
			false,
			[]string{"warning setup_gone settings.json"},
			[]string{"warning setup_gone settings.json"},
		},
		{
			"cannot be written",
			fakeSetup{state: setup.Status{Noted: true}, err: errors.New("read-only")},
			false,
			[]string{"warning setup_undone settings.json"},
			[]string{"warning setup_undone settings.json"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPatient(t)
			if tt.automatic {
				p.write(p.paths.Settings(), `{"swap.auto":true}`)
			}
			p.setup = &tt.setup
			p.check(tt.look, tt.fix)
		})
	}
}
