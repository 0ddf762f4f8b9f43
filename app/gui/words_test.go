//go:build cgo || js

package gui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"

	"baton/app/backend"
)

// declared are the keys of keys.go by the name of their constant, and which of
// them have a plural.
func declared(t *testing.T) (keys map[string]string, plurals map[string]bool) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "keys.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	keys, plurals = map[string]string{}, map[string]bool{}
	for _, d := range file.Decls {
		for _, spec := range d.(*ast.GenDecl).Specs {
			v := spec.(*ast.ValueSpec)
			name, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			if _, twice := plurals[name]; twice {
				t.Errorf("the key %q is declared twice", name)
			}
			keys[v.Names[0].Name] = name
			plurals[name] = v.Type.(*ast.Ident).Name == "plural"
		}
	}
	return keys, plurals
}

// named are the names of all identifiers of the package's code but keys.go.
func named(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") || f.Name() == "keys.go" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				found[id.Name] = true
			}
			return true
		})
	}
	return found
}

// TestEveryWordIsThere: what the code says is in both catalogues, and these
// hold nothing else.
func TestEveryWordIsThere(t *testing.T) {
	keys, plurals := declared(t)
	if len(keys) < 150 {
		t.Fatalf("only %d keys were found", len(keys))
	}
	in := named(t)
	for name, k := range keys {
		if !in[name] {
			t.Errorf("%s (%q) is not used", name, k)
		}
	}
	for _, l := range []language{langEnglish, langGerman} {
		catalogue, err := readCatalogue(l)
		if err != nil {
			t.Fatal(err)
		}
		for k, plural := range plurals {
			switch text := catalogue[k].(type) {
			case nil:
				t.Errorf("%s: %q is missing", l, k)
			case string:
				if plural || text == "" {
					t.Errorf("%s: %q is %q, plural %v", l, k, text, plural)
				}
			case map[string]any:
				if !plural || text["one"] == nil || text["other"] == nil {
					t.Errorf("%s: %q is %v, plural %v", l, k, text, plural)
				}
			}
		}
		for k := range catalogue {
			if _, there := plurals[k]; !there {
				t.Errorf("%s: %q is not used", l, k)
			}
		}
	}
}

// openIn are the names a wording leaves open.
func openIn(t *testing.T, wording string) string {
	t.Helper()
	if _, err := template.New("").Parse(wording); err != nil {
		t.Errorf("%q: %v", wording, err)
	}
	var names []string
	for _, part := range strings.Split(wording, "{{.")[1:] {
		name, _, _ := strings.Cut(part, "}}")
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), " ")
}

// TestWordingsLeaveTheSameOpen: a translation that lost a name, or has one
// that nobody fills in, would say less, or "<no value>".
func TestWordingsLeaveTheSameOpen(t *testing.T) {
	english, err := readCatalogue(langEnglish)
	if err != nil {
		t.Fatal(err)
	}
	german, err := readCatalogue(langGerman)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range slices.Sorted(maps.Keys(english)) {
		switch e := english[k].(type) {
		case string:
			if g, _ := german[k].(string); openIn(t, e) != openIn(t, g) {
				t.Errorf("%s: %q and %q leave different things open", k, e, g)
			}
		case map[string]any:
			g, _ := german[k].(map[string]any)
			if openIn(t, e["other"].(string)) != openIn(t, g["other"].(string)) {
				t.Errorf("%s: %q and %q leave different things open", k, e["other"], g["other"])
			}
		}
	}
	for _, k := range []key{textWeekdays, textMonths} {
		if a, b := len(strings.Fields(english[string(k)].(string))), len(strings.Fields(german[string(k)].(string))); a != b {
			t.Errorf("%s: %d and %d words", k, a, b)
		}
	}
}

// TestLanguages: the same moment, number and problem in both languages.
func TestLanguages(t *testing.T) {
	defer func() {
		if err := speak(langEnglish); err != nil {
			t.Error(err)
		}
	}()
	now := tuesday()
	problem := &backend.Problem{Code: backend.ProblemNeedsLogin, Message: "the provider said no", Hint: "log in"}
	damaged := &backend.Problem{Code: backend.ProblemDamaged, Message: "pool.json does not parse", Hint: "mend it"}
	for _, c := range []struct {
		l    language
		want []string
	}{
		{langEnglish, []string{"Wed 00:13", "1 Dec 13:13", "3 h ago", "1 d ago", "in 2 days", "1 of 1 account free now", "2 of 3 accounts free now", "61%", "88% left", "the provider said no", "pool.json does not parse"}},
		{langGerman, []string{"Mi 00:13", "1. Dez. 13:13", "vor 3 Std.", "vor 1 Tag", "in 2 Tagen", "1 von 1 Konto frei", "2 von 3 Konten frei", "61 %", "noch 88 %", "der Anbieter nimmt diese Anmeldung nicht mehr an", "pool.json does not parse"}},
	} {
		if err := speak(c.l); err != nil {
			t.Fatal(err)
		}
		one, _ := problemWords(problem)
		two, _ := problemWords(damaged)
		got := []string{
			clock(now.Add(11*3600e9), now), clock(now.Add(7*24*3600e9), now),
			ago(3 * 3600e9), ago(25 * 3600e9), within(49 * 3600e9),
			trn(textFree, 1, "Free", 1), trn(textFree, 3, "Free", 2), textPercentOf(61), reasonText("88% left"), one, two,
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %q, want %q", c.l, got[i], c.want[i])
			}
		}
		if speaking() != c.l {
			t.Errorf("speaking %q, want %q", speaking(), c.l)
		}
	}
}

// TestSystemLanguage: with nothing chosen, German where the system is German,
// else English, whatever language that is.
func TestSystemLanguage(t *testing.T) {
	defer func() {
		if err := speak(langEnglish); err != nil {
			t.Error(err)
		}
	}()
	for system, want := range map[string]language{
		"de_AT.UTF-8": langGerman, "en_GB.UTF-8": langEnglish, "pl_PL.UTF-8": langEnglish, "fr_FR": langEnglish, "C": langEnglish,
	} {
		for _, name := range []string{"LC_ALL", "LANG", "LANGUAGE"} {
			t.Setenv(name, system)
		}
		if err := speak(langSystem); err != nil {
			t.Fatal(err)
		}
		if got := speaking(); got != want {
			t.Errorf("on a system that speaks %s: %q, want %q", system, got, want)
		}
		if got := trn(textInDays, 3); !strings.Contains(got, "3") {
			t.Errorf("on a system that speaks %s three days are %q", system, got)
		}
	}
}

// What actions wait for is said in the language spoken.
func TestWaitsAreTranslated(t *testing.T) {
	defer func() {
		if err := speak(langEnglish); err != nil {
			t.Error(err)
		}
	}()
	for _, l := range []language{langEnglish, langGerman} {
		if err := speak(l); err != nil {
			t.Fatal(err)
		}
		for _, w := range backend.Waits() {
			if own := waitWords(w) == w.String(); own != (l == langEnglish) {
				t.Errorf("%s, in %s: %q", w, l, waitWords(w))
			}
		}
		if got := waitWords("oracle"); got != "oracle" {
			t.Errorf("of a newer Baton: %q", got)
		}
	}
}

// A page tells of the keyring's switch what a window need not.
func TestTheKeyringElsewhere(t *testing.T) {
	defer func() {
		if err := speak(langEnglish); err != nil {
			t.Error(err)
		}
	}()
	for l, want := range map[language]string{langEnglish: "stays locked", langGerman: "bleibt gesperrt"} {
		if err := speak(l); err != nil {
			t.Fatal(err)
		}
		s := backend.Setting{Key: "keyring.mirror", About: "Keeps a copy."}
		_, here := settingWords(s, false)
		_, there := settingWords(s, true)
		if strings.Contains(here, want) || !strings.HasPrefix(there, here) || !strings.Contains(there, want) {
			t.Errorf("in %s: here %q, elsewhere %q", l, here, there)
		}
	}
}
