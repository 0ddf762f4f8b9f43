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

func TestCopyable(t *testing.T) {
	for entry, want := range map[string]bool{
		login("a"):                                              true,
		login("a") + `,"removed":true`:                          false,
		login("a") + `,"needsLogin":true`:                       false,
		login("a") + `,"doubt":"sent"`:                          false,
		`"claudeAiOauth":{"accessToken":"sk-ant-oat01-TEST-a"}`: false,
		`"claudeAiOauth":{"accessToken":"x"},"needsLogin":true`: false,
		`"removed":true`:                                        false,
		``:                                                      false,
	} {
		f := filled(t, `{"accounts":{"a":{`+entry+`}}}`)
		if got := copyable(f.State, f.Vault.Get("a")); got != want {
			t.Errorf("%s: %v", entry, got)
		}
	}
}

// A copy is marked live only where there is a live login: then of its owner, or
// if that is not known of the account last seen live.
func TestLiveKey(t *testing.T) {
	for name, tt := range map[string]struct{ live, want string }{
		"no login":           {``, ""},
		"a tombstone":        {`"claudeAiOauth":{"accessToken":"","refreshToken":""}`, ""},
		"an account's":       {login("a"), "a"},
		"of an unknown one":  {login("x"), "b"},
		"of another account": {`"claudeAiOauth":{"accessToken":"x","accountUuid":"ada","organizationUuid":"own"}`, "c"},
	} {
		core := coreWith(t, `{"accounts":{"a":{`+login("a")+`},"b":{`+login("b")+`},"c":{"accountUuid":"ada","organizationUuid":"own"}}}`)
		for path, doc := range map[string]string{core.Paths.Usage(): `{"lastActive":"b"}`, core.Paths.Credentials(): `{` + tt.live + `}`} {
			if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s, err := core.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, asked := range []bool{false, true} {
			if key, err := New(core, nil, "").liveKey(t.Context(), s, asked); err != nil || key != tt.want {
				t.Errorf("%s: %q, %v", name, key, err)
			}
		}
	}
}
