package oauthcore_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/files"
	"baton/oauthcore/mirror"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
)

// backedUp is a world in which work was refreshed after a backup, and vault and
// pool came back from that backup. Its newest login is only in the keyring.
func backedUp(t *testing.T) (w *world, newest secret.Secret) {
	t.Helper()
	w = mirrored(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	w.push()
	vault, pool := string(w.read(w.paths.Vault())), string(w.read(w.paths.Pool()))
	for range 2 {
		if _, err := w.core.Refresh(t.Context(), work); err != nil {
			t.Fatal(err)
		}
	}
	w.push()
	newest = w.account(work).Credential.RefreshToken
	w.write(w.paths.Vault(), vault)
	w.write(w.paths.Pool(), pool)
	if err := w.core.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := w.account(work); a.Doubt == "" || a.Credential.RefreshToken.Equal(newest) {
		t.Fatal("the backup is not in place")
	}
	return w, newest
}

func TestTakeNewerAfterARestoredBackup(t *testing.T) {
	w, newest := backedUp(t)
	taken, maybeRotated, err := w.copies().TakeNewer(t.Context(), work)
	if err != nil || !taken || maybeRotated {
		t.Fatalf("taken %v, maybe rotated %v, %v", taken, maybeRotated, err)
	}
	if a := w.account(work); !a.Credential.RefreshToken.Equal(newest) || a.Doubt != accounts.DoubtCopied {
		t.Errorf("doubt %q, or another login", a.Doubt)
	}
	if _, err := w.core.Refresh(t.Context(), work); err != nil {
		t.Error(err)
	}
	w.kept(work)
	if w.view(work).Unsure {
		t.Error("still unsure after a refresh")
	}
}

func TestTakeNewerLeavesTheLogin(t *testing.T) {
	for _, c := range []struct {
		name         string
		change       func(*world)
		maybeRotated bool
		code         view.Code
	}{
		{name: "the copy was live", change: func(w *world) { w.alter(work, "live", true) }, maybeRotated: true},
		{name: "the copy is older", change: func(w *world) { w.alter(work, "generation", 1) }},
		{name: "the copy is of a used-up token", change: func(w *world) {
			doc := strings.Replace(string(w.read(w.paths.Vault())), `"spent": [`, `"spent": ["`+secret.New(w.copied(work)["refreshToken"].(string)).Fingerprint()+" "+work+`", `, 1)
			w.write(w.paths.Vault(), strings.Replace(doc, `", ]`, `"]`, 1))
		}},
		{name: "the copy is of another organisation", change: func(w *world) { w.alter(work, "organizationUuid", "other") }},
		{name: "there is no copy", change: func(w *world) { delete(w.mirror.items, w.paths.CopyName(work)) }},
		{name: "copies are switched off, and no backup came back", change: func(w *world) {
			w.configure("keyring.mirror", "off")
			w.write(w.paths.Vault(), strings.ReplaceAll(string(w.read(w.paths.Vault())), `"doubt": "restored"`, `"doubt": "client"`))
		}},
		{name: "the account is not unsure", change: func(w *world) {
			w.write(w.paths.Vault(), strings.ReplaceAll(string(w.read(w.paths.Vault())), `"doubt": "restored"`, `"doubt": ""`))
		}},
		{name: "the keyring is locked", change: func(w *world) { w.mirror.err = locked() }, code: view.CodeKeyring},
		{name: "the copy is damaged", change: func(w *world) { w.alter(work, "schemaVersion", 9) }, code: view.CodeKeyring},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, _ := backedUp(t)
			c.change(w)
			before := w.account(work).Credential
			taken, maybeRotated, err := w.copies().TakeNewer(t.Context(), work)
			if taken || maybeRotated != c.maybeRotated || view.CodeOf(err) != c.code {
				t.Errorf("taken %v, maybe rotated %v, %v", taken, maybeRotated, err)
			}
			if !w.account(work).Credential.Same(before) {
				t.Error("the login changed")
			}
		})
	}
}

// The login that is live keeps its access token: a live login without one would
// be no login to Claude Code.
func TestTakeNewerOfTheLiveAccount(t *testing.T) {
	w, newest := backedUp(t)
	w.swap(oauthcore.SwapRequest{To: personal})
	access := w.account(work).Credential
	w.write(w.paths.Credentials(), `{"claudeAiOauth":`+string(access.JSON())+`}`)
	taken, _, err := w.copies().TakeNewer(t.Context(), work)
	if err != nil || !taken {
		t.Fatalf("%v, %v", taken, err)
	}
	if a := w.account(work); !a.Credential.RefreshToken.Equal(newest) || !a.Credential.AccessToken.Equal(access.AccessToken) {
		t.Error("not the newer refresh token with the access token in use")
	}
	if err := w.core.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if cr := w.credential(); !cr.RefreshToken.Equal(newest) || cr.AccessToken.Empty() {
		t.Error("Claude Code did not get it")
	}
}

// With 1,000 accounts everything is copied into a keyring with the smallest
// limit of a system, and comes back.
func TestManyAccountsAreCopied(t *testing.T) {
	const most = 2250 // bytes of an item on macOS
	w := mirrored(t)
	w.mirror.most = most
	err := w.core.Update(t.Context(), func(s *oauthcore.State) error {
		for i := range 1000 {
			cr, err := accounts.NewCredential(func(c *accounts.Credential) { c.RefreshToken = token("many" + manyKey(i)) })
			if err != nil {
				return err
			}
			a := s.Vault.Add(manyKey(i), accounts.Identity{AccountUUID: manyKey(i), OrganizationUUID: "o", Email: manyKey(i)})
			s.Vault.Save(a, cr)
			if i == 500 {
				a.Label = strings.Repeat("x", most) // its own copy is too big
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := w.copies().Push(t.Context(), mirror.PushRequest{Asked: true})
	if err != nil || len(rows) != 1005 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		if big := row.Key == manyKey(500); big != (row.State == mirror.TooBig) || !big && row.State != mirror.OK {
			t.Errorf("%s: %s", row.Key, row.State)
		}
	}
	w.lose()
	restored := 0
	for _, row := range w.restore(mirror.RestoreRequest{}) {
		if row.State == mirror.Restored {
			restored++
		}
	}
	if restored != 999+4 { // not the one too big; the live one is Claude Code's
		t.Errorf("%d restored", restored)
	}
}

func manyKey(i int) string {
	return "firstname.lastname" + string(rune('a'+i/100)) + string(rune('a'+i/10%10)) + string(rune('a'+i%10)) + "@example.com"
}

// An index that the keyring does not take stops no copy.
func TestIndexTooBigStopsNoCopy(t *testing.T) {
	w := mirrored(t)
	w.mirror.big = "index"
	rows, err := w.copies().Push(t.Context(), mirror.PushRequest{Asked: true})
	if view.CodeOf(err) != view.CodeKeyring || len(rows) != 5 || len(w.mirror.items) != 5 {
		t.Fatalf("%d rows, %d items, %v", len(rows), len(w.mirror.items), err)
	}
	w.mirror.big = ""
	w.lose()
	if row := w.restore(mirror.RestoreRequest{Name: work})[work]; row.State != mirror.Restored {
		t.Errorf("by its exact name, without an index: %+v", row)
	}
}

// Copies of earlier versions have other names where the directory is reached
// through a symbolic link.
func TestCopiesUnderOldNames(t *testing.T) {
	w := mirrored(t)
	w.push()
	link := filepath.Join(filepath.Dir(w.paths.Secure), "link")
	if err := os.Symlink(w.paths.Secure, link); err != nil {
		t.Skip("not run: no symbolic links here:", err)
	}
	w.lose()
	w.paths.Secure = link
	if w.paths.OldCopyName(work) == w.paths.CopyName(work) {
		t.Fatal("the names are the same")
	}
	old := map[string]string{}
	for name, value := range w.mirror.items {
		key := keyOf(name)
		if key == "index" {
			key = ""
		}
		old[w.paths.OldCopyName(key)] = value
	}
	w.mirror.items = old
	w.core = w.newCore(files.OS{})
	st, err := w.copies().Status(t.Context())
	if err != nil || len(st.Rows) != 5 {
		t.Fatalf("%+v, %v", st, err)
	}
	rows := w.restore(mirror.RestoreRequest{})
	for _, key := range []string{work, side, lab, night} {
		if rows[key].State != mirror.Restored {
			t.Errorf("%+v", rows[key])
		}
	}
	// New copies get the new names, and the old ones stay.
	if _, err := w.core.Refresh(t.Context(), work); err != nil {
		t.Fatal(err)
	}
	w.push()
	if w.copied(work) == nil || w.mirror.items[w.paths.OldCopyName(work)] == "" {
		t.Error("no copy under the new name, or none under the old one any more")
	}
}

// A login whose owner is not known may be the newest of the account that is to
// be restored.
func TestRestoreRefusesBesideAnUnidentifiedLogin(t *testing.T) {
	w := mirrored(t)
	w.push()
	w.lose()
	err := w.core.Update(context.Background(), func(s *oauthcore.State) error {
		cr, err := accounts.NewCredential(func(c *accounts.Credential) { c.RefreshToken = token("unidentified") })
		s.Vault.Save(s.Vault.Add("another name", accounts.Identity{Email: work}), cr)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	row := w.restore(mirror.RestoreRequest{Name: work, Force: true})[work]
	if row.State != mirror.Lost || row.Err == nil || row.Err.Code != view.CodeBusy {
		t.Errorf("%+v", row)
	}
}
