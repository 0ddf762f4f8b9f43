package oauthcore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/files"
	"baton/oauthcore/mirror"
	"baton/oauthcore/view"
)

// After every file of Baton's is gone all accounts are back, with names and
// places: the live one from Claude Code, the others from the keyring, unsure
// until a refresh shows that they still work.
func TestRestoreAfterAllFilesAreLost(t *testing.T) {
	w := mirrored(t)
	if _, err := w.core.Rename(t.Context(), work, "Work"); err != nil {
		t.Fatal(err)
	}
	w.push()
	w.lose()
	if n := len(w.core.Snapshot(t.Context()).Accounts); n > 1 {
		t.Fatalf("%d accounts are left", n)
	}
	st, err := w.copies().Status(t.Context())
	if err != nil || len(st.Rows) != 5 || st.Rows[1].State != mirror.Lost {
		t.Fatalf("%+v, %v", st, err)
	}
	exchanges := len(w.provider.State().Logins)
	rows := w.restore(mirror.RestoreRequest{})
	if got := rows[personal]; got.State != mirror.Kept || got.Err != nil {
		t.Errorf("the live account: %+v", got)
	}
	for _, key := range []string{work, side, lab, night} {
		a, who := w.account(key), w.resident(key)
		if rows[key].State != mirror.Restored || rows[key].Err != nil || !strings.Contains(rows[key].Note, "baton refresh "+key) {
			t.Errorf("%+v", rows[key])
		}
		known := who.Person
		if key == lab { // the provider has not said yet whose that login is
			known.AccountUUID, known.OrganizationUUID = "", ""
		}
		if a.AccountUUID != known.AccountUUID || a.OrganizationUUID != known.OrganizationUUID || a.Email != known.Email {
			t.Errorf("%s is %s in %s, %s", key, a.AccountUUID, a.OrganizationUUID, a.Email)
		}
		if a.Doubt != accounts.DoubtCopied || a.NeedsLogin || a.Credential.Plan != who.Person.Plan() || len(a.Credential.Scopes) == 0 {
			t.Errorf("%s: doubt %q, plan %q, scopes %q", key, a.Doubt, a.Credential.Plan, a.Credential.Scopes)
		}
	}
	var order []string
	for _, a := range w.vault().Accounts() {
		order = append(order, a.Key)
	}
	if fmt.Sprint(order) != fmt.Sprint(everybody()) || w.account(work).Label != "Work" {
		t.Errorf("the order is %q, the label %q", order, w.account(work).Label)
	}
	w.kept(everybody()...)
	w.live(personal)
	w.private()
	if n := len(w.provider.State().Logins); n != exchanges {
		t.Errorf("the provider was asked for logins: %d, then %d", exchanges, n)
	}
	// A second time there is nothing to do.
	for key, row := range w.restore(mirror.RestoreRequest{}) {
		if row.State != mirror.Kept {
			t.Errorf("%s, again: %+v", key, row)
		}
	}
	// Only a person chooses them, and then they work.
	if _, err := w.core.Swap(t.Context(), oauthcore.SwapRequest{}); err == nil {
		t.Error("a login that may be used up was chosen by itself")
	}
	if done := w.swap(oauthcore.SwapRequest{To: "work"}); !done.Refreshed {
		t.Error("it was made live without a refresh")
	}
	w.live(work)
	for _, key := range []string{side, lab, night} {
		if _, err := w.core.Refresh(t.Context(), key); err != nil {
			t.Error(err)
		}
		if w.view(key).Unsure {
			t.Errorf("%s is unsure after a refresh", key)
		}
	}
	w.push()
	if got := w.copied(lab)["refreshToken"]; got != w.account(lab).Credential.RefreshToken.Reveal() {
		t.Error("the copy is not the new login")
	}
}

// One account of several, by what a person calls it.
func TestRestoreByName(t *testing.T) {
	for _, name := range []string{work, "ADA@corp.example", "desk"} {
		w := mirrored(t)
		if _, err := w.core.Rename(t.Context(), work, "Desk"); err != nil {
			t.Fatal(err)
		}
		w.push()
		w.lose()
		rows := w.restore(mirror.RestoreRequest{Name: name})
		if len(rows) != 1 || rows[work].State != mirror.Restored {
			t.Errorf("%s: %+v", name, rows)
		}
		if w.vault().Get(lab) != nil {
			t.Errorf("%s: another account came along", name)
		}
		_, err := w.copies().Restore(t.Context(), mirror.RestoreRequest{Name: "nobody"})
		wantCode(t, err, view.CodeNotFound)
		// A damaged copy concerns its own account only.
		w.mirror.items[w.paths.CopyName(lab)] = `{"schemaVersion":9}`
		if row := w.restore(mirror.RestoreRequest{Name: lab})[lab]; row.State != mirror.Damaged || row.Err == nil {
			t.Errorf("%s: %+v", name, row)
		}
	}
}

// Every reason not to restore a copy.
func TestRestoreRefuses(t *testing.T) {
	type is struct {
		state mirror.State
		code  view.Code // "" for no error
	}
	for _, c := range []struct {
		name   string
		before func(*world) // with the copies made
		after  func(*world) // with Baton's files lost
		plain  is
		forced is
	}{
		{
			name:   "it was live when it was copied",
			after:  func(w *world) { w.alter(work, "live", true) },
			plain:  is{mirror.Lost, view.CodeNeedsLogin},
			forced: is{mirror.Restored, ""},
		},
		{
			name: "the account has a login again",
			after: func(w *world) {
				w.mirror.items[w.paths.CopyName("")] = `{"schemaVersion":1,"keys":["` + work + `"]}`
				w.login(work)
			},
			plain:  is{mirror.Kept, ""},
			forced: is{mirror.Kept, ""},
		},
		{
			name:   "the pool has a login of it",
			before: func(w *world) { w.poolWas = w.read(w.paths.Pool()) },
			after:  func(w *world) { w.write(w.paths.Pool(), string(w.poolWas)) },
			plain:  is{mirror.Kept, ""},
			forced: is{mirror.Kept, ""},
		},
		{
			name: "there is a login whose owner is not known",
			after: func(w *world) {
				w.write(w.paths.OldInbox(), `{"schemaVersion":1,"claudeAiOauth":{"accessToken":"","refreshToken":"`+token("waits").Reveal()+`"}}`)
			},
			plain:  is{mirror.Lost, view.CodeBusy},
			forced: is{mirror.Lost, view.CodeBusy},
		},
		{
			name:   "the copy is not of this version",
			after:  func(w *world) { w.alter(work, "schemaVersion", 2) },
			plain:  is{mirror.Damaged, view.CodeKeyring},
			forced: is{mirror.Damaged, view.CodeKeyring},
		},
		{
			name:   "the copy is another account's",
			after:  func(w *world) { w.alter(work, "key", lab) },
			plain:  is{mirror.Damaged, view.CodeKeyring},
			forced: is{mirror.Damaged, view.CodeKeyring},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, force := range []bool{false, true} {
				w := mirrored(t)
				w.push()
				if c.before != nil {
					c.before(w)
				}
				w.lose()
				c.after(w)
				want := c.plain
				if force {
					want = c.forced
				}
				row := w.restore(mirror.RestoreRequest{Name: work, Force: force})[work]
				var code view.Code
				if row.Err != nil {
					wantCode(t, row.Err, want.code)
					code = row.Err.Code
				}
				if row.State != want.state || code != want.code {
					t.Errorf("force %v: %s (%s), want %s (%s)", force, row.State, code, want.state, want.code)
				}
				if a := w.vault().Get(work); row.State == mirror.Restored && (a == nil || a.Doubt != accounts.DoubtCopied) {
					t.Errorf("force %v: it is not unsure", force)
				} else if row.Err != nil && a != nil && a.Credential.Usable() {
					t.Errorf("force %v: it was taken back all the same", force)
				}
			}
		})
	}
}

// What the vault itself knows of a copy: a token that was used up, an older
// generation, an account that was removed.
func TestRestoreGoesByTheVault(t *testing.T) {
	t.Run("used up", func(t *testing.T) {
		w := mirrored(t)
		w.push()
		was := w.mirror.items[w.paths.CopyName(work)]
		if _, err := w.core.Refresh(t.Context(), work); err != nil {
			t.Fatal(err)
		}
		w.emptied(work, "spent")
		w.mirror.items[w.paths.CopyName(work)] = was
		w.alter(work, "generation", float64(time.Now().Add(time.Hour).UnixMilli()*2)) // not behind
		for _, force := range []bool{false, true} {
			row := w.restore(mirror.RestoreRequest{Name: work, Force: force})[work]
			if row.State != mirror.Behind || row.Err == nil || row.Err.Code != view.CodeNeedsLogin {
				t.Errorf("force %v: %+v", force, row)
			}
		}
		if w.account(work).Credential.Usable() {
			t.Error("a used-up login came back")
		}
	})
	t.Run("older", func(t *testing.T) {
		w := mirrored(t)
		w.push()
		w.emptied(work, "")
		w.alter(work, "generation", 1)
		row := w.restore(mirror.RestoreRequest{Name: work, Force: true})[work]
		if row.State != mirror.Behind || row.Err == nil {
			t.Errorf("%+v", row)
		}
	})
	t.Run("the newest", func(t *testing.T) {
		w := mirrored(t)
		w.push()
		w.emptied(work, "")
		row := w.restore(mirror.RestoreRequest{})[work]
		if row.State != mirror.Restored || row.Note != "" || w.view(work).Unsure {
			t.Errorf("the vault knows that this is the newest: %+v", row)
		}
		w.kept(everybody()...)
	})
	t.Run("removed", func(t *testing.T) {
		w := mirrored(t)
		w.push()
		if _, err := w.core.Remove(t.Context(), oauthcore.RemoveRequest{Name: work}); err != nil {
			t.Fatal(err)
		}
		row := w.restore(mirror.RestoreRequest{Name: work, Force: true})[work]
		if row.State != mirror.Removed || row.Err == nil || w.copied(work) != nil {
			t.Errorf("%+v, and the copy is there: %v", row, w.copied(work) != nil)
		}
		if a := w.vault().Get(work); !a.Removed || a.Credential.Usable() {
			t.Error("a removed account came back")
		}
	})
}

// emptied takes an account's login out of the vault and the pool, as if both
// had lost it, and the list of used-up ones unless keep says "spent".
func (w *world) emptied(key, keep string) {
	w.Helper()
	var doc, pool map[string]any
	if err := json.Unmarshal(w.read(w.paths.Vault()), &doc); err != nil {
		w.Fatal(err)
	}
	a := doc["accounts"].(map[string]any)[key].(map[string]any)
	delete(a, "claudeAiOauth")
	if keep != "spent" {
		delete(doc, "spent")
	}
	if err := json.Unmarshal(w.read(w.paths.Pool()), &pool); err != nil {
		w.Fatal(err)
	}
	delete(pool["accounts"].(map[string]any), key)
	for path, v := range map[string]any{w.paths.Vault(): doc, w.paths.Pool(): pool} {
		b, err := json.Marshal(v)
		if err != nil {
			w.Fatal(err)
		}
		w.write(path, string(b))
	}
}

// A live login whose owner is not known may be any account's newest: nothing is
// restored then.
func TestRestoreRefusesWithAnUnknownLiveLogin(t *testing.T) {
	w := mirrored(t)
	w.push()
	w.lose()
	w.write(w.paths.Credentials(), `{"claudeAiOauth":{"accessToken":"sk-ant-oat01-TEST-unknown","refreshToken":"`+token("unknown").Reveal()+`","scopes":["user:inference"]}}`)
	_, err := w.copies().Restore(t.Context(), mirror.RestoreRequest{Force: true})
	wantCode(t, err, view.CodeUnknownLive)
	if _, err := os.Stat(w.paths.Vault()); err == nil && len(w.vault().Accounts()) > 0 {
		t.Error("an account came back")
	}
}

// A vault from a backup does not overwrite a newer copy, and takes it back
// when told to: then nothing was used twice.
func TestCopyNewerThanARestoredBackup(t *testing.T) {
	w := mirrored(t)
	vault, pool := w.read(w.paths.Vault()), w.read(w.paths.Pool())
	if _, err := w.core.Refresh(t.Context(), work); err != nil {
		t.Fatal(err)
	}
	newest := w.account(work).Credential
	w.push()
	w.write(w.paths.Vault(), string(vault))
	w.write(w.paths.Pool(), string(pool))
	w.core = w.newCore(files.OS{})
	if !w.view(work).Unsure {
		t.Fatal("the backup was not noticed")
	}
	w.push()
	rows, err := w.copies().Push(t.Context(), mirror.PushRequest{Asked: true})
	if err != nil || w.copied(work)["refreshToken"] != newest.RefreshToken.Reveal() {
		t.Fatalf("%+v, %v: the newer copy was overwritten", rows, err)
	}
	st, err := w.copies().Status(t.Context())
	if err != nil || !slices.ContainsFunc(st.Rows, func(r mirror.Row) bool { return r.Key == work && r.State == mirror.Ahead }) {
		t.Errorf("%+v, %v", st, err)
	}
	if row := w.restore(mirror.RestoreRequest{Name: work})[work]; row.State != mirror.Kept || !strings.Contains(row.Note, "--force") {
		t.Errorf("%+v", row)
	}
	if row := w.restore(mirror.RestoreRequest{Name: work, Force: true})[work]; row.State != mirror.Restored {
		t.Errorf("%+v", row)
	}
	if a := w.account(work); !a.Credential.RefreshToken.Equal(newest.RefreshToken) || a.Doubt != accounts.DoubtCopied {
		t.Error("the newer login was not taken back, or is taken for sure")
	}
	if _, err := w.core.Refresh(t.Context(), work); err != nil {
		t.Error(err)
	}
	w.kept(work)
}

// A restored backup that is not noticed, because the machine's sequence number is
// gone too, does not overwrite newer copies either.
func TestUnnoticedBackupDoesNotOverwriteNewerCopies(t *testing.T) {
	w := mirrored(t)
	vault, pool := w.read(w.paths.Vault()), w.read(w.paths.Pool())
	w.clock.Add(time.Hour)
	if _, err := w.core.Refresh(t.Context(), work); err != nil {
		t.Fatal(err)
	}
	newest := w.account(work).Credential.RefreshToken.Reveal()
	w.push()
	w.lose()
	w.write(w.paths.Vault(), string(vault))
	w.write(w.paths.Pool(), string(pool))
	rows := w.push()
	if w.copied(work)["refreshToken"] != newest {
		t.Fatal("the newer copy was overwritten")
	}
	for _, row := range rows {
		if (row.State == mirror.Ahead) != (row.Key == work) {
			t.Errorf("%+v", row)
		}
	}
}

// A login made after everything was lost is ahead of its older copy.
func TestNewLoginReplacesOldCopy(t *testing.T) {
	w := mirrored(t)
	for range 3 {
		if _, err := w.core.Refresh(t.Context(), work); err != nil {
			t.Fatal(err)
		}
	}
	w.push()
	w.lose()
	w.clock.Add(time.Minute)
	w.login(work)
	w.push()
	if w.copied(work)["refreshToken"] != w.account(work).Credential.RefreshToken.Reveal() {
		t.Error("the old copy stands in the way of the new login")
	}
	if !strings.Contains(w.mirror.items[w.paths.CopyName("")], night) {
		t.Error("the copies of the accounts still lost are out of the index")
	}
}

// Each directory has its own copies.
func TestDirectoriesHaveTheirOwnCopies(t *testing.T) {
	w := mirrored(t)
	w.push()
	other := w.paths
	other.Secure = filepath.Join(filepath.Dir(w.paths.Secure), "other")
	other.State = filepath.Join(w.paths.State, "other")
	for _, key := range append(everybody(), "") {
		if other.CopyName(key) == w.paths.CopyName(key) {
			t.Errorf("%q has one name in both", key)
		}
	}
	w.paths = other
	core := w.newCore(files.OS{})
	_, err := w.copiesOf(core).Restore(t.Context(), mirror.RestoreRequest{})
	wantCode(t, err, view.CodeNotFound)
}

// No operation waits for a slow keyring: here it answers only after all of them
// have ended.
func TestSlowKeyringDelaysNoOperation(t *testing.T) {
	w := mirrored(t)
	stuck, free := make(chan struct{}), make(chan struct{})
	first := true
	w.mirror.before = func(_ context.Context, _ string) {
		if first {
			first = false
			close(stuck)
			<-free
		}
	}
	pushed := make(chan error, 1)
	go func() {
		_, err := w.copies().Push(context.Background(), mirror.PushRequest{})
		pushed <- err
	}()
	<-stuck
	var worst time.Duration
	for i := range 10 {
		since := time.Now()
		w.swap(oauthcore.SwapRequest{To: []string{work, personal}[i%2]})
		worst = max(worst, time.Since(since))
	}
	t.Logf("measured: the slowest of 10 swaps while the keyring hangs took %v", worst.Round(time.Millisecond))
	// A second push waits for its turn, and no longer than it may.
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := w.copiesOf(w.newCore(files.OS{})).Push(ctx, mirror.PushRequest{}); view.CodeOf(err) != view.CodeBusy {
		t.Errorf("two at a time: %v", err)
	}
	close(free)
	if err := <-pushed; err != nil {
		t.Error(err)
	}
}
