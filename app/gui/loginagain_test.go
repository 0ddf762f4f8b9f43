//go:build cgo || js

package gui

import (
	"testing"

	"baton/app/backend"
)

// An account Claude Code was told to log in for offers that: on its page, and
// through Baton instead.
func TestLoginWhereClaudeCodeWasToldTo(t *testing.T) {
	s := fiveAccounts()
	for i := range s.Accounts {
		if s.Accounts[i].Key == lab {
			s.Accounts[i].LoginAddress = (&fakeFlow{}).URL()
			s.Accounts[i].Notices = []backend.Notice{backend.NoticeUnsure}
		}
	}
	drive(t, s, func(d *driver) {
		if v := d.card(lab); v.Primary != tr(textLogIn) {
			t.Fatalf("the card offers %q", v.Primary)
		}
		d.entries[lab].card.OnPrimary()
		d.settle()
		if len(d.f.modes) != 1 || d.f.modes[0].Again != lab || d.f.modes[0].Email != lab {
			t.Fatalf("logins %+v", d.f.modes)
		}
		d.see(tr(textWaitingNamed))
		d.tap(tr(textThroughBaton))
		if len(d.f.modes) != 2 || d.f.modes[1].Again != "" || d.f.modes[1].Email != lab {
			t.Fatalf("logins %+v", d.f.modes)
		}
		d.see(tr(textWaiting))
	})
}

// Where the address led nowhere the login is Baton's own, and says so.
func TestLoginWhereNobodyWaits(t *testing.T) {
	s := fiveAccounts()
	for i := range s.Accounts {
		s.Accounts[i].LoginAddress = "http://localhost:3001/oauth/authorize"
	}
	drive(t, s, func(d *driver) {
		d.LogIn(lab)
		d.settle()
		d.see(tr(textWaiting))
	})
}
