package oauthcore_test

import (
	"os"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/files"
)

// swapToOnly lets a swap without a name go to one account alone, whose access token
// has lapsed.
func (w *world) swapToOnly(key string) error {
	w.Helper()
	for _, r := range w.home.Residents {
		if r.Key != key {
			if _, err := w.core.Pause(w.Context(), r.Key); err != nil {
				w.Fatal(err)
			}
		}
	}
	w.clock.Add(9 * time.Hour)
	_, err := w.core.Swap(w.Context(), oauthcore.SwapRequest{})
	w.Logf("swap: %v", err)
	return err
}

// violated reports what the provider was presented.
func (w *world) violated() {
	w.Helper()
	if v := w.provider.Violations(); len(v) > 0 {
		w.expected = len(v)
		w.Errorf("%q", v)
	}
}

// `baton refresh --all` names no account: it presents no token that may be used up.
func TestRefreshAllLeavesUnsureAccounts(t *testing.T) {
	t.Run("the login disappeared", func(t *testing.T) {
		w := newWorld(t)
		w.swap(oauthcore.SwapRequest{To: work})
		w.clientRefreshes()
		if err := os.Remove(w.paths.Credentials()); err != nil {
			t.Fatal(err)
		}
		_, err := w.core.RefreshOneOfAll(t.Context(), work)
		t.Log(err)
		w.violated()
	})
	t.Run("a restored backup", func(t *testing.T) {
		w := newWorld(t)
		w.swap(oauthcore.SwapRequest{To: work})
		vault, pool := w.read(w.paths.Vault()), w.read(w.paths.Pool())
		if _, err := w.core.Refresh(t.Context(), lab); err != nil {
			t.Fatal(err)
		}
		w.write(w.paths.Vault(), string(vault))
		w.write(w.paths.Pool(), string(pool))
		w.core = w.newCore(files.OS{})
		_, err := w.core.RefreshOneOfAll(t.Context(), lab)
		t.Log(err)
		w.violated()
	})
}

// The control of TestUsageStoreMovedAway.
func TestControlUsageStoreInPlace(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: work})
	w.clientRefreshes()
	if err := os.Remove(w.paths.Credentials()); err != nil {
		t.Fatal(err)
	}
	w.core = w.newCore(files.OS{})
	_ = w.swapToOnly(work)
	w.violated()
}
