//go:build unix

package oauthcore_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"baton/oauthcore/files/filestest"
	"baton/oauthcore/view"
)

// The answer to a refresh of the live account is on disk before the Keychain is
// given it: of a process killed in between nothing else would be left.
func TestAnAnswerIsOnDiskBeforeTheKeychainHasIt(t *testing.T) {
	const name = "refresh of the live account"
	op := stepOps()[name]
	whole := newStepWorldOf(t, "darwin", name, op).order.killed(t)
	for _, step := range []string{"keychain.write", "keychain.written"} {
		w := newStepWorldOf(t, "darwin", name, op)
		w.order.At = slices.Index(whole.steps, step) + 1
		if run := w.order.killed(t); run.last() != step {
			t.Fatalf("killed before %q", run.last())
		}
		left := w.waitingLogins()
		if len(left) != 1 {
			t.Fatalf("%s: on disk: %v", step, left)
		}
		if info, err := os.Stat(left[0]); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		w.core = w.newCore(quickFS())
		if err := w.core.Settle(context.Background()); err != nil {
			t.Fatal(err)
		}
		w.sound()
		w.kept(personal)
		w.world.live(personal)
		if !w.credential().Same(w.account(personal).Credential) || w.unsure(personal) {
			t.Errorf("%s: the answer is not the login kept and used", step)
		}
	}
}

// Trouble with that copy does not keep the answer from its place.
func TestAnAnswerGoesOnWithoutItsCopy(t *testing.T) {
	w := newMac(t)
	full := false // no room for the next new vault
	w.core = w.newCore(&filestest.FS{Before: filestest.On("temp", func(path string) error {
		if full && strings.Contains(path, "accounts.json") {
			full = false
			return errDisk
		}
		return nil
	})})
	w.core.Step = func(step string) { full = full || step == "refresh.answered" }
	if _, err := w.core.Refresh(t.Context(), personal); err != nil || full {
		t.Fatalf("%v, full: %v", err, full)
	}
	w.live(personal)
	w.kept(personal)
	w.tidied()
}

// Where the Keychain does not take the answer, the vault has it, and the next
// look gives it to the Keychain.
func TestAnAnswerTheKeychainDoesNotTake(t *testing.T) {
	w := newMac(t)
	w.security.exit = func(command string) int {
		if command == "add-generic-password" {
			return 36
		}
		return 0
	}
	_, err := w.core.Refresh(t.Context(), personal)
	wantCode(t, err, view.CodeFailed)
	w.kept(personal)
	if w.credential().Same(w.account(personal).Credential) {
		t.Error("the Keychain has it after all")
	}
	w.tidied()
	w.security.exit = nil
	if err := w.core.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.live(personal)
}
