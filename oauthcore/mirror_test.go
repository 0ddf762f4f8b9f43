package oauthcore_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"baton/oauthcore"
	"baton/oauthcore/files"
	"baton/oauthcore/mirror"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
)

// fakeMirror is a keyring in memory.
type fakeMirror struct {
	mu    sync.Mutex
	items map[string]string
	asked []string // "get KEY", "put KEY", "delete KEY"
	loud  int      // how often it was opened for a person who waits
	err   error    // what every call fails with
	big   string   // a key whose item is too big
	most  int      // bytes of an item, 0 for no limit
	word  string   // BATON_KEYRING
	// before, where it is set, is called at the start of each call.
	before func(ctx context.Context, call string)
}

func (m *fakeMirror) open(asked bool) mirror.Keyring {
	m.mu.Lock()
	defer m.mu.Unlock()
	if asked {
		m.loud++
	}
	return m
}

// at notes a call.
func (m *fakeMirror) at(ctx context.Context, what, name string) error {
	call := what + " " + keyOf(name)
	if m.before != nil {
		m.before(ctx, call)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, call)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return m.err
}

// keyOf is the account's part of an item's name, "index" for the index.
func keyOf(name string) string {
	if _, key, ok := strings.Cut(name, ":"); ok {
		return key
	}
	return "index"
}

func (m *fakeMirror) Get(ctx context.Context, name string) (secret.Secret, error) {
	if err := m.at(ctx, "get", name); err != nil {
		return secret.Secret{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.items[name]
	if !ok {
		return secret.Secret{}, &view.Problem{Code: view.CodeKeyring, Message: "none", Err: mirror.ErrNoCopy}
	}
	return secret.New(value), nil
}

func (m *fakeMirror) Put(ctx context.Context, name string, value secret.Secret) error {
	if err := m.at(ctx, "put", name); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.big != "" && keyOf(name) == m.big || m.most > 0 && len(value.Reveal()) > m.most {
		return &view.Problem{Code: view.CodeKeyring, Message: "too big", Hint: "-", Err: mirror.ErrTooBig}
	}
	m.items[name] = value.Reveal()
	return nil
}

func (m *fakeMirror) Delete(ctx context.Context, name string) error {
	if err := m.at(ctx, "delete", name); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.items, name)
	return nil
}

// calls gives what was asked since the last time.
func (m *fakeMirror) calls() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.asked
	m.asked = nil
	return out
}

// locked is what a locked keyring answers.
func locked() error {
	return &view.Problem{Code: view.CodeKeyring, Message: "the keyring is locked", Hint: "unlock it"}
}

// copies is the mirror on the world's core and keyring.
func (w *world) copies() *mirror.Mirror { return w.copiesOf(w.core) }

func (w *world) copiesOf(core *oauthcore.Core) *mirror.Mirror {
	if w.mirror == nil {
		return mirror.New(core, nil, "")
	}
	return mirror.New(core, w.mirror.open, w.mirror.word)
}

// mirrored is a world with a keyring, its copies switched on and Baton's files
// made.
func mirrored(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.mirror = &fakeMirror{items: map[string]string{}}
	w.core = w.newCore(files.OS{})
	if err := w.core.Configure(t.Context(), "keyring.mirror", "on"); err != nil {
		t.Fatal(err)
	}
	if err := w.core.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// push copies in the background and fails the test where that fails.
func (w *world) push() []mirror.Row {
	w.Helper()
	rows, err := w.copies().Push(w.Context(), mirror.PushRequest{})
	if err != nil {
		w.Fatalf("push: %v", err)
	}
	return rows
}

// copied is an account's item as it stands.
func (w *world) copied(key string) map[string]any {
	w.Helper()
	value, ok := w.mirror.items[w.paths.CopyName(key)]
	if !ok {
		return nil
	}
	var item map[string]any
	if err := json.Unmarshal([]byte(value), &item); err != nil {
		w.Fatal(err)
	}
	return item
}

// alter changes one member of an item.
func (w *world) alter(key, member string, value any) {
	w.Helper()
	item := w.copied(key)
	item[member] = value
	doc, err := json.Marshal(item)
	if err != nil {
		w.Fatal(err)
	}
	w.mirror.items[w.paths.CopyName(key)] = string(doc)
}

// lose deletes every file of Baton's, and the pool.
func (w *world) lose() {
	w.Helper()
	for _, path := range []string{w.paths.Own(), w.paths.State, w.paths.Pool()} {
		if err := os.RemoveAll(path); err != nil {
			w.Fatal(err)
		}
	}
	w.mirror.word = "on" // the switch is lost, too
	w.core = w.newCore(files.OS{})
}

// restore takes back and gives the rows by key.
func (w *world) restore(r mirror.RestoreRequest) map[string]mirror.Row {
	w.Helper()
	rows, err := w.copies().Restore(w.Context(), r)
	if err != nil {
		w.Fatalf("restore %+v: %v", r, err)
	}
	out := map[string]mirror.Row{}
	for _, row := range rows {
		out[row.Key] = row
	}
	return out
}

func sorted(calls []string) []string {
	slices.Sort(calls)
	return calls
}

func everybody() []string { return []string{personal, work, side, lab, night} }

// A copy holds the newest login, says whether Claude Code used it, and is made
// once; the keyring is not called while nothing changed.
func TestPushCopiesWhatChanged(t *testing.T) {
	w := mirrored(t)
	w.push()
	index := w.mirror.items[w.paths.CopyName("")]
	for _, key := range everybody() {
		a, item := w.account(key), w.copied(key)
		if item == nil || !strings.Contains(index, key) {
			t.Fatalf("%s was not copied; the index is %s", key, index)
		}
		if item["refreshToken"] != a.Credential.RefreshToken.Reveal() || item["generation"] != float64(a.Generation) || item["live"] != (key == personal) {
			t.Errorf("the copy of %s is not its login, generation %v, live %v", key, item["generation"], item["live"])
		}
	}
	w.mirror.calls()
	if rows := w.push(); rows != nil || w.mirror.calls() != nil {
		t.Errorf("nothing changed: %v", rows)
	}
	if _, err := w.core.Limit(t.Context(), work, w.clock.Now().Add(1)); err != nil {
		t.Fatal(err)
	}
	w.push()
	if got := w.mirror.calls(); got != nil {
		t.Errorf("a mark changes no copy: %q", got)
	}
	was := w.account(work).Generation
	w.swap(oauthcore.SwapRequest{To: work})
	if w.account(work).Generation != was {
		t.Error("a swap raised the generation")
	}
	w.push()
	if got := sorted(w.mirror.calls()); !slices.Equal(got, []string{"get " + work, "get " + personal, "put " + work, "put " + personal}) {
		t.Errorf("after a swap: %q", got)
	}
	if w.copied(personal)["live"] != false || w.copied(work)["live"] != true {
		t.Error("the copies do not say which one is live")
	}
	if _, err := w.core.Refresh(t.Context(), night); err != nil {
		t.Fatal(err)
	}
	if _, err := w.core.Rename(t.Context(), lab, "Laboratory"); err != nil {
		t.Fatal(err)
	}
	w.push()
	if got := sorted(w.mirror.calls()); !slices.Equal(got, []string{"get " + lab, "get " + night, "put " + lab, "put " + night}) {
		t.Errorf("after a refresh and a new name: %q", got)
	}
	if got := w.account(night); w.copied(night)["refreshToken"] != got.Credential.RefreshToken.Reveal() || got.Generation <= was {
		t.Error("the refreshed login was not copied")
	}
	if w.copied(lab)["label"] != "Laboratory" {
		t.Error("the new name was not copied")
	}
	w.private()
}

// Copies are made only where they are switched on; the environment beats the
// switch, and an unknown value counts as off.
func TestCopiesOnlyWhereSwitchedOn(t *testing.T) {
	for _, c := range []struct {
		setting, word string
		want          bool
	}{
		{"off", "", false}, {"on", "", true}, {"off", "on", true}, {"on", "off", false}, {"on", "no", false}, {"off", "off", false},
	} {
		w := newWorld(t)
		w.mirror = &fakeMirror{items: map[string]string{}, word: c.word}
		w.core = w.newCore(files.OS{})
		if err := w.core.Configure(t.Context(), "keyring.mirror", c.setting); err != nil {
			t.Fatal(err)
		}
		if err := w.core.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.push()
		if got := len(w.mirror.items) > 0; got != c.want {
			t.Errorf("switch %s, environment %q: copied %v", c.setting, c.word, got)
		}
		_, err := w.copies().Push(t.Context(), mirror.PushRequest{Asked: true})
		if c.want != (err == nil) {
			t.Errorf("switch %s, environment %q: asked for: %v", c.setting, c.word, err)
		}
		if err != nil {
			wantCode(t, err, view.CodeKeyring)
		}
		if !c.want && w.mirror.calls() != nil {
			t.Errorf("switch %s, environment %q: the keyring was touched", c.setting, c.word)
		}
	}
	w := newWorld(t)
	if rows, err := w.copies().Push(t.Context(), mirror.PushRequest{}); rows != nil || err != nil {
		t.Errorf("where there is no keyring: %v, %v", rows, err)
	}
	_, err := w.copies().Restore(t.Context(), mirror.RestoreRequest{})
	wantCode(t, err, view.CodeUnsupported)
}

// A keyring in trouble is noted once, ends that round of copying, and is tried
// again with the next.
func TestKeyringTroubleIsNotedOnce(t *testing.T) {
	w := mirrored(t)
	w.mirror.err = locked()
	for range 3 {
		if _, err := w.copies().Push(t.Context(), mirror.PushRequest{}); view.CodeOf(err) != view.CodeKeyring {
			t.Fatal(err)
		}
	}
	if got := w.mirror.calls(); !slices.Equal(got, []string{"get index", "get index", "get index"}) {
		t.Errorf("a locked keyring was asked %q", got)
	}
	noted := 0
	acts, err := w.core.Activities()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range acts {
		if a.Kind == "notCopied" && a.Text == "the keyring is locked" {
			noted++
		}
	}
	st, err := w.copies().Status(t.Context())
	if noted != 1 || err != nil || st.Trouble != "the keyring is locked" || st.Err == nil || st.Rows[0].State != mirror.Unknown {
		t.Errorf("noted %d times; %+v, %v", noted, st, err)
	}
	w.mirror.err = nil
	w.push()
	if st, err = w.copies().Status(t.Context()); err != nil || st.Trouble != "" || len(w.mirror.items) != 6 {
		t.Errorf("%+v, %v, %d items", st, err, len(w.mirror.items))
	}
	// One item too big is its own trouble alone.
	w.mirror.items, w.mirror.big = map[string]string{}, work
	rows, err := w.copies().Push(t.Context(), mirror.PushRequest{Asked: true})
	if err != nil || len(rows) != 5 || len(w.mirror.items) != 5 {
		t.Fatalf("%v, %d rows, %d items", err, len(rows), len(w.mirror.items))
	}
	for _, row := range rows {
		if big := row.Key == work; (row.State == mirror.TooBig) != big || (row.Err != nil) != big {
			t.Errorf("%+v", row)
		}
	}
}

// The keyring is called with no lock of Claude Code's held, nor any of Baton's
// that an operation needs.
func TestKeyringIsCalledWithoutLocks(t *testing.T) {
	w := mirrored(t)
	w.swap(oauthcore.SwapRequest{To: work})
	other := w.newCore(files.OS{})
	called := 0
	w.mirror.before = func(ctx context.Context, call string) {
		called++
		for _, path := range []string{
			filepath.Join(w.paths.Secure, ".oauth_refresh.lock"), w.paths.Secure + ".lock",
			filepath.Join(w.paths.Secure, ".storage-write.lock"), w.paths.ClaudeJSON + ".lock",
		} {
			if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s: %s is there: %v", call, path, err)
			}
		}
		for _, path := range []string{w.paths.ClientLock(), w.paths.StoreLock(), w.paths.AccountLock(work)} {
			release, err := other.Locks.Lock(ctx, path)
			if err != nil {
				t.Errorf("%s: %s is held: %v", call, path, err)
				continue
			}
			release()
		}
	}
	w.push()
	if called == 0 {
		t.Error("the keyring was not called")
	}
	before := called
	w.restore(mirror.RestoreRequest{})
	if called == before {
		t.Error("restore did not call the keyring")
	}
}

// A removed account's copy is deleted, later where that is not possible at
// once, and even where copies are switched off since.
func TestCopyOfRemovedAccountIsDeleted(t *testing.T) {
	w := mirrored(t)
	w.push()
	w.mirror.err = locked()
	for _, key := range []string{lab, night} {
		if _, err := w.core.Remove(t.Context(), oauthcore.RemoveRequest{Name: key}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.copies().Push(t.Context(), mirror.PushRequest{}); err == nil || w.copied(lab) == nil {
		t.Fatalf("%v, and the copy is there: %v", err, w.copied(lab) != nil)
	}
	if err := w.core.Configure(t.Context(), "keyring.mirror", "off"); err != nil {
		t.Fatal(err)
	}
	w.mirror.err = nil
	w.push()
	if w.copied(lab) != nil || w.copied(night) != nil || w.copied(work) == nil {
		t.Error("the copies are not those of the accounts that are left")
	}
	if index := w.mirror.items[w.paths.CopyName("")]; strings.Contains(index, lab) || !strings.Contains(index, work) {
		t.Errorf("the index is %s", index)
	}
	if usage := string(w.read(w.paths.Usage())); strings.Contains(usage, lab) {
		t.Errorf("the usage store remembers %s: %s", lab, usage)
	}
	w.mirror.calls()
	w.push()
	if got := w.mirror.calls(); got != nil {
		t.Errorf("all was done, and yet: %q", got)
	}
}

// A keyring that does not answer is not called for a while, unless a person
// asks for it.
func TestSilentKeyringIsNotCalledForAWhile(t *testing.T) {
	w := mirrored(t)
	w.mirror.err = &view.Problem{Code: view.CodeKeyring, Message: "no answer", Err: mirror.ErrSilent}
	if _, err := w.copies().Push(t.Context(), mirror.PushRequest{}); err == nil {
		t.Fatal("it went well")
	}
	w.mirror.err = nil
	w.mirror.calls()
	w.clock.Add(9 * time.Minute)
	w.push()
	if got := w.mirror.calls(); got != nil {
		t.Errorf("nine minutes later it was asked %q", got)
	}
	if rows, err := w.copies().Push(t.Context(), mirror.PushRequest{Name: work, Asked: true}); err != nil || len(rows) != 1 {
		t.Errorf("asked for: %+v, %v", rows, err)
	}
	w.push()
	if w.copied(lab) == nil {
		t.Error("it is still left alone")
	}
}
