package oauthcore_test

import (
	"context"
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

// waitingLogin leaves a login in the journal whose owner the provider does not
// name.
func (w *world) waitingLogin() {
	w.Helper()
	w.write(w.paths.OldInbox(), `{"schemaVersion":1,"claudeAiOauth":{"accessToken":"sk-ant-oat01-TEST-waits","refreshToken":"`+token("waits").Reveal()+`"}}`)
}

// unidentified adds an account whose owner is not known.
func (w *world) unidentified(key, email string) {
	w.Helper()
	err := w.core.Update(context.Background(), func(s *oauthcore.State) error {
		cr, err := accounts.NewCredential(func(c *accounts.Credential) { c.RefreshToken = token("unidentified") })
		s.Vault.Save(s.Vault.Add(key, accounts.Identity{Email: email}), cr)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
}

func TestRestoreRefusesWhileALoginWaits(t *testing.T) {
	w := mirrored(t)
	w.push()
	w.lose()
	w.waitingLogin()
	row := w.restore(mirror.RestoreRequest{Name: work, Force: true})[work]
	if row.State != mirror.Lost || row.Err == nil || row.Err.Code != view.CodeBusy || !strings.Contains(row.Err.Message, "waits to be saved") {
		t.Errorf("%+v", row)
	}
}

func TestTakeNewerLeavesALoginWithRivals(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*world)
		code   view.Code
	}{
		{name: "a login waits to be saved", change: (*world).waitingLogin},
		{name: "an unidentified login of the same address", change: func(w *world) { w.unidentified("another name", work) }},
		{name: "an unidentified login without an address", change: func(w *world) { w.unidentified("another name", "unknown") }},
		{name: "an unknown live login", code: view.CodeUnknownLive, change: func(w *world) {
			w.write(w.paths.Credentials(), `{"claudeAiOauth":{"accessToken":"sk-ant-oat01-TEST-unknown","refreshToken":"`+token("unknown").Reveal()+`"}}`)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, newest := backedUp(t)
			c.change(w)
			taken, _, err := w.copies().TakeNewer(t.Context(), work)
			if taken || view.CodeOf(err) != c.code || w.account(work).Credential.RefreshToken.Equal(newest) {
				t.Errorf("taken %v, %v", taken, err)
			}
		})
	}
}

// While an unsure login is replaced, no refresh of it may be under way.
func TestForcedRestoreHoldsTheAccountLock(t *testing.T) {
	w, newest := backedUp(t)
	other, opened := w.newCore(files.OS{}), 0
	w.core.Step = func(step string) {
		if step != "open.locked" {
			return
		}
		opened++
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if release, err := other.Locks.Lock(ctx, w.paths.AccountLock(work)); err == nil {
			release()
			t.Error("the account's lock is free")
		}
	}
	_, err := w.copies().Restore(w.Context(), mirror.RestoreRequest{Name: work, Force: true})
	if err != nil || opened == 0 || !w.account(work).Credential.RefreshToken.Equal(newest) {
		t.Errorf("%v, opened %d times, or not replaced", err, opened)
	}
}

func TestGenerationNeverFallsBehindTheCopy(t *testing.T) {
	w, _ := backedUp(t)
	const far = int64(4102444800000) // a clock that was wrong
	w.alter(work, "generation", far)
	if taken, _, err := w.copies().TakeNewer(t.Context(), work); err != nil || !taken || w.account(work).Generation < far {
		t.Errorf("taken %v, generation %d, %v", taken, w.account(work).Generation, err)
	}
}

// Claude Code may have renewed a login after it was copied, also where the vault
// counts no later one.
func TestRestoredLiveCopyIsUnsure(t *testing.T) {
	w := mirrored(t)
	w.push()
	w.emptied(work, "")
	w.alter(work, "live", true)
	if row := w.restore(mirror.RestoreRequest{Name: work, Force: true})[work]; row.State != mirror.Restored || row.Note == "" || w.account(work).Doubt == "" {
		t.Errorf("%+v, doubt %q", row, w.account(work).Doubt)
	}
}

// A login the vault has under another key is not restored a second time.
func TestRestoreOfALoginUnderAnotherKey(t *testing.T) {
	w := mirrored(t)
	w.push()
	token := w.account(work).Credential
	w.lose()
	err := w.core.Update(t.Context(), func(s *oauthcore.State) error {
		s.Vault.Save(s.Vault.Add("another name", accounts.Identity{Email: work}), token)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	rows := w.restore(mirror.RestoreRequest{Name: work, Force: true})
	if len(rows) != 1 || rows["another name"].State != mirror.Kept {
		t.Errorf("%+v", rows)
	}
}

// An unidentified account that was itself restored stands in the way of none.
func TestRestoreOfTwoAccountsOfOneAddress(t *testing.T) {
	w := mirrored(t)
	w.push()
	w.lose()
	w.alter(lab, "email", night)
	rows := w.restore(mirror.RestoreRequest{})
	if rows[lab].State != mirror.Restored || rows[night].State != mirror.Restored {
		t.Errorf("%+v, %+v", rows[lab], rows[night])
	}
}

// A login that may be used up is not copied, and is shown as such.
func TestUnsureLoginIsNotCopied(t *testing.T) {
	w, _ := backedUp(t)
	for _, key := range everybody() {
		delete(w.mirror.items, w.paths.CopyName(key))
	}
	rows, err := w.copies().Push(t.Context(), mirror.PushRequest{Name: work, Asked: true})
	if err != nil || len(rows) != 1 || rows[0].State != mirror.Unsure || rows[0].Err == nil || w.copied(work) != nil {
		t.Errorf("%+v, %v", rows, err)
	}
	st, err := w.copies().Status(t.Context())
	if err != nil || !slices.ContainsFunc(st.Rows, func(r mirror.Row) bool { return r.Key == work && r.State == mirror.Unsure }) {
		t.Errorf("%+v, %v", st, err)
	}
}

// An index that could not be written is written by the next push that has
// something to copy.
func TestIndexIsWrittenAfterTrouble(t *testing.T) {
	w := mirrored(t)
	w.mirror.big = "index"
	if _, err := w.copies().Push(t.Context(), mirror.PushRequest{}); view.CodeOf(err) != view.CodeKeyring {
		t.Fatal(err)
	}
	w.mirror.big = ""
	if _, err := w.core.Rename(t.Context(), work, "Desk"); err != nil {
		t.Fatal(err)
	}
	w.push()
	if !strings.Contains(w.mirror.items[w.paths.CopyName("")], night) {
		t.Error("the index was not written")
	}
}

// A part of the index that was lost is reported, and written again.
func TestIndexPartLost(t *testing.T) {
	w := mirrored(t)
	w.push()
	root := w.paths.CopyName("")
	w.mirror.items[root] = strings.Replace(w.mirror.items[root], `}`, `,"parts":2,"set":"a"}`, 1)
	st, err := w.copies().Status(t.Context())
	if err != nil || st.Err == nil || !strings.Contains(st.Err.Message, "is missing") || len(st.Rows) != 5 {
		t.Errorf("%+v, %v", st, err)
	}
	if _, err := w.copies().Push(t.Context(), mirror.PushRequest{Asked: true}); err != nil {
		t.Fatal(err)
	}
	if st, err = w.copies().Status(t.Context()); err != nil || st.Err != nil {
		t.Errorf("%+v, %v", st, err)
	}
}
