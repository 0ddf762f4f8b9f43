//go:build unix

package oauthcore_test

import (
	"testing"

	"baton/oauthcore/files"
	"baton/oauthcore/mirror"
)

// A Keychain that refused a moment ago may show a window each time it is asked:
// pushes in the background do not ask it, one that a person asked for does.
func TestBackgroundPushDoesNotAskARefusingKeychain(t *testing.T) {
	w := newMac(t)
	w.mirror = &fakeMirror{items: map[string]string{}}
	w.core = w.newCore(files.OS{})
	w.configure("keyring.mirror", "on")
	w.security.exit = func(string) int { return 51 }
	w.core.Snapshot(t.Context())
	asked := func() int { return w.security.asked("find-generic-password") }
	n := asked()
	for range 3 {
		if _, err := w.copies().Push(t.Context(), mirror.PushRequest{}); err == nil {
			t.Error("it went well")
		}
	}
	if got := asked() - n; got != 0 {
		t.Errorf("three pushes in the background asked the Keychain %d times", got)
	}
	if _, err := w.copies().Push(t.Context(), mirror.PushRequest{Asked: true}); err == nil || asked() == n {
		t.Errorf("asked for by a person: %v, after %d questions", err, asked()-n)
	}
}
