package mirror

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"baton/oauthcore"
	"baton/oauthcore/claude"
	"baton/oauthcore/files"
	"baton/oauthcore/secret"
	"baton/oauthcore/view"
)

// linked is a mirror whose directory is reached through a symbolic link: there
// copies of earlier versions have other names.
func linked(t *testing.T) *Mirror {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "real"), 0o700); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink("real", link); err != nil {
		t.Skip("not run: no symbolic links here:", err)
	}
	core := oauthcore.New(oauthcore.Env{Paths: claude.Paths{Config: link, Secure: link}, FS: files.OS{}})
	return New(core, nil, "")
}

func copyOfKey(t *testing.T, key string) string {
	t.Helper()
	value, err := loginCopy{key: key, token: secret.New("sk-ant-ort01-TEST-copy")}.encode()
	if err != nil {
		t.Fatal(err)
	}
	return value.Reveal()
}

func TestReadUnderTheOldName(t *testing.T) {
	m := linked(t)
	name, old := m.core.Paths.CopyName("k"), m.core.Paths.OldCopyName("k")
	good := copyOfKey(t, "k")
	for what, tt := range map[string]struct {
		items map[string]string
		err   error
	}{
		"neither":                   {nil, ErrNoCopy},
		"the new name":              {map[string]string{name: good}, nil},
		"the old name":              {map[string]string{old: good}, nil},
		"both":                      {map[string]string{name: good, old: "{"}, nil},
		"the newer one is damaged":  {map[string]string{name: "{", old: good}, errShape},
		"the older one is damaged":  {map[string]string{old: "{"}, errShape},
		"a copy of another account": {map[string]string{name: copyOfKey(t, "other"), old: good}, errShape},
	} {
		k := newMemory()
		for n, value := range tt.items {
			k.items[n] = value
		}
		if l, err := m.read(t.Context(), k, "k"); !errors.Is(err, tt.err) || tt.err == nil && l.key != "k" {
			t.Errorf("%s: %v, %v", what, l.key, err)
		}
	}
}

// Both lists of keys count, without doubles; a part missing in either makes the
// list incomplete.
func TestKnownKeysUnderBothNames(t *testing.T) {
	m := linked(t)
	name, old := m.core.Paths.CopyName(""), m.core.Paths.OldCopyName("")
	list := func(parts int) string {
		return fmt.Sprintf(`{"schemaVersion":1,"keys":["a","%d"],"parts":%d}`, parts, parts)
	}
	for _, tt := range []struct{ parts, oldParts int }{{1, 1}, {2, 1}, {1, 2}, {2, 2}} {
		k := newMemory()
		k.items[name], k.items[old] = list(tt.parts), list(tt.oldParts)
		want := []string{"a", fmt.Sprint(tt.parts)}
		if tt.oldParts != tt.parts {
			want = append(want, fmt.Sprint(tt.oldParts))
		}
		keys, incomplete, err := m.knownKeys(t.Context(), k)
		if err != nil || !slices.Equal(keys, want) || incomplete != (tt.parts > 1 || tt.oldParts > 1) {
			t.Errorf("%+v: %q, incomplete %v, %v", tt, keys, incomplete, err)
		}
	}
	k := newMemory()
	k.items[name], k.items[old] = list(1), "{"
	if _, _, err := m.knownKeys(t.Context(), k); !errors.Is(err, errShape) {
		t.Errorf("%v", err)
	}
}

func TestDropUnderBothNames(t *testing.T) {
	m := linked(t)
	k := newMemory()
	for _, name := range []string{m.core.Paths.CopyName("k"), m.core.Paths.OldCopyName("k"), m.core.Paths.CopyName("other")} {
		k.items[name] = "x"
	}
	if err := m.drop(t.Context(), k, "k"); err != nil || len(k.items) != 1 || k.items[m.core.Paths.CopyName("other")] == "" {
		t.Errorf("%v, %v", err, k.items)
	}
	k.left = 0
	k.items[m.core.Paths.OldCopyName("k")] = "x"
	if err := m.drop(t.Context(), k, "k"); !errors.Is(err, errStopped) || len(k.items) != 2 {
		t.Errorf("%v, %v", err, k.items)
	}
	// Where there is one name it is deleted once: a second time may be refused.
	m.core.Paths.Secure, _ = filepath.EvalSymlinks(m.core.Paths.Secure)
	k.left = 1
	if err := m.drop(t.Context(), k, "k"); err != nil {
		t.Error(err)
	}
}

func TestParseCopy(t *testing.T) {
	for doc, ok := range map[string]bool{
		`{"schemaVersion":1,"key":"k","refreshToken":"x","generation":0}`:  true,
		`{"schemaVersion":1,"key":"k","refreshToken":"x"}`:                 true,
		`{"schemaVersion":1,"key":"k","refreshToken":"x","generation":-1}`: false,
		`{"schemaVersion":1,"key":"","refreshToken":"x"}`:                  false,
		`{"schemaVersion":1,"key":"k","refreshToken":""}`:                  false,
		`{"schemaVersion":2,"key":"k","refreshToken":"x"}`:                 false,
		`{`: false,
	} {
		if _, err := parseCopy(secret.New(doc)); (err == nil) != ok || err != nil && !errors.Is(err, errShape) {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

func TestNameOfACopy(t *testing.T) {
	l := loginCopy{key: "k", identity: ada, label: "Work"}
	if l.name() != "Work" {
		t.Error(l.name())
	}
	if l.label = ""; l.name() != "ada@example.com" {
		t.Error(l.name())
	}
	if l.identity.Email = ""; l.name() != "k" {
		t.Error(l.name())
	}
}

// The environment beats the switch, and any word but "on" is off.
func TestOnByTheEnvironment(t *testing.T) {
	open := func(bool) Keyring { return newMemory() }
	for word, want := range map[string]bool{"on": true, "off": false, "1": false} {
		m := New(linked(t).core, open, word)
		if on, byEnvironment, err := m.On(); on != want || !byEnvironment || err != nil || (m.barred() == nil) != want {
			t.Errorf("%s: %v, %v, %v", word, on, byEnvironment, err)
		}
	}
	for _, word := range []string{"on", ""} {
		m := New(linked(t).core, nil, word)
		if on, byEnvironment, err := m.On(); on || byEnvironment != (word != "") || err != nil || m.barred() == nil {
			t.Errorf("without a keyring: %v, %v, %v", on, byEnvironment, err)
		}
	}
	if New(nil, open, "").barred() != nil {
		t.Error("barred where no word is set")
	}
}

// The account that a problem names already stays; the problem itself does not
// change.
func TestProblemNamesTheAccount(t *testing.T) {
	if problem("k", nil) != nil {
		t.Error("no error")
	}
	for _, tt := range []struct{ have, key, want string }{{"", "k", "k"}, {"x", "k", "x"}, {"", "", ""}, {"x", "", "x"}} {
		p := &view.Problem{Code: view.CodeFailed, Key: tt.have}
		if got := problem(tt.key, fmt.Errorf("around: %w", p)); got.Key != tt.want || got.Code != view.CodeFailed || p.Key != tt.have {
			t.Errorf("%+v: %q", tt, got.Key)
		}
	}
	for _, err := range []error{errShape, errStopped} {
		if got := problem("k", err); got.Code != view.CodeKeyring || got.Key != "k" || !errors.Is(got, err) || got.Hint == "" {
			t.Errorf("%v: %+v", err, got)
		}
	}
}
