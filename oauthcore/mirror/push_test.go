package mirror

import (
	"context"
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"baton/oauthcore/files"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
)

// A push waits for another one: a minute where a person asked for it, a quarter
// of a second in the background.
func TestPushWaitsForAnotherPush(t *testing.T) {
	for asked, wait := range map[bool]time.Duration{true: time.Minute, false: 250 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			core := coreWith(t, `{"accounts":{"a":{`+login("a")+`}}}`)
			k := newMemory()
			m := New(core, func(bool) Keyring { return k }, "on")
			release, err := new(files.Locks).Lock(t.Context(), core.Paths.MirrorLock())
			if err != nil {
				t.Fatal(err)
			}
			since := time.Now()
			if _, err := m.Push(t.Context(), PushRequest{Asked: asked}); view.CodeOf(err) != view.CodeBusy || time.Since(since) != wait || len(k.items) != 0 {
				t.Errorf("asked %v: %v after %v", asked, err, time.Since(since))
			}
			release()
			if rows, err := m.Push(t.Context(), PushRequest{Asked: asked}); err != nil || len(rows) != 1 || rows[0].State != OK || len(k.items) != 2 {
				t.Errorf("asked %v: %+v, %v", asked, rows, err)
			}
		})
	}
}

// Where nothing is due no lock is waited for.
func TestPushOfNothing(t *testing.T) {
	for _, vault := range []string{`{"accounts":{}}`, `{"accounts":{"a":{"needsLogin":true,` + login("a") + `}}}`} {
		core := coreWith(t, vault)
		release, err := new(files.Locks).Lock(t.Context(), core.Paths.MirrorLock())
		if err != nil {
			t.Fatal(err)
		}
		m := New(core, func(bool) Keyring { t.Error("the keyring was opened"); return newMemory() }, "on")
		if rows, err := m.Push(t.Context(), PushRequest{}); rows != nil || err != nil {
			t.Errorf("%s: %v, %v", vault, rows, err)
		}
		release()
	}
}

// busy is a keyring during whose writes other programs change the vault.
type busy struct {
	*memory
	change func()
}

func (b busy) Put(ctx context.Context, name string, value secret.Secret) error {
	b.change()
	return b.memory.Put(ctx, name, value)
}

// What changes meanwhile is copied too, three times at most; a person's push is
// done once.
func TestPushLooksAgain(t *testing.T) {
	for asked, want := range map[bool]int{false: 3, true: 1} {
		core := coreWith(t, `{"accounts":{"a":{`+login("a")+`}}}`)
		n := 0
		k := busy{newMemory(), func() {
			n++
			doc := fmt.Sprintf(`{"accounts":{"a":{"generation":%d,%s}}}`, n, login("a"))
			if err := os.WriteFile(core.Paths.Vault(), []byte(doc), 0o600); err != nil {
				t.Fatal(err)
			}
		}}
		m := New(core, func(bool) Keyring { return k }, "on")
		rows, err := m.Push(t.Context(), PushRequest{Asked: asked})
		if err != nil || len(rows) != want {
			t.Errorf("asked %v: %d rows, %v", asked, len(rows), err)
		}
	}
}
