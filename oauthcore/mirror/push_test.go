package mirror

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"baton/oauthcore/accounts"
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
			// What is there already is not written again.
			k.left = 0
			if _, err := m.Push(t.Context(), PushRequest{Asked: true}); err != nil {
				t.Error(err)
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

// What became known of copies is noted; a removed account's record goes with its
// copy. Trouble is told once, and a silent keyring rests for ten minutes.
func TestNoteIn(t *testing.T) {
	core := coreWith(t, `{"accounts":{"a":{`+login("a")+`},"gone":{"removed":true}}}`)
	s, err := core.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	note := &accounts.CopyNote{Generation: 1}
	p := &push{Mirror: New(core, nil, ""), state: s, notes: map[string]*accounts.CopyNote{"a": note, "gone": nil, "nobody": nil, "index": note}}
	for _, key := range []string{"gone", "nobody"} {
		s.Usage.Record(key).Copied = note
	}
	s.Usage.CopyTrouble, s.Usage.CopyPause = "before", time.Now()
	p.noteIn(s.Usage, nil)
	if s.Usage.CopyTrouble != "" || !s.Usage.CopyPause.IsZero() || s.Usage.Peek("a").Copied != note || s.Usage.Peek("index").Copied != note || len(s.Usage.Records) != 2 {
		t.Errorf("%+v", s.Usage)
	}
	p.notes = map[string]*accounts.CopyNote{"a": nil}
	p.noteIn(s.Usage, nil)
	if s.Usage.Records["a"] == nil || s.Usage.Peek("a").Copied != nil {
		t.Error("an account whose copy is gone loses its record")
	}
	told := func() int {
		doc, err := os.ReadFile(core.Paths.Activity())
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		return strings.Count(string(doc), "notCopied")
	}
	for _, tt := range []struct {
		err  error
		told int
		rest time.Duration
	}{{ErrSilent, 1, 10 * time.Minute}, {ErrSilent, 1, 10 * time.Minute}, {context.Canceled, 1, 0}, {errStopped, 2, 0}, {errStopped, 2, 0}} {
		p.noteIn(s.Usage, problem("", tt.err))
		pause := s.Usage.CopyPause
		if tt.rest == 0 != pause.IsZero() || tt.rest != 0 && time.Until(pause).Round(time.Minute) != tt.rest || told() != tt.told {
			t.Errorf("%v: told %d times, rests until %v", tt.err, told(), pause)
		}
	}
}

// A canceled push ends with the context's own error.
func TestCanceledPush(t *testing.T) {
	for name, tt := range map[string]struct {
		cancel bool
		fail   error
		want   error
	}{
		"canceled":            {true, context.Canceled, context.Canceled},
		"canceled, otherwise": {true, errStopped, errStopped},
		"failed":              {false, errStopped, errStopped},
	} {
		core := coreWith(t, `{"accounts":{"a":{`+login("a")+`}}}`)
		ctx, cancel := context.WithCancel(t.Context())
		m := New(core, func(bool) Keyring {
			return busy{newMemory(), func() {
				if tt.cancel {
					cancel()
				}
			}}
		}, "on")
		s, err := core.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		p := &push{Mirror: m, state: s, on: true, due: s.Vault.Accounts(), notes: map[string]*accounts.CopyNote{}, k: failing{m.open(false), tt.fail}}
		err = p.carryOut(ctx)
		cancel()
		var problem *view.Problem
		if !errors.Is(err, tt.want) || errors.As(err, &problem) == (tt.want == context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// failing is a keyring whose writes fail.
type failing struct {
	Keyring
	err error
}

func (f failing) Put(ctx context.Context, name string, value secret.Secret) error {
	_ = f.Keyring.Put(ctx, name, value)
	return f.err
}
