package doctor

import (
	"bytes"
	"errors"
	"io/fs"
	"testing"

	"baton/oauthcore/files"
	"baton/oauthcore/jsonedit"
)

// gitignore(5), as git reads it.
func TestIgnores(t *testing.T) {
	for _, tt := range []struct {
		list, file string
		want       bool
	}{
		{"a", "a", true},
		{"a", "b", false},
		{"a", "a/b", true},
		{"a", "x/a/b", true},
		{"a/", "a", false},
		{"a/", "a/b", true},
		{"/a", "a", true},
		{"/a", "x/a", false},
		{"x/a", "x/a", true},
		{"x/a", "x/a/b", true},
		{"x/a", "y/x/a", false},
		{"x/a", "x", false},
		{"x/**", "x", false},
		{"x/**", "x/a", true},
		{"x/**", "x/a/b", true},
		{"**/a", "a", true},
		{"**/a", "x/y/a", true},
		{"**/a", "x/y/b", false},
		{"x/**/a", "x/a", true},
		{"x/**/a", "x/y/z/a", true},
		{"x/**/a", "y/a", false},
		{"*.json", "x/a.json", true},
		{"[!b]", "a", true},
		{"[!b]", "b", false},
		{"[", "[", false},
		{"a\n!a", "a", false},
		{"a\n!a/b", "a/b", true}, // its directory is ignored
		{"#a\n\n a ", "a", false},
		{"a  \r\n", "a", true},
		{"\ufeffa", "a", true},
	} {
		if got := ignores([]ignoreList{{patterns: parseIgnore(tt.list)}}, tt.file); got != tt.want {
			t.Errorf("%q, %s: %v", tt.list, tt.file, got)
		}
	}
	// A list counts for what lies in its directory, and a later one beats it.
	for file, want := range map[string]bool{"x/a": false, "x/b": true, "y/b": false, "xb": false, "a": true} {
		lists := []ignoreList{{patterns: parseIgnore("a")}, {base: "x", patterns: parseIgnore("!a\nb")}}
		if got := ignores(lists, file); got != want {
			t.Errorf("%s: %v", file, got)
		}
	}
}

func TestAccess(t *testing.T) {
	for mode, want := range map[fs.FileMode]string{
		0o602: "others can write it", 0o666: "others can write it", 0o620: "its group can write it", 0o664: "its group can write it",
		0o604: "others can read it", 0o644: "others can read it", 0o601: "others can read it", 0o640: "its group can read it", 0o700: "it is marked as a program",
	} {
		if got := access(mode); got != want {
			t.Errorf("%04o: %s, want %s", mode, got, want)
		}
	}
}

// What a document may be, and what counts as damage.
func TestChecks(t *testing.T) {
	for _, tt := range []struct {
		name  string
		check func([]byte) error
		doc   string
		ok    bool
	}{
		{"configuration", checkConfig, "", true},
		{"configuration", checkConfig, `{}`, true},
		{"configuration", checkConfig, "\ufeff{}", true},
		{"configuration", checkConfig, `{"oauthAccount":{}}`, true},
		{"configuration", checkConfig, `{"oauthAccount":null}`, true},
		{"configuration", checkConfig, `{"oauthAccount":1}`, false},
		{"configuration", checkConfig, `{"other":1}`, true},
		{"configuration", checkConfig, `{`, false},
		{"login", checkLogin, "", true},
		{"login", checkLogin, `{"claudeAiOauth":{"accessToken":"sk-ant-oat01-TEST"}}`, true},
		{"login", checkLogin, `{}`, false},
		{"login", checkLogin, `{"claudeAiOauth":`, false},
		{"settings", checkSettings, "", true},
		{"settings", checkSettings, "\ufeff{}", true},
		{"settings", checkSettings, `{"a":1}`, true},
		{"settings", checkSettings, `{"a":`, false},
	} {
		if err := tt.check([]byte(tt.doc)); (err == nil) != tt.ok {
			t.Errorf("%s %q: %v", tt.name, tt.doc, err)
		}
	}
	if err := checkSettings([]byte("{")); !errors.Is(err, jsonedit.ErrSyntax) {
		t.Error(err)
	}
}

// fileSystem is one that has one document.
type fileSystem struct {
	files.OS
	doc []byte
	err error
}

func (f fileSystem) ReadFile(string) ([]byte, error) { return f.doc, f.err }

func TestMarked(t *testing.T) {
	for _, tt := range []struct {
		fs   fileSystem
		want bool
	}{
		{fileSystem{doc: bytes.Clone(bom)}, true},
		{fileSystem{doc: []byte("\ufeff{}")}, true},
		{fileSystem{doc: []byte("{}")}, false},
		{fileSystem{doc: bytes.Clone(bom), err: fs.ErrPermission}, false},
	} {
		if got := marked(tt.fs, "x"); got != tt.want {
			t.Errorf("%q, %v: %v", tt.fs.doc, tt.fs.err, got)
		}
	}
}
