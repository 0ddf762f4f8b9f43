package tray

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"baton/app/backend"
)

// declared are the keys of keys.go by their constant, and which are plurals.
func declared(t *testing.T) (names map[string]string, plurals map[string]bool) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "keys.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	names, plurals = map[string]string{}, map[string]bool{}
	for _, d := range file.Decls {
		for _, spec := range d.(*ast.GenDecl).Specs {
			v, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			name, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			names[v.Names[0].Name] = name
			plurals[name] = v.Type.(*ast.Ident).Name == "plural"
		}
	}
	return names, plurals
}

// used are the identifiers of the package's code but keys.go.
func used(t *testing.T) map[string]bool {
	t.Helper()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
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

// gaps are the names a wording leaves open.
func gaps(text string) []string {
	var names []string
	for _, part := range strings.Split(text, "{{.")[1:] {
		name, _, _ := strings.Cut(part, "}}")
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// What the code says is in both catalogues, leaves the same open in both, and
// nothing else is in them.
func TestEveryWordOfTheTrayIsThere(t *testing.T) {
	names, plurals := declared(t)
	if len(names) < 40 {
		t.Fatalf("only %d keys were found", len(names))
	}
	in := used(t)
	for name, k := range names {
		if !in[name] {
			t.Errorf("%s (%q) is not used", name, k)
		}
	}
	one, two := Speak("en"), Speak("de")
	for k, plural := range plurals {
		for _, s := range []Speech{one, two} {
			if plural && (s.plurals[k]["one"] == "" || s.plurals[k]["other"] == "") || !plural && s.texts[k] == "" {
				t.Errorf("%s: %q is missing", s.language, k)
			}
		}
		if a, b := gaps(one.texts[k]+one.plurals[k]["other"]), gaps(two.texts[k]+two.plurals[k]["other"]); !slices.Equal(a, b) {
			t.Errorf("%q leaves open %v in one language, %v in the other", k, a, b)
		}
	}
	for _, l := range []string{"en", "de"} {
		doc, err := words.ReadFile("words/" + l + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]any
		if err := json.Unmarshal(doc, &all); err != nil {
			t.Fatalf("%s: %v", l, err)
		}
		for k := range all {
			if _, there := plurals[k]; !there {
				t.Errorf("%s: %q is not used", l, k)
			}
		}
	}
	for _, k := range []key{textWeekdays, textMonths} {
		if a, b := len(strings.Fields(one.say(k))), len(strings.Fields(two.say(k))); a != b {
			t.Errorf("%s: %d and %d words", k, a, b)
		}
	}
}

func TestLanguagesOfTheTray(t *testing.T) {
	for code, want := range map[string]string{"": "en", "C": "en", "pl_PL": "en", "de": "de", "de_AT.UTF-8": "de", "DE": "de"} {
		if got := Speak(code).language; got != want {
			t.Errorf("%q speaks %q, want %q", code, got, want)
		}
	}
	s := people()
	s.Accounts[0].Label = "{{.At}} {{.N}}"
	got := spelled(Speak("de").Menu(s, "", noon()))
	for _, want := range []string{
		"- {{.At}} {{.N}} ist aktiv · noch 39 %", "Side project · begrenzt bis 14:05", "old_laptop@example.com · Anmeldung nötig > log in d",
		"- Resting · pausiert", "Zum nächsten wechseln: Work", "Konto hinzufügen…", "Baton öffnen", "Beenden",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	s.Accounts = s.Accounts[:3]
	s.Next, s.Accounts[0].State, s.Accounts[0].LimitedUntil = nil, backend.StateLimited, noon().Add(30*3600e9)
	if got := spelled(Speak("de").Menu(s, "", noon())); !strings.Contains(got, "begrenzt bis Do 18:00") || !strings.Contains(got, "Kein Konto ist frei vor 14:05") {
		t.Errorf("the menu is\n%s", got)
	}
}
