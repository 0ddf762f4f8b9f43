package oauthcore_test

import (
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/files"
)

// backedUpWith is a world whose Baton files come from a backup made before one account
// was refreshed; the newest login of that account is in the keyring alone.
func backedUpWith(t *testing.T, key string, settings func(*world)) *world {
	t.Helper()
	w := mirrored(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	w.push()
	settings(w)
	backup := map[string][]byte{}
	for _, path := range []string{w.paths.Vault(), w.paths.Pool(), w.paths.Usage(), w.paths.Settings()} {
		backup[path] = w.read(path)
	}
	if err := w.core.Configure(t.Context(), "keyring.mirror", "on"); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(time.Hour)
	if _, err := w.core.Refresh(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	w.push()
	if w.copied(key)["refreshToken"] != w.account(key).Credential.RefreshToken.Reveal() {
		t.Fatal("not copied")
	}
	for path, doc := range backup {
		w.write(path, string(doc))
	}
	w.core = w.newCore(files.OS{})
	return w
}
