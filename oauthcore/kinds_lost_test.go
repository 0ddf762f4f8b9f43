package oauthcore_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/files"
	"baton/oauthcore/mirror"
)

// A copy of a removed account under an earlier key: what is deleted is that copy,
// and not the copy that the account's present key has in the keyring.
func TestRestoreDropsTheRightCopy(t *testing.T) {
	w := mirrored(t)
	if _, err := w.core.Refresh(t.Context(), lab); err != nil { // identified by the answer
		t.Fatal(err)
	}
	w.push()
	item := w.mirror.items[w.paths.CopyName(lab)]
	const earlier = "earlier@example.com"
	w.mirror.items[w.paths.CopyName(earlier)] = strings.Replace(item, `"`+lab+`"`, `"`+earlier+`"`, 1)
	w.alter(lab, "organizationUuid", "99999999-2222-4333-8444-555555555555")
	w.alter(lab, "refreshToken", "sk-ant-ort01-TEST-other")
	if _, err := w.core.Remove(t.Context(), oauthcore.RemoveRequest{Name: lab}); err != nil {
		t.Fatal(err)
	}
	rows := w.restore(mirror.RestoreRequest{Name: earlier})
	t.Logf("%+v", rows)
	if w.copied(lab) == nil {
		t.Errorf("the copy of another account was deleted in place of %s's", earlier)
	}
}

// The vault comes from a backup and no operation has noticed it yet: `baton usage`,
// which names no login to try, presents none of its tokens (V3, D4).
func TestUsageAfterARestoredBackup(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	backup, pool := w.read(w.paths.Vault()), w.read(w.paths.Pool())
	if _, err := w.core.Refresh(t.Context(), lab); err != nil {
		t.Fatal(err)
	}
	w.write(w.paths.Vault(), string(backup))
	w.write(w.paths.Pool(), string(pool))
	w.core = w.newCore(files.OS{})
	w.clock.Add(9 * time.Hour) // the access tokens have lapsed
	_, _, err := w.core.CheckUsage(t.Context(), lab)
	t.Logf("usage: %v", err)
	if v := w.provider.Violations(); len(v) > 0 {
		w.expected = len(v)
		t.Errorf("%q", v)
	}
}

// The vault is damaged and moved away, as the doctor advises; the pool is older, as
// after another program wrote back what it had read before. The high-water mark says
// that there was a vault. Nothing may present what the pool has without a person
// naming the account.
func TestPoolAfterALostVaultIsUnsure(t *testing.T) {
	w := newWorld(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	pool := w.read(w.paths.Pool())
	if _, err := w.core.Refresh(t.Context(), lab); err != nil {
		t.Fatal(err)
	}
	w.write(w.paths.Pool(), string(pool))
	if err := os.Rename(w.paths.Vault(), filepath.Join(w.home.Dir, "accounts.json.damaged")); err != nil {
		t.Fatal(err)
	}
	w.core = w.newCore(files.OS{})
	_ = w.swapToOnly(lab)
	w.violated()
}
