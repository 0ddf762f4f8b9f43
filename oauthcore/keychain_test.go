package oauthcore_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/keychain"
	"baton/oauthcore/view"
)

// newMac is a world of a Mac, with Personal live and everything in line.
func newMac(t *testing.T) *world {
	t.Helper()
	w := newWorldOf(t, "darwin")
	w.swap(oauthcore.SwapRequest{To: personal})
	w.security.runs = nil
	return w
}

// untouched runs an operation that must fail and leave both of Claude Code's
// places as they are, without a lock or a waiting file.
func (w *world) untouched(code view.Code, op func() error) *view.Problem {
	w.Helper()
	live, cfg := w.read(w.paths.Credentials()), w.read(w.paths.ClaudeJSON)
	e := wantCode(w.T, op(), code)
	if !bytes.Equal(live, w.read(w.paths.Credentials())) || !bytes.Equal(cfg, w.read(w.paths.ClaudeJSON)) {
		w.Errorf("%q, and something changed", e.Message)
	}
	w.tidied()
	return e
}

// tidied checks that no lock and no waiting file is left.
func (w *world) tidied() {
	w.Helper()
	w.unlocked()
	for _, path := range []string{w.paths.Credentials(), w.paths.ClaudeJSON, w.paths.Vault(), w.paths.OldInbox()} {
		if left, err := files.Leftovers(files.OS{}, path); err != nil || len(left) != 0 {
			w.Errorf("left behind: %v, %v", left, err)
		}
	}
}

func (w *world) swapping(to string) func() error {
	return func() error {
		_, err := w.core.Swap(context.Background(), oauthcore.SwapRequest{To: to})
		return err
	}
}

func (w *world) refreshing(key string) func() error {
	return func() error {
		_, err := w.core.Refresh(context.Background(), key)
		return err
	}
}

// Only what the item holds afterwards tells whether it was written.
func TestWhatSecuritySaysIsNotBelieved(t *testing.T) {
	w := newMac(t)
	w.security.forgets = true
	w.untouched(view.CodeFailed, w.swapping(work))
	w.security.forgets, w.security.late = false, true
	w.swap(oauthcore.SwapRequest{To: work})
	w.live(work)
}

// fill puts so much beside the login that a swap could not write it.
func (w *world) fill() {
	w.Helper()
	doc := string(w.read(w.paths.Credentials()))
	w.write(w.paths.Credentials(), strings.Replace(doc, `"mcpOAuth":{`, `"mcpOAuth":{"big|1":{"accessToken":"`+strings.Repeat("x", 2000)+`"},`, 1))
}

func TestALoginTooLongForTheKeychain(t *testing.T) {
	w := newMac(t)
	w.fill()
	e := w.untouched(view.CodeFailed, w.swapping(work))
	if !strings.Contains(e.Message, "bytes of at most") || !strings.Contains(e.Hint, "/mcp") {
		t.Errorf("%q, %q", e.Message, e.Hint)
	}
	// A refresh is not even sent: its answer could not be put there.
	calls := w.provider.State().Calls["refresh"]
	w.untouched(view.CodeFailed, w.refreshing(personal))
	if w.provider.State().Calls["refresh"] != calls || w.unsure(personal) {
		t.Error("the refresh was sent")
	}
	if _, err := w.core.Refresh(t.Context(), lab); err != nil {
		t.Errorf("of another account: %v", err)
	}
	if n := w.security.asked("add-generic-password"); n != 0 {
		t.Errorf("written %d times", n)
	}
	// A login over the live one is kept, and reaches Claude Code once it can.
	g := w.grant(personal)
	saved, err := save(t.Context(), w.core, g)
	if err != nil || saved.Key != personal || saved.Note == "" {
		t.Errorf("saved %+v, %v", saved, err)
	}
	if !w.account(personal).Credential.RefreshToken.Equal(g.RefreshToken) {
		t.Error("the new login was not kept")
	}
	cr := w.credential()
	w.write(w.paths.Credentials(), `{"claudeAiOauth":`+string(cr.JSON())+`}`)
	if err := w.core.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.live(personal)
	if !w.credential().RefreshToken.Equal(g.RefreshToken) {
		t.Error("Claude Code did not get the new login")
	}
}

// Nothing that was not in plain text on the disk comes to be there.
func TestNoTokenOnDiskButWhereTheyAreKept(t *testing.T) {
	w := newMac(t)
	op := ""
	var known []string
	w.security.before = func(string) {
		err := filepath.WalkDir(w.home.Dir, func(path string, d fs.DirEntry, err error) error {
			name := filepath.Base(path)
			if err != nil || d.IsDir() || path == w.paths.Credentials() {
				return err
			}
			doc, err := os.ReadFile(path)
			if err == nil && bytes.Contains(doc, []byte("sk-ant-")) && !strings.Contains(name, "accounts.json") && !strings.Contains(name, "oauth_pool.json") && filepath.Dir(path) != w.paths.Answers() {
				known = append(known, op+": "+name)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	op = "swap"
	w.swap(oauthcore.SwapRequest{To: work})
	op = "refresh"
	if _, err := w.core.Refresh(t.Context(), work); err != nil {
		t.Fatal(err)
	}
	op = "login"
	w.login(work)
	if len(known) != 0 {
		t.Errorf("tokens in %q", known)
	}
	if w.security.asked("add-generic-password") != 3 {
		t.Errorf("run: %q", w.security.runs)
	}
	w.live(work)
	w.tidied()
}

// during runs fn once, at the first look into the Keychain while the lock
// around writes is held: right before the item is replaced.
func (w *world) during(fn func()) {
	done := false
	w.security.before = func(command string) {
		if _, err := os.Stat(w.clientLocks()[2]); err == nil && command == "find-generic-password" && !done {
			done = true
			fn()
		}
	}
}

func TestAnItemThatChangesBeforeItsReplacement(t *testing.T) {
	w := newMac(t)
	w.during(w.clientRefreshes)
	if err := w.swapping(work)(); view.CodeOf(err) != view.CodeBusy {
		t.Fatalf("error = %v", err)
	}
	w.live(personal) // what the client wrote stands
	w.tidied()
	w.swap(oauthcore.SwapRequest{To: work})
	w.live(work)
	w.kept(personal, work)
}

func TestAnItemThatChangesRightAfterItsReplacement(t *testing.T) {
	w := newMac(t)
	wrote := false
	w.security.before = func(command string) {
		if wrote && command == "find-generic-password" {
			wrote = false
			w.clientRefreshes()
		}
		wrote = command == "add-generic-password"
	}
	wantCode(t, w.swapping(work)(), view.CodeBusy)
	w.swap(oauthcore.SwapRequest{To: work})
	w.live(work)
	w.kept(personal, work)
	w.tidied()
}

func TestAfterALostLockTheItemIsNotReplaced(t *testing.T) {
	w := newMac(t)
	outer := w.clientLocks()[1]
	w.during(func() {
		if err := errors.Join(os.Remove(outer), os.Mkdir(outer, 0o755)); err != nil {
			t.Error(err)
		}
	})
	live := w.read(w.paths.Credentials())
	err := w.swapping(work)()
	if e := wantCode(t, err, view.CodeBusy); !strings.Contains(e.Message, "lost") {
		t.Errorf("message %q", e.Message)
	}
	if !bytes.Equal(live, w.read(w.paths.Credentials())) || w.security.asked("add-generic-password") != 0 {
		t.Error("the item was replaced")
	}
	if _, err := os.Stat(outer); err != nil {
		t.Error("the new holder's lock was taken away")
	}
}

func TestADamagedItemIsNotTouched(t *testing.T) {
	for _, bad := range []string{`{"accounts":`, `[]`, `{"claudeAiOauth":7}`, "{\"claudeAiOauth\":\xff"} {
		w := newMac(t)
		w.write(w.paths.Credentials(), bad)
		w.untouched(view.CodeDamaged, w.swapping(work))
		w.untouched(view.CodeDamaged, w.refreshing(lab))
	}
}

// Where there is no item Claude Code goes by the file, and so does a swap.
func TestTheFileServesWhereThereIsNoItem(t *testing.T) {
	w := newWorld(t)
	s := newSecurity(filepath.Join(t.TempDir(), "value"), files.OS{}, t.Errorf)
	env := w.env
	env.GOOS, env.Keychain = "darwin", s.item()
	w.core = oauthcore.New(env)
	w.swap(oauthcore.SwapRequest{To: work})
	w.live(work)
	if n := s.asked("add-generic-password"); n != 0 {
		t.Errorf("the Keychain was written %d times", n)
	}
	// An item, once Claude Code makes one, comes first: also an empty one.
	w.write(s.path, `{"mcpOAuth":{"ü":1}}`)
	if v := w.core.Snapshot(t.Context()); v.Live.Present {
		t.Errorf("live: %+v", v.Live)
	}
	file := w.read(w.paths.Credentials())
	w.swap(oauthcore.SwapRequest{To: personal})
	if !bytes.Equal(file, w.read(w.paths.Credentials())) {
		t.Error("the file was written, too")
	}
	if doc := string(w.read(s.path)); !strings.HasPrefix(doc, `{"mcpOAuth":{"ü":1},"claudeAiOauth":{`) {
		t.Errorf("the item does not hold both")
	}
}

func TestClaudeItem(t *testing.T) {
	const plain = "Claude Code-credentials"
	for _, tt := range []struct {
		env  map[string]string
		want string
	}{
		{nil, plain},
		{map[string]string{"CLAUDE_CONFIG_DIR": "/Users/ada/claude"}, plain + "-39c03731"},
		{map[string]string{"CLAUDE_CONFIG_DIR": "/x", "CLAUDE_SECURESTORAGE_CONFIG_DIR": "/Users/ada/claude"}, plain + "-39c03731"},
		{map[string]string{"CLAUDE_CONFIG_DIR": "/Users/ada/caf\u00e9"}, plain + "-472bcbbc"},
		{map[string]string{"CLAUDE_CONFIG_DIR": "/Users/ada/cafe\u0301"}, plain + "-472bcbbc"},
	} {
		got := claude.Item(lookupIn(tt.env), macUser, keychain.Exec(keychain.Program))
		if got.Service != tt.want || got.Account != macUser || got.Run == nil {
			t.Errorf("%v: %q, want %q", tt.env, got.Service, tt.want)
		}
	}
}
