package oauthcore_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"baton/app/demo"
	"baton/oauthcore"
	"baton/oauthcore/accounts"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"
	"baton/oauthcore/provider"
	"baton/oauthcore/providertest"
	"baton/oauthcore/view"

	"github.com/tidwall/gjson"
)

// The accounts of the throw-away home.
const (
	personal = "ada@example.com"
	work     = "ada@corp.example"
	side     = "ada.side@example.com"
	lab      = "lab@uni.example"
	night    = "night@example.com"
)

// clock is a clock that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is a home with five accounts, the built-in provider over real HTTP,
// and a core on both.
type world struct {
	*testing.T
	clock    *clock
	provider *providertest.Provider
	home     demo.Home
	paths    claude.Paths
	core     *oauthcore.Core
	env      oauthcore.Env // of the core made last
	mirror   *fakeMirror   // nil: there is no keyring
	poolWas  []byte        // the pool, kept by a test
	expected int           // violations this test causes on purpose
	goos     string        // the system it is of
	security *security
}

// systemOf says which system the worlds of a test are of, by the test that
// tells its story.
func systemOf(t *testing.T) string {
	switch story, _, _ := strings.Cut(t.Name(), "/"); story {
	case "TestOnMacOS":
		return "darwin"
	case "TestOnWindows":
		return "windows"
	}
	return "linux"
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOf(t, systemOf(t))
}

func newWorldOf(t *testing.T, goos string) *world {
	t.Helper()
	w := &world{T: t, goos: goos, clock: &clock{at: time.Date(2026, 11, 23, 13, 13, 0, 0, time.UTC)}}
	w.provider = providertest.NewProvider(providertest.Options{Now: w.clock.Now})
	if _, err := w.provider.Start(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if v := w.provider.Violations(); len(v) != w.expected {
			t.Errorf("at the provider: %q", v)
		}
		if err := w.provider.Close(); err != nil {
			t.Error(err)
		}
	})
	home, err := demo.NewHome(filepath.Join(t.TempDir(), "home"), w.provider, w.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	w.home = home
	env := home.Setenv()
	w.paths, err = claude.PathsFrom(lookupIn(env), func() (string, error) { return home.Dir, nil })
	if err != nil {
		t.Fatal(err)
	}
	w.core = w.newCore(files.OS{})
	return w
}

// newCore stands for another process on the same home.
func (w *world) newCore(fsys files.FS) *oauthcore.Core {
	w.Helper()
	endpoints, err := provider.FromBase(w.provider.URL())
	if err != nil {
		w.Fatal(err)
	}
	env, s := setUp(oauthcore.Env{
		Paths: w.paths, FS: fsys, Locks: &files.Locks{}, Now: w.clock.Now, GOOS: w.goos,
		Provider: provider.New(endpoints, provider.Options{Now: w.clock.Now, Timeout: 5 * time.Second}),
	}, w.Errorf)
	w.security = s
	w.env = env
	core := oauthcore.New(env)
	core.Copies = w.copiesOf(core)
	return core
}

// lookupIn looks up variables in a map.
func lookupIn(env map[string]string) claude.Lookup {
	return func(name string) (string, bool) {
		value, set := env[name]
		return value, set
	}
}

// unsure says whether Baton knows that an account's login may be used up.
func (w *world) unsure(key string) bool {
	w.Helper()
	s, err := w.core.Read(context.Background())
	if err != nil {
		s = w.core.Salvage()
	}
	a := s.Vault.Get(key)
	if a == nil {
		w.Fatalf("the vault has no %s", key)
	}
	return s.Unsure(a)
}

// save keeps the answer to an authorization code.
func save(ctx context.Context, c *oauthcore.Core, g provider.Grant) (oauthcore.Saved, error) {
	p, err := c.PrepareLogin(ctx)
	if err != nil {
		return oauthcore.Saved{}, err
	}
	return p.Save(ctx, g)
}

// waitingLogins are the journal's entries that hold a login.
func (w *world) waitingLogins() (paths []string) {
	w.Helper()
	all, err := filepath.Glob(filepath.Join(w.paths.Answers(), "*.json"))
	if err != nil {
		w.Fatal(err)
	}
	for _, path := range all {
		if gjson.GetBytes(w.read(path), "claudeAiOauth").Exists() {
			paths = append(paths, path)
		}
	}
	return paths
}

// theEntry is the path of the journal's only entry.
func (w *world) theEntry() string {
	w.Helper()
	waiting := w.waitingLogins()
	if len(waiting) != 1 {
		w.Fatalf("%d answers wait in the journal", len(waiting))
	}
	return waiting[0]
}

func (w *world) read(path string) []byte {
	w.Helper()
	doc, err := os.ReadFile(path)
	if err != nil {
		w.Fatal(err)
	}
	return doc
}

func (w *world) write(path, doc string) {
	w.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
		w.Fatal(err)
	}
}

// set puts a raw JSON value at a path of members of a file.
func (w *world) set(path, value string, member ...string) {
	w.Helper()
	doc, err := jsonedit.Set(w.read(path), []byte(value), member...)
	if err != nil {
		w.Fatal(err)
	}
	w.write(path, string(doc))
}

// setAll puts raw JSON values at members of the object at a path of members.
func (w *world) setAll(path string, values map[string]string, object ...string) {
	w.Helper()
	for name, value := range values {
		w.set(path, value, append(slices.Clip(object), name)...)
	}
}

// del removes the member at a path of members of a file.
func (w *world) del(path string, member ...string) {
	w.Helper()
	doc, err := jsonedit.Delete(w.read(path), member...)
	if err != nil {
		w.Fatal(err)
	}
	w.write(path, string(doc))
}

// credential is the live login.
func (w *world) credential() accounts.Credential {
	w.Helper()
	cr, err := accounts.ParseCredential([]byte(gjson.GetBytes(w.read(w.paths.Credentials()), "claudeAiOauth").Raw))
	if err != nil {
		w.Fatal(err)
	}
	return cr
}

// vault is the vault as it stands.
func (w *world) vault() *accounts.Vault {
	w.Helper()
	v, err := accounts.ParseVault(w.read(w.paths.Vault()))
	if err != nil {
		w.Fatal(err)
	}
	return v
}

// account is one account of the vault.
func (w *world) account(key string) *accounts.Account {
	w.Helper()
	a := w.vault().Get(key)
	if a == nil {
		w.Fatalf("the vault has no %s", key)
	}
	return a
}

// view is one account as it is shown.
func (w *world) view(key string) view.Account {
	w.Helper()
	for _, a := range w.core.Snapshot(context.Background()).Accounts {
		if a.Key == key {
			return a
		}
	}
	w.Fatalf("%s is not shown", key)
	return view.Account{}
}

// live checks that both of Claude Code's files name one account and that its
// login is one the provider still takes.
func (w *world) live(key string) {
	w.Helper()
	who := w.resident(key)
	cfg := gjson.GetBytes(w.read(w.paths.ClaudeJSON), "oauthAccount")
	if got := cfg.Get("accountUuid").String(); got != who.Person.AccountUUID {
		w.Errorf(".claude.json names %s, want %s's %s", got, key, who.Person.AccountUUID)
	}
	if got := cfg.Get("emailAddress").String(); got != who.Person.Email {
		w.Errorf(".claude.json has the address %s", got)
	}
	cr := w.credential()
	if cr.AccountUUID != who.Person.AccountUUID || cr.OrganizationUUID != who.Person.OrganizationUUID {
		w.Errorf("the live login is %s's, want %s's", cr.AccountUUID, who.Person.AccountUUID)
	}
	for _, l := range w.provider.State().Logins {
		if l.RefreshFingerprint == cr.Fingerprint() {
			return
		}
	}
	w.Errorf("the provider does not know the live login of %s", key)
}

func (w *world) resident(key string) demo.Resident {
	w.Helper()
	for _, r := range w.home.Residents {
		if r.Key == key {
			return r
		}
	}
	w.Fatalf("nobody has the address %s", key)
	return demo.Resident{}
}

// swap swaps and fails the test where that fails.
func (w *world) swap(r oauthcore.SwapRequest) oauthcore.Swapped {
	w.Helper()
	done, err := w.core.Swap(context.Background(), r)
	if err != nil {
		w.Fatalf("swap %+v: %v", r, err)
	}
	return done
}

// kept checks that every login the provider still knows is in the vault, or
// where the test says so in the live file: nobody has to log in again.
func (w *world) kept(keys ...string) {
	w.Helper()
	alive := map[string]bool{}
	for _, l := range w.provider.State().Logins {
		alive[l.RefreshFingerprint] = true
	}
	for _, key := range keys {
		if a := w.account(key); !alive[a.Credential.Fingerprint()] {
			w.Errorf("the vault's login of %s is not one the provider takes", key)
		}
	}
}

var noon = time.Date(2026, 11, 23, 13, 13, 0, 0, time.UTC)

// wantCode checks an error's code and that it says what to do next.
func wantCode(t *testing.T, err error, code view.Code) *view.Problem {
	t.Helper()
	var e *view.Problem
	if !errors.As(err, &e) || e.Code != code {
		t.Fatalf("error = %v (%s), want %s", err, view.CodeOf(err), code)
	}
	if e.Hint == "" {
		t.Errorf("%q has no hint", e.Message)
	}
	for _, text := range []string{e.Message, e.Hint, err.Error()} {
		if strings.Contains(text, "sk-ant-") {
			t.Errorf("a token in %q", text)
		}
	}
	return e
}

// private checks that nothing of ours can be read by others.
func (w *world) private() {
	w.Helper()
	err := filepath.WalkDir(w.paths.Own(), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			w.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		w.Error(err)
	}
	for _, path := range []string{w.paths.Credentials(), w.paths.Pool()} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			w.Errorf("%s: %v, %v", path, info, err)
		}
	}
}

// onlyMember checks that two documents differ in one member at most.
func onlyMember(t *testing.T, before, after []byte, member string) {
	t.Helper()
	var a, b map[string]json.RawMessage
	if json.Unmarshal(before, &a) != nil || json.Unmarshal(after, &b) != nil {
		t.Fatal("a document does not parse")
	}
	if len(a) != len(b) {
		t.Errorf("%d members before, %d after", len(a), len(b))
	}
	for k := range a {
		if k != member && !bytes.Equal(a[k], b[k]) {
			t.Errorf("%s changed from %s to %s", k, a[k], b[k])
		}
	}
	at := bytes.Index(before, a[member])
	if at < 0 || !bytes.HasPrefix(after, before[:at]) || !bytes.HasSuffix(after, before[at+len(a[member]):]) {
		t.Errorf("bytes around %s changed", member)
	}
}

// settled has the provider asked about every account, as an import does.
func (w *world) settled() {
	w.Helper()
	if err := w.core.Settle(context.Background()); err != nil {
		w.Fatal(err)
	}
}
