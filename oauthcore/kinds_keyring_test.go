package oauthcore_test

import (
	"errors"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/view"
)

// presenters are the operations that present the refresh token of an account in
// doubt because a person asked for it.
var presenters = map[string]func(*world) error{
	"swap to it": func(w *world) error {
		_, err := w.core.Swap(w.Context(), oauthcore.SwapRequest{To: work})
		return err
	},
	"refresh": func(w *world) error {
		_, err := w.core.Refresh(w.Context(), work)
		return err
	},
	"refresh of all": func(w *world) error {
		_, err := w.core.RefreshUnnamed(w.Context(), work)
		return err
	},
	"doctor": func(w *world) error {
		for _, f := range patientOf(w).doctor(true) {
			if f.ID == "unsure" && !f.Fixed {
				return errors.New(f.Fix)
			}
		}
		return nil
	},
}

// Baton's files come back from a backup, the keyring has the newest login: no
// operation presents the used-up one.
func TestTheKeyringsNewerLoginIsPresented(t *testing.T) {
	for name, run := range presenters {
		for _, state := range []string{"on", "off"} { // the switch may have come back with the backup
			t.Run(name+", copies "+state, func(t *testing.T) {
				w, _ := backedUp(t)
				w.configure("keyring.mirror", state)
				if err := run(w); err != nil {
					t.Error(err)
				}
				w.kept(work)
				if a := w.account(work); a.Doubt != "" || a.NeedsLogin {
					t.Errorf("doubt %q, needs login %v", a.Doubt, a.NeedsLogin)
				}
				w.violated()
			})
		}
	}
}

// Where the keyring does not tell, or its copy may be older than what Claude Code
// has made of it, only the person's own refresh goes on, with a warning.
func TestAKeyringThatDoesNotTellStops(t *testing.T) {
	for trouble, change := range map[string]func(*world){
		"it is locked":      func(w *world) { w.mirror.err = locked() },
		"the copy was live": func(w *world) { w.alter(work, "live", true) },
	} {
		for name, run := range presenters {
			t.Run(trouble+", "+name, func(t *testing.T) {
				w, _ := backedUp(t)
				change(w)
				if name == "refresh" {
					if done, _ := w.core.Refresh(t.Context(), work); done.Note == "" {
						t.Error("no warning")
					}
					w.expected = len(w.provider.Violations()) // at the person's own risk
					return
				}
				if err := run(w); err == nil {
					t.Error("it went on")
				}
				w.violated()
				if w.account(work).Doubt == "" {
					t.Error("no doubt is left")
				}
			})
		}
	}
	// Copies that are switched off, and a keyring nobody can ask: Baton goes on.
	w, _ := backedUp(t)
	w.configure("keyring.mirror", "off")
	w.mirror.err = locked()
	if _, err := w.core.RefreshUnnamed(t.Context(), work); view.CodeOf(err) != view.CodeNeedsLogin {
		t.Error(err)
	}
	w.expected = len(w.provider.Violations())
}
