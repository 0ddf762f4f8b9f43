//go:build cgo || js

package gui

import (
	"embed"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

// key names a text of the catalogues, plural one that depends on a number.
type (
	key    string
	plural string
)

//go:embed words/en.json words/de.json
var words embed.FS

// language is what the window speaks: langSystem, langEnglish or langGerman.
type language string

const (
	langSystem  language = ""
	langEnglish language = "en"
	langGerman  language = "de"
)

// pluralForms are all that languages tell apart. Ours need one and other; a
// system in another language must find its own form all the same.
var pluralForms = [...]string{"zero", "two", "few", "many"}

// speak makes the window say its words in a language. Fyne looks words up in
// the system's language and offers no choice of another, so the catalogue of
// the chosen one is laid over the system's. What is on the screen already stays
// as it is.
func speak(l language) error {
	system := lang.SystemLocale()
	if l == langSystem {
		l = langEnglish
		if strings.HasPrefix(string(system), string(langGerman)) {
			l = langGerman
		}
	}
	doc, err := words.ReadFile("words/" + string(l) + ".json")
	if err != nil {
		return err
	}
	// A region's language finds the language: en-US is not read beside en, which
	// would be felt where a page starts.
	at := language(system.LanguageString())
	if base, _, _ := strings.Cut(string(at), "-"); language(base) == langEnglish || language(base) == langGerman {
		at = language(base)
	}
	for _, as := range slices.Compact([]language{langEnglish, at}) {
		if as != langEnglish && as != langGerman { // these need no more forms than there are
			if doc, err = withAllForms(l); err != nil {
				return err
			}
		}
		if err := lang.AddTranslationsForLocale(doc, fyne.Locale(as)); err != nil {
			return err
		}
	}
	return nil
}

// withAllForms is a catalogue whose plurals have all forms there are.
func withAllForms(l language) ([]byte, error) {
	catalogue, err := readCatalogue(l)
	if err != nil {
		return nil, err
	}
	for one := range maps.Values(catalogue) {
		if forms, ok := one.(map[string]any); ok {
			for _, f := range pluralForms {
				forms[f] = forms["other"]
			}
		}
	}
	return json.Marshal(catalogue)
}

func readCatalogue(l language) (map[string]any, error) {
	doc, err := words.ReadFile("words/" + string(l) + ".json")
	if err != nil {
		return nil, err
	}
	var c map[string]any
	err = json.Unmarshal(doc, &c)
	return c, err
}

// tr is a text in the language spoken. What its wording leaves open follows as
// name and value in turn.
func tr(k key, open ...any) string {
	return lang.X(string(k), string(k), data(open))
}

// trn is a text about n of something; {{.N}} in its wording is n.
func trn(k plural, n int, open ...any) string {
	return lang.XN(string(k), string(k), n, data(append(open, "N", n)))
}

func data(open []any) any {
	if len(open) == 0 {
		return nil
	}
	d := make(map[string]any, len(open)/2)
	for i := 0; i+1 < len(open); i += 2 {
		if name, ok := open[i].(string); ok {
			d[name] = open[i+1]
		}
	}
	return d
}

// speaking is the language spoken now.
func speaking() language { return language(tr(textCode)) }
